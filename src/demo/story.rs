//! The story.

use serde_json::{Value, json};

use super::stage::{Made, Stage};
use crate::console;
use crate::resources::text;

pub(super) async fn tell(stage: &mut Stage) -> anyhow::Result<()> {
    console::print(&format!(
        "A story in seven steps, about a minute long. Its workers are of the simulated provider and have the tag demo={}.\n\
         Ctrl-C ends it, and terminates what it has made.\n",
        stage.tag
    ))?;
    let (fleet, vanishing) = a_fleet_comes_up(stage).await?;
    work_is_done(stage, &fleet[0]).await?;
    a_worker_is_stopped(stage, &fleet[0]).await?;
    a_provider_throttles(stage).await?;
    a_machine_cannot_be_had(stage).await?;
    a_machine_vanishes(stage, &vanishing).await
}

/// Returns the workers that run, and one whose machine will vanish.
async fn a_fleet_comes_up(stage: &mut Stage) -> anyhow::Result<(Vec<Made>, Made)> {
    stage.step("A fleet comes up").await?;
    let mut fleet = Vec::new();
    for name in ["demo one", "demo two", "demo three"] {
        fleet.push(stage.worker(name, None).await?);
    }
    // For later. A machine that was just created may be late to be shown, so one that was there before is lost sooner.
    let vanishing = stage.imported("demo unlucky", ("sim:vanish", "1s")).await?;
    stage.say("Three workers were asked for. worker-service has their machines created, and looks at them until they run.")?;
    stage.say("A fourth one was there already, and was imported.")?;
    for it in &fleet {
        stage.settled(&it.id).await?;
    }
    stage.say("They run.")?;
    let list = format!("ccm worker list --tag demo={}", stage.tag);
    stage.look_at(&[stage.page(&["workers"]), list], &fleet[0].trace, "")?;
    Ok((fleet, vanishing))
}

async fn work_is_done(stage: &mut Stage, worker: &Made) -> anyhow::Result<()> {
    stage.step("Work is done").await?;
    let body = json!({"title": "Check the uplink of demo one", "priority": "high", "worker_id": worker.id});
    let task = stage.task(&["api", "tasks"], body).await?;
    for status in ["in_progress", "completed"] {
        stage.patch(&["api", "tasks", &task.id], json!({"status": status})).await?;
    }
    stage.say(
        "A person got a task about a worker, began it and completed it. Each change is in its history.",
    )?;
    let history = format!("ccm task events {}", task.id);
    stage.look_at(&[stage.page(&["tasks", &task.id]), history], &task.trace, "")
}

async fn a_worker_is_stopped(stage: &mut Stage, worker: &Made) -> anyhow::Result<()> {
    stage.step("A worker is stopped").await?;
    let body = json!({"reason": "for the demo"});
    let task = stage.task(&["api", "workers", &worker.id, "stop"], body).await?;
    stage.say("The answer to a stop is a task, which ends when the machine has stopped.")?;
    stage.until("tasks", &task.id, |it| it["status"] == "completed").await?;
    stage.say(
        "It has stopped. One trace has all of it: three processes, the provider, and what was waited for.",
    )?;
    stage.look_at(&[stage.page(&["tasks", &task.id])], &task.trace, &task.id)
}

async fn a_provider_throttles(stage: &mut Stage) -> anyhow::Result<()> {
    stage.step("A provider throttles").await?;
    let worker = stage.worker("demo throttled", Some(("sim:throttle", "2"))).await?;
    stage.say("The provider refuses two calls for another machine, because there were too many of them.")?;
    stage.settled(&worker.id).await?;
    let explanation = stage.get(&["api", "workers", &worker.id, "explain"]).await?;
    let calls = explanation["attempts"].as_array();
    let calls: Vec<String> = calls
        .into_iter()
        .flatten()
        .rev()
        .map(|it| format!("{} {}", text(&it["call"]), text(&it["result"])))
        .collect();
    stage.say(&format!("Each was made again after a pause, and the worker runs: {}.", calls.join(", ")))?;
    let explain = format!("ccm worker explain {}", worker.id);
    stage.look_at(&[stage.page(&["workers", &worker.id]), explain], &worker.trace, "")
}

async fn a_machine_cannot_be_had(stage: &mut Stage) -> anyhow::Result<()> {
    stage.step("A machine cannot be had").await?;
    let worker = stage.worker("demo refused", Some(("sim:capacity", "create"))).await?;
    stage.say("The provider has no room for this one.")?;
    let failed = stage.settled(&worker.id).await?;
    stage.say(&format!("The worker has failed, and says why: {}.", cause(&failed)))?;
    let explain = format!("ccm worker explain {}", worker.id);
    stage.look_at(&[stage.page(&["workers", &worker.id]), explain], &worker.trace, "")
}

async fn a_machine_vanishes(stage: &mut Stage, worker: &Made) -> anyhow::Result<()> {
    stage.step("A machine vanishes").await?;
    stage.say("The imported machine has vanished meanwhile: the provider does not show it, for 30 s before it counts as lost.")?;
    // Sooner than the next sweep. That it was just looked at is no failure.
    let _ = stage.post(&["api", "workers", &worker.id, "refresh"], json!({})).await;
    stage.until("workers", &worker.id, |it| it["status"] == "failed").await?;
    let explanation = stage.get(&["api", "workers", &worker.id, "explain"]).await?;
    let stalled =
        explanation["conditions"].as_array().into_iter().flatten().find(|it| it["type"] == "Stalled");
    let why = stalled.map_or_else(String::new, |it| text(&it["message"]));
    stage.say(&format!("The worker has failed: {why}. A start would get it another machine."))?;
    let history = format!("ccm worker events {}", worker.id);
    stage.look_at(&[stage.page(&["workers", &worker.id]), history], &worker.trace, &worker.id)
}

/// Why a worker failed.
fn cause(worker: &Value) -> String {
    let outcome = &worker["outcome"];
    format!("{} ({})", text(&outcome["message"]), text(&outcome["reason"]))
}
