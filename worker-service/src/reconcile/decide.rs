//! Decides the next step for a worker, from its desired state and what the provider shows. Pure: no clock, no calls.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use platform::clock::Micros;

use super::book::{Book, Call, WaitReason};
use crate::provider::{Machine, MachineState, NAME_TAG, TagChange, WORKER_TAG};
use crate::worker::{DesiredState, Failure, Worker};

/// A machine that the provider does not show is lost if it is still missing this long after it was first missed.
pub(crate) const MISSING_FOR: Duration = Duration::from_secs(30);
/// How long after a create a provider may not show the machine.
const VISIBLE_WITHIN: Duration = Duration::from_mins(2);
/// Shortest and longest pause before a machine is looked at again.
const POLL: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(15)];

/// What the provider shows of a worker's machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    /// The worker has no machine, as far as is known.
    Nothing,
    /// The worker has a machine that the provider does not show.
    Missing,
    /// The machine.
    Machine(Machine),
}

/// The next step for a worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Call the provider.
    Call(Call),
    /// Look again after this time.
    Wait { reason: WaitReason, poll: Duration },
    /// The desired state is reached.
    Converged,
    /// The desired state will not be reached.
    Failed { failure: Failure, is_machine_lost: bool },
    /// The machine was lost in an earlier generation: go on with another one.
    Replace,
    /// Nothing is to be done until the desired state is set anew or the provider shows a change.
    Rest,
}

/// Decides the next step. `force_after` is how long a machine may take to stop before its power is cut.
pub(crate) fn decide(worker: &Worker, book: &Book, seen: &Seen, now: Micros, force_after: Duration) -> Step {
    if worker.failure.is_some() && !recovers(worker, seen) {
        return Step::Rest;
    }
    let step = match (worker.desired.state, seen) {
        (DesiredState::Terminated, Seen::Nothing) => Step::Converged,
        // The token of the lost machine is remembered: another machine needs another one.
        (_, Seen::Nothing) if worker.is_machine_lost => Step::Replace,
        (_, Seen::Nothing) => Step::Call(Call::Create),
        (desired, Seen::Missing) => missing(worker, desired, book, now),
        (desired, Seen::Machine(machine)) => of_machine(worker, desired, book, machine, now, force_after),
    };
    match (step, book.next_retry) {
        (Step::Call(_), Some(at)) if at > now => Step::Wait { reason: book.pause_reason(), poll: at - now },
        (step, _) => step,
    }
}

/// Whether a failed worker goes on without anybody's help: its lost machine is back, or the machine is in the desired state.
pub(super) fn recovers(worker: &Worker, seen: &Seen) -> bool {
    let Seen::Machine(machine) = seen else { return false };
    let is_alive = !matches!(machine.state, MachineState::ShuttingDown | MachineState::Terminated);
    let is_there = observed(machine.state) == worker.desired.state.reached();
    is_there || (worker.is_machine_lost && is_alive)
}

fn missing(worker: &Worker, desired: DesiredState, book: &Book, now: Micros) -> Step {
    if book.created_at.is_some_and(|it| now - it < VISIBLE_WITHIN) && book.missing_since.is_none() {
        return waits(book, WaitReason::NotYetVisible, now);
    }
    if book.missing_since.is_none_or(|it| now - it < MISSING_FOR) {
        let left = book.missing_since.map_or(MISSING_FOR, |it| MISSING_FOR.saturating_sub(now - it));
        return Step::Wait { reason: WaitReason::Missing, poll: left.max(POLL[0]) };
    }
    match desired {
        DesiredState::Terminated => Step::Converged,
        _ if worker.is_machine_lost => Step::Replace,
        _ => lost("MACHINE_VANISHED", "the provider does not show the machine any more"),
    }
}

