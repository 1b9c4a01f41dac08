//! Waiting until an action has ended, or until a worker has reached its desired state.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use super::look::{Deadline, look};
use super::{Kind, text};
use crate::client::{Answer, Call, Channel, Client, Exit, Failure, Follower, Place};
use crate::console;
use crate::trace::clean;

/// The longest time between two looks. An event leads to one at once.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What is waited for.
pub(crate) enum Goal {
    /// That the task with this id has ended.
    Task(String),
    /// That this generation of the worker with this id has ended.
    Worker { id: String, generation: u64 },
}

impl Goal {
    fn id(&self) -> &str {
        let (Self::Task(id) | Self::Worker { id, .. }) = self;
        id
    }

    /// How it ended, if it has.
    fn verdict(&self, item: &Value) -> Option<Result<(), Failure>> {
        match self {
            Self::Task(id) => task_verdict(id, item),
            Self::Worker { id, generation } => worker_verdict(id, *generation, item),
        }
    }
}

fn task_verdict(id: &str, task: &Value) -> Option<Result<(), Failure>> {
    let status = task["status"].as_str()?;
    match status {
        "completed" => Some(Ok(())),
        "failed" | "cancelled" => {
            let error = &task["run"]["last_error"];
            let because = match (error["message"].as_str(), error["reason"].as_str()) {
                (Some(message), Some(reason)) => format!(": {} ({})", clean(message), clean(reason)),
                (Some(message), None) => format!(": {}", clean(message)),
                _ => String::new(),
            };
            let hint = format!("`ccm task retry {id}` begins a new run; `ccm trace {id}` shows this one");
            Some(
                Err(Failure::new(Exit::NotReached, format!("the task is {status}{because}")).with_hint(hint)),
            )
        }
        _ => None,
    }
}

fn worker_verdict(id: &str, generation: u64, worker: &Value) -> Option<Result<(), Failure>> {
    let failure = |message: String| {
        let hint = format!("`ccm worker explain {id}` says why; `ccm trace {id}` shows what was done");
        Some(Err(Failure::new(Exit::NotReached, message).with_hint(hint)))
    };
    if worker["generation"].as_u64()? > generation {
        return failure(format!("the worker was asked to be {} meanwhile", text(&worker["desired_status"])));
    }
    let outcome = &worker["outcome"];
    match outcome["result"].as_str()? {
        "converged" => Some(Ok(())),
        result => {
            let [message, reason] = ["message", "reason"].map(|it| clean(&text(&outcome[it])));
            failure(format!("the worker has {result}: {message} ({reason})"))
        }
    }
}

/// Waits for the goal, with progress on standard error. Returns the task or worker as it is at the end, and how it ended. Goes on
/// while the gateway or a service cannot answer, until the time is over.
pub(crate) async fn wait(
    client: &Client,
    kind: &'static Kind,
    goal: Goal,
    timeout: Duration,
) -> anyhow::Result<(Answer, Result<(), Failure>)> {
    let begun = Instant::now();
    let deadline = Deadline { begun, timeout };
    let mut answer = look(client, kind, goal.id(), deadline).await?;
    let mut item = answer.json()?;
    let (sink, mut events) = Channel::new();
    let (id, worker) = (vec![goal.id().to_owned()], worker_of(&item, &goal));
    let workers: Vec<String> = worker.clone().into_iter().collect();
    let filters: &[(&str, &[String])] = match goal {
        Goal::Task(_) if !workers.is_empty() => &[("task_ids", &id), ("worker_ids", &workers)],
        _ => &[(kind.ids, &id)],
    };
    let mut follower = Follower::new(client, filters, None, Place::open(None)?, sink);
    let looking = async {
        let mut progress = Progress::default();
        loop {
            if let Some(verdict) = goal.verdict(&item) {
                return anyhow::Ok((answer, verdict));
            }
            if deadline.left().is_zero() {
                return anyhow::Ok((answer, Err(timed_out(kind, &goal, timeout))));
            }
            let explained = explanation(client, worker.as_deref());
            let explained = tokio::time::timeout(deadline.left(), explained).await.ok().flatten();
            progress.tell(&item, explained.as_ref());
            let _ = tokio::time::timeout(deadline.left().min(LOOK_EVERY), events.recv()).await;
            // Of several events, one look is enough.
            while events.try_recv().is_ok() {}
            match look(client, kind, goal.id(), deadline).await {
                Ok(newer) => (item, answer) = (newer.json()?, newer),
                Err(error) => {
                    let failure = error.downcast::<Failure>()?;
                    if failure.exit == Exit::TimedOut {
                        return Ok((answer, Err(failure)));
                    }
                    return Err(failure.into());
                }
            }
        }
    };
    let (answer, verdict) = tokio::select! {
        outcome = looking => outcome?,
        outcome = follower.follow() => return Err(outcome.err().unwrap_or_else(|| anyhow::anyhow!("the event stream has ended"))),
    };
    if verdict.is_ok() {
        console::report(format_args!("done after {:.1} s", begun.elapsed().as_secs_f64()));
    }
    Ok((answer, verdict))
}

