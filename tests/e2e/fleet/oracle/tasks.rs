//! Every run of a task ends once, and as the generation did that it waited for; a worker has one live action at most.

use std::collections::BTreeMap;

use proto::task::v1::{Task, TaskPhase, TaskRun, TaskStatus};
use storage::sqlx::types::Uuid;

use super::{Findings, Run, target};
use crate::fleet::records::Change;

pub(super) fn examine(run: &Run, findings: &mut Findings) {
    findings.unless(run.records.queued == 0, Uuid::nil(), || format!("{} live actions", run.records.queued));
    let mut histories = BTreeMap::<&str, Vec<&Change<Task>>>::new();
    for change in &run.records.task_changes {
        histories.entry(&change.after.id).or_default().push(change);
    }
    for history in histories.values() {
        steps(history, findings);
        attempts(history, run, findings);
        end(&history.last().unwrap().after, run, findings);
    }
    one_live_action(run, findings);
}

pub(super) fn worker(task: &Task) -> Uuid {
    task.worker_id.as_deref().and_then(|it| it.parse().ok()).unwrap_or_default()
}

fn is_live(run: &TaskRun) -> bool {
    run.ended_at.is_none()
}

/// Each change follows from the one before.
fn steps(history: &[&Change<Task>], findings: &mut Findings) {
    for (expected, change) in (1..).zip(history) {
        findings.unless(change.revision == expected, worker(&change.after), || {
            format!("task {} has revision {} instead of {expected}", change.after.id, change.revision)
        });
    }
    for pair in history.windows(2) {
        let (before, after) = (&pair[0].after, &pair[1].after);
        let (Some(earlier), Some(later)) = (&before.run, &after.run) else { continue };
        let is_next_run = later.number == earlier.number + 1 && is_live(later);
        let is_same_run = later.number == earlier.number;
        let follows = if !is_live(earlier) {
            is_next_run
        } else if earlier.phase() == TaskPhase::Applied {
            // What worker-service has accepted is neither asked again nor given back.
            is_same_run && !is_live(later)
        } else {
            is_same_run
        };
        findings.unless(follows, worker(after), || {
            format!(
                "task {}: {:?} {earlier:?} became {:?} {later:?}",
                after.id,
                before.status(),
                after.status()
            )
        });
    }
}

/// Every call that was counted has its outcome; until a process was killed or suspended, none is unknown.
fn attempts(history: &[&Change<Task>], run: &Run, findings: &mut Findings) {
    let first_harsh =
        run.faults.iter().filter(|it| it.is_harsh()).map(|it| it.from.0).min().unwrap_or(i64::MAX);
    for (position, change) in history.iter().enumerate() {
        let task = &change.after;
        let Some(of_task) = task.run.as_ref().filter(|it| !is_live(it)) else { continue };
        let before = position.checked_sub(1).and_then(|it| history[it].after.run.as_ref());
        let was_asking = before.is_some_and(|it| it.phase() == TaskPhase::Applying);
        let own: Vec<_> = of_task.attempts.iter().filter(|it| it.run == of_task.number).collect();
        // The call of a run that is superseded meanwhile counts, and nobody waits for its outcome.
        let unanswered = i32::from(was_asking && task.status() == TaskStatus::Cancelled);
        let recorded = i32::try_from(own.len()).unwrap();
        let is_complete = of_task.attempts.len() >= 20 || of_task.attempt == recorded + unanswered;
        findings.unless(is_complete, worker(task), || {
            format!("task {} counts {} calls: {own:?}", task.id, of_task.attempt)
        });
        let ended =
            of_task.ended_at.as_ref().map_or(0, |it| it.seconds * 1_000_000 + i64::from(it.nanos) / 1_000);
        let is_known = ended >= first_harsh || own.iter().all(|it| it.code != "UNKNOWN");
        findings.unless(is_known, worker(task), || format!("task {} lost a call: {own:?}", task.id));
    }
}

/// The last run ended as its generation did.
fn end(task: &Task, run: &Run, findings: &mut Findings) {
    let (Some(action), Some(of_task)) = (&task.action, &task.run) else { return };
    let id = worker(task);
    let is_terminal =
        matches!(task.status(), TaskStatus::Completed | TaskStatus::Failed | TaskStatus::Cancelled);
    findings.unless(is_terminal && !is_live(of_task), id, || format!("task {} has not ended", task.id));
    let reason = of_task.last_error.as_ref().and_then(|it| it.reason.as_deref());
    let code = of_task.last_error.as_ref().map_or("", |it| &it.code);
    let Some(number) = of_task.applied_generation else {
        // Completed at once, or refused by worker-service, or it was never carried out.
        let is_right = match task.status() {
            TaskStatus::Completed => of_task.attempt == 0,
            TaskStatus::Failed => reason == Some("ILLEGAL_ACTION"),
            _ => true,
        };
        findings
            .unless(is_right, id, || format!("task {} has ended without a generation: {of_task:?}", task.id));
        return;
    };
    let Some(generation) = run.records.generation(id, number) else {
        return findings.add(id, format!("task {} waited for the unknown generation {number}", task.id));
    };
    let result = generation.result.as_deref();
    let is_right = match task.status() {
        TaskStatus::Completed => result == Some("converged") && generation.state == target(action.verb()),
        TaskStatus::Failed => {
            code == "DEADLINE_EXCEEDED"
                || (result == Some("failed") && generation.reason.as_deref() == reason)
        }
        _ => reason == Some("ACTION_SUPERSEDED"),
    };
    findings.unless(is_right, id, || {
        format!(
            "task {} is {:?} {:?}, its generation {generation:?}",
            task.id,
            task.status(),
            of_task.last_error
        )
    });
}

fn one_live_action(run: &Run, findings: &mut Findings) {
    let mut live = BTreeMap::<Uuid, &str>::new();
    for change in &run.records.task_changes {
        let (task, id) = (&change.after, worker(&change.after));
        let Some(of_task) = &task.run else { continue };
        match live.get(&id) {
            Some(other) if *other != task.id && is_live(of_task) => {
                findings.add(id, format!("tasks {other} and {} are live at the same time", task.id));
            }
            Some(other) if *other == task.id && !is_live(of_task) => drop(live.remove(&id)),
            None if is_live(of_task) => drop(live.insert(id, &task.id)),
            _ => {}
        }
    }
}