fn of_machine(
    worker: &Worker,
    desired: DesiredState,
    book: &Book,
    machine: &Machine,
    now: Micros,
    force_after: Duration,
) -> Step {
    use DesiredState::{Running, Stopped, Terminated};
    let was_accepted =
        |call| book.last_call.is_some_and(|it| it.call == call && it.generation == worker.desired.generation);
    match (machine.state, desired) {
        (MachineState::Terminated, Terminated) => Step::Converged,
        (MachineState::ShuttingDown, Terminated) => waits(book, WaitReason::ShuttingDown, now),
        (_, Terminated) => Step::Call(Call::Terminate),
        (MachineState::ShuttingDown | MachineState::Terminated, _) if worker.is_machine_lost => Step::Replace,
        (MachineState::ShuttingDown, _) => waits(book, WaitReason::ShuttingDown, now),
        (MachineState::Terminated, _) => died(machine),
        // Name and tags first: they are what a machine is found by.
        _ if tag_change(worker, &book.removed_tags, machine).is_some() => Step::Call(Call::Tag),
        (MachineState::Running, Running) | (MachineState::Stopped, Stopped) => Step::Converged,
        (MachineState::Pending, _) => waits(book, WaitReason::Starting, now),
        (MachineState::Stopping, _) => {
            if book.stopping_since.is_some_and(|it| now - it >= force_after) {
                return Step::Call(Call::ForceStop);
            }
            waits(book, WaitReason::Stopping, now)
        }
        (MachineState::Running, Stopped) => Step::Call(Call::Stop),
        (MachineState::Stopped, Running) => match &machine.state_reason {
            Some(reason) if was_accepted(Call::Start) => {
                let failure =
                    failure(&reason_name(reason), format!("the machine did not start: {}", words(reason)));
                Step::Failed { failure, is_machine_lost: false }
            }
            _ => Step::Call(Call::Start),
        },
    }
}

fn waits(book: &Book, reason: WaitReason, now: Micros) -> Step {
    let waited = book.waiting.filter(|it| it.reason == reason).map_or(Duration::ZERO, |it| now - it.since);
    Step::Wait { reason, poll: (waited / 4).clamp(POLL[0], POLL[1]) }
}

fn died(machine: &Machine) -> Step {
    match &machine.state_reason {
        Some(reason) => {
            lost(&reason_name(reason), &format!("the provider terminated the machine: {}", words(reason)))
        }
        None => lost("MACHINE_TERMINATED", "the machine was terminated outside of this product"),
    }
}

fn lost(reason: &str, message: &str) -> Step {
    Step::Failed { failure: failure(reason, message.to_owned()), is_machine_lost: true }
}

fn failure(reason: &str, message: String) -> Failure {
    Failure { reason: reason.to_owned(), message }
}

/// A reason in the form of the reasons of errors: `InsufficientCapacity` becomes `INSUFFICIENT_CAPACITY`.
fn reason_name(reason: &str) -> String {
    let mut name = String::new();
    for letter in reason.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

/// A reason for people: `InsufficientCapacity` becomes `insufficient capacity`.
fn words(reason: &str) -> String {
    reason_name(reason).to_lowercase().replace('_', " ")
}

/// The tags that the worker's machine has to have.
pub(crate) fn wanted_tags(worker: &Worker) -> BTreeMap<String, String> {
    let mut tags = worker.tags.clone();
    tags.entry(NAME_TAG.to_owned()).or_insert_with(|| worker.name.clone());
    tags.insert(WORKER_TAG.to_owned(), worker.id.to_string());
    tags
}

/// What has to change of the tags of a worker's machine; `None` if nothing. `removed` are the keys of tags that the worker
/// once had. Tags that the provider or somebody else gave the machine are none of ours.
pub(crate) fn tag_change(
    worker: &Worker,
    removed: &BTreeSet<String>,
    machine: &Machine,
) -> Option<TagChange> {
    let mut set = wanted_tags(worker);
    let is_there = |key: &&String| machine.tags.contains_key(*key);
    let remove = removed.iter().filter(|it| !set.contains_key(*it)).filter(is_there).cloned().collect();
    set.retain(|key, value| machine.tags.get(key) != Some(value));
    let change = TagChange { set, remove };
    (change != TagChange::default()).then_some(change)
}

/// The observed state of a worker whose machine is in this state.
pub(crate) fn observed(state: MachineState) -> crate::worker::ObservedState {
    use crate::worker::ObservedState;
    match state {
        MachineState::Pending => ObservedState::Pending,
        MachineState::Running => ObservedState::Running,
        MachineState::Stopping => ObservedState::Stopping,
        MachineState::Stopped => ObservedState::Stopped,
        MachineState::ShuttingDown => ObservedState::ShuttingDown,
        MachineState::Terminated => ObservedState::Terminated,
    }
}

#[cfg(test)]
mod tests;