/// The worker whose explanation tells what is waited for.
fn worker_of(item: &Value, goal: &Goal) -> Option<String> {
    match goal {
        Goal::Worker { id, .. } => Some(id.clone()),
        Goal::Task(_) => item["action"]["worker_id"].as_str().map(ToOwned::to_owned),
    }
}

/// None if it cannot be had: the wait goes on without.
async fn explanation(client: &Client, worker: Option<&str>) -> Option<Value> {
    let url = client.url(&["api", "workers", worker?, "explain"]);
    client.send(Call::new(Method::GET, url)).await.ok()?.json().ok()
}

fn timed_out(kind: &Kind, goal: &Goal, timeout: Duration) -> Failure {
    let (noun, after) = (kind.noun, humantime::format_duration(timeout));
    Failure::new(
        Exit::TimedOut,
        format!("the {noun} has not ended after {after}; it goes on without this command"),
    )
    .with_hint(format!("`ccm {noun} get {} --watch` follows it", goal.id()))
}

/// Tells what is waited for whenever it changes.
#[derive(Default)]
struct Progress(String);

impl Progress {
    fn tell(&mut self, item: &Value, explanation: Option<&Value>) {
        if let Some(now) = sentence(item, explanation).filter(|it| *it != self.0) {
            console::report(format_args!("waiting: {}", clean(&now)));
            self.0 = now;
        }
    }
}

/// What is waited for, without anything that changes by itself. None if the worker has arrived and only its task has not ended.
fn sentence(item: &Value, explanation: Option<&Value>) -> Option<String> {
    if let Some(phase @ ("queued" | "applying")) = item["run"]["phase"].as_str() {
        return Some(format!(
            "the action is {}",
            if phase == "queued" { "queued" } else { "being carried out" }
        ));
    }
    let Some(explanation) = explanation else {
        return Some(format!("the status is {}", text(&item["status"])));
    };
    let conditions = explanation["conditions"].as_array()?;
    let condition = |name: &str| conditions.iter().find(|it| it["type"] == name);
    let ready = condition("Ready").filter(|it| it["status"] == "Unknown");
    let told = ready.or_else(|| condition("Reconciling").filter(|it| it["status"] == "True"))?;
    let message = told["message"].as_str()?;
    Some(match explanation["usual_duration"]["median_ms"].as_u64() {
        Some(millis) => {
            format!("{message}; it usually takes {:.1} s", Duration::from_millis(millis).as_secs_f64())
        }
        None => message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(goal: &Goal, item: &Value) -> Option<u8> {
        goal.verdict(item).map(|it| it.map_or_else(|failure| failure.exit as u8, |()| 0))
    }

    #[test]
    fn a_task_is_waited_for_until_it_has_ended() {
        let goal = Goal::Task("7".to_owned());
        let with = |status: &str| json!({"status": status, "run": {"last_error": {"message": "no room", "reason": "INSUFFICIENT_CAPACITY"}}});
        let codes =
            ["pending", "in_progress", "completed", "failed", "cancelled"].map(|it| code(&goal, &with(it)));
        assert_eq!(codes, [None, None, Some(0), Some(7), Some(7)]);
        let failure = goal.verdict(&with("failed")).unwrap().unwrap_err().to_string();
        assert_eq!(failure, "the task is failed: no room (INSUFFICIENT_CAPACITY)");
    }

    #[test]
    fn a_worker_is_waited_for_until_its_generation_has_ended() {
        let goal = Goal::Worker { id: "7".to_owned(), generation: 2 };
        let with = |generation: u64, outcome: Value| json!({"generation": generation, "outcome": outcome});
        assert_eq!(code(&goal, &with(2, Value::Null)), None);
        assert_eq!(code(&goal, &with(2, json!({"result": "converged"}))), Some(0));
        assert_eq!(
            code(&goal, &with(2, json!({"result": "failed", "message": "m", "reason": "R"}))),
            Some(7)
        );
        assert_eq!(code(&goal, &with(3, Value::Null)), Some(7), "somebody asked for another state");
    }

    #[test]
    fn progress_tells_what_is_waited_for_and_how_long_it_usually_takes() {
        let condition = |name: &str, status: &str, message: &str| json!({"type": name, "status": status, "message": message});
        let mut explanation = json!({"conditions": [condition("Ready", "False", "x"), condition("Reconciling", "True", "the machine is stopping")]});
        let applied = json!({"run": {"phase": "applied"}});
        let told = |item: &Value, of: Option<&Value>| sentence(item, of).unwrap_or_default();
        assert_eq!(told(&applied, Some(&explanation)), "the machine is stopping");
        explanation["usual_duration"] = json!({"median_ms": 2_036});
        assert_eq!(told(&applied, Some(&explanation)), "the machine is stopping; it usually takes 2.0 s");
        assert_eq!(told(&json!({"run": {"phase": "queued"}}), None), "the action is queued");
        explanation["conditions"][1]["status"] = "False".into();
        assert_eq!(sentence(&applied, Some(&explanation)), None, "it has arrived");
        explanation["conditions"][0]["status"] = "Unknown".into();
        explanation["conditions"][0]["message"] = "the provider cannot be asked".into();
        assert!(told(&applied, Some(&explanation)).starts_with("the provider cannot be asked"));
    }
}
