//! Every worker has reached the state that was last desired of it, or is failed with the provider's own permanent reason; and
//! its history shows nothing that its machine has not done.

use proto::worker::v1::WorkerObservedState as Observed;

use super::tasks::worker;
use super::{Findings, Run, target};
use crate::fleet::records::{Call, Generation, WorkerRow};

pub(super) fn examine(run: &Run, findings: &mut Findings) {
    for row in run.records.workers.iter().filter(|it| !it.deleted) {
        last_desire(row, run, findings);
        outcome(row, run, findings);
        history(row, run, findings);
    }
}

/// Later generations have later actions, and the last one that was accepted is what is desired.
fn last_desire(row: &WorkerRow, run: &Run, findings: &mut Findings) {
    let own: Vec<&Generation> = run.records.generations.iter().filter(|it| it.worker_id == row.id).collect();
    for (expected, generation) in (1..).zip(&own) {
        findings.unless(generation.generation == expected, row.id, || format!("a gap before {generation:?}"));
    }
    let last = own.last().expect("a worker has a generation");
    findings.unless(
        last.generation == row.desired_generation && last.state == row.desired_state,
        row.id,
        || format!("the last generation is {last:?}, the desired state that of {row:?}"),
    );
    let numbers: Vec<i64> = own.iter().filter_map(|it| it.action_seq).collect();
    findings
        .unless(numbers.is_sorted_by(|a, b| a < b), row.id, || format!("actions in the order {numbers:?}"));
    let is_highest = numbers.last().is_none_or(|it| *it <= row.action_seq);
    findings.unless(is_highest, row.id, || format!("{} is remembered after {numbers:?}", row.action_seq));
    let accepted = run.records.task_changes.iter().map(|it| &it.after).filter(|it| {
        worker(it) == row.id && it.run.as_ref().is_some_and(|it| it.applied_generation.is_some())
    });
    let highest = accepted.filter_map(|it| it.action.as_ref()).max_by_key(|it| it.action_seq);
    if let Some(action) = highest {
        findings.unless(target(action.verb()) == row.desired_state, row.id, || {
            format!("{action:?} was accepted last, but {} is desired", row.desired_state)
        });
    }
}

fn outcome(row: &WorkerRow, run: &Run, findings: &mut Findings) {
    let reached =
        row.observed_state == row.desired_state && row.outcome_result.as_deref() == Some("converged");
    if reached {
        return;
    }
    let permanent = |it: &&Call| it.result == "permanent" && it.detail == row.failure_reason;
    let has_no_room = row.tags.contains_key("sim:capacity");
    let is_providers = match row.failure_reason.as_deref() {
        Some("INSUFFICIENT_CAPACITY") if has_no_room => true,
        Some(_) => run.records.calls_of(row.id).any(|it| permanent(&it)),
        None => false,
    };
    findings.unless(row.observed_state == "failed" && is_providers, row.id, || {
        format!("is neither as desired nor failed with the provider's reason: {row:?}")
    });
}

/// A machine that was stopped runs again only after a start, and so on. What a turn stores that has lost its lease is seen
/// here: the worker goes back to what its machine was before.
fn history(row: &WorkerRow, run: &Run, findings: &mut Findings) {
    if row.tags.get("sim:capacity").is_some_and(|it| it == "create") {
        // Gets another machine with each start.
        return;
    }
    let id = row.id.to_string();
    let changes = run.records.worker_changes.iter().filter(|it| it.after.id == id);
    let states: Vec<Observed> = changes.filter_map(|it| Some(it.after.observed.as_ref()?.state())).collect();
    let made =
        |call: &str| run.records.calls_of(row.id).filter(|it| it.call == call && it.result == "ok").count();
    let (mut starts, mut stops, mut revivals) = (0, 0, 0);
    let mut machine = Observed::Pending;
    for state in states {
        use Observed::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};
        match (machine, state) {
            (Running | Stopping | Stopped, Pending) | (Stopping | Stopped, Running) => starts += 1,
            (Pending | Running | Stopped, Stopping) | (Pending | Running, Stopped) => stops += 1,
            (ShuttingDown | Terminated, Pending | Running | Stopping | Stopped)
            | (Terminated, ShuttingDown) => {
                revivals += 1;
            }
            _ => {}
        }
        if !matches!(state, Observed::Failed | Observed::Unknown | Observed::Unspecified) {
            machine = state;
        }
    }
    // A start for which there is no room ends as stopped.
    let in_vain = if row.tags.contains_key("sim:capacity") { made("start") } else { 0 };
    let is_explained = starts <= made("start") && stops <= made("stop") + in_vain && revivals == 0;
    findings.unless(is_explained, row.id, || {
        format!("shows {starts} starts, {stops} stops and {revivals} revivals that its machine has not made")
    });
}
