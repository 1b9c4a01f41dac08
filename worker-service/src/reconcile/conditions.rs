//! The conditions Ready, Reconciling and Stalled of a worker, as users of Kubernetes know them.

use platform::clock::Micros;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::book::{Book, WaitReason};
use crate::worker::Worker;

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    True,
    False,
    /// The provider cannot be asked at the moment, or does not show the machine.
    Unknown,
}

/// The reasons of conditions. The list is closed; docs/lifecycle.md explains each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(const_into_str)]
pub(crate) enum Reason {
    Converged,
    Failed,
    NotDue,
    Queued,
    MachineStarting,
    MachineStopping,
    MachineShuttingDown,
    MachineNotVisible,
    MachineMissing,
    MachineConflict,
    ProviderFailing,
}

/// The state of one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) status: Status,
    pub(crate) reason: Reason,
    pub(crate) message: String,
    /// When the status last changed.
    pub(crate) since: Micros,
}

/// When each condition got its status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Flips {
    ready: Option<Flip>,
    reconciling: Option<Flip>,
    stalled: Option<Flip>,
}

/// A status, and since when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Flip {
    status: Status,
    since: Micros,
}

impl Flips {
    /// Returns the flips after a turn: `since` moves only when a status changes.
    pub(crate) fn after(self, worker: &Worker, book: &Book, now: Micros) -> Self {
        let [ready, reconciling, stalled] = statuses(worker, book);
        let next = |known: Option<Flip>, status| {
            Some(known.filter(|it| it.status == status).unwrap_or(Flip { status, since: now }))
        };
        Self {
            ready: next(self.ready, ready),
            reconciling: next(self.reconciling, reconciling),
            stalled: next(self.stalled, stalled),
        }
    }
}

/// Returns the conditions Ready, Reconciling and Stalled.
pub(crate) fn conditions(worker: &Worker, book: &Book) -> [Condition; 3] {
    let [ready, reconciling, stalled] = statuses(worker, book);
    let Flips { ready: ready_flip, reconciling: reconciling_flip, stalled: stalled_flip } = book.flips;
    let doing = doing(worker, book);
    let state = worker.desired.state.into_str();
    let failure = worker.failure.as_ref().map(|it| it.message.clone()).unwrap_or_default();
    let is_ready = || format!("the worker is {state}, as desired");
    let (ready_reason, ready_message) = match ready {
        Status::True => (Reason::Converged, is_ready()),
        Status::False if worker.failure.is_some() => (Reason::Failed, failure.clone()),
        Status::False => (doing, format!("the worker is not {state} yet: {}", explain(doing))),
        Status::Unknown => {
            (doing, format!("it is not known whether the worker is {state}: {}", explain(doing)))
        }
    };
    let (reconciling_reason, reconciling_message) = match reconciling {
        Status::True => (doing, explain(doing).to_owned()),
        _ if worker.failure.is_some() => {
            (Reason::Failed, "nothing is tried until the worker is retried".to_owned())
        }
        _ => (Reason::Converged, is_ready()),
    };
    let (stalled_reason, stalled_message) = match stalled {
        Status::True => (Reason::Failed, failure),
        _ => (reconciling_reason, "the worker needs no help".to_owned()),
    };
    let of = |status, reason, message, flip: Option<Flip>| {
        let since = flip.filter(|it| it.status == status).map_or(worker.desired.set_at, |it| it.since);
        Condition { status, reason, message, since }
    };
    [
        of(ready, ready_reason, ready_message, ready_flip),
        of(reconciling, reconciling_reason, reconciling_message, reconciling_flip),
        of(stalled, stalled_reason, stalled_message, stalled_flip),
    ]
}

fn statuses(worker: &Worker, book: &Book) -> [Status; 3] {
    let is = |holds: bool| if holds { Status::True } else { Status::False };
    let has_failed = worker.failure.is_some();
    let is_there = worker.observed.state == worker.desired.state.reached();
    // A worker that is in its desired state as far as is known.
    let is_unseen = is_there && book.is_machine_unseen();
    let is_in_doubt = book.failures > 0 || is_unseen;
    let ready = if is_in_doubt && !has_failed { Status::Unknown } else { is(is_there && !has_failed) };
    let is_reconciling = !has_failed && (worker.is_reconciling() || !is_there || is_unseen);
    [ready, is(is_reconciling), is(has_failed)]
}

/// What is being done for the worker.
fn doing(worker: &Worker, book: &Book) -> Reason {
    if book.failures > 0 {
        return Reason::ProviderFailing;
    }
    match book.waiting.map(|it| it.reason) {
        Some(WaitReason::Starting) => Reason::MachineStarting,
        Some(WaitReason::Stopping) => Reason::MachineStopping,
        Some(WaitReason::ShuttingDown) => Reason::MachineShuttingDown,
        Some(WaitReason::NotYetVisible) => Reason::MachineNotVisible,
        Some(WaitReason::Missing) => Reason::MachineMissing,
        Some(WaitReason::Conflict) => Reason::MachineConflict,
        Some(WaitReason::Retry) => Reason::ProviderFailing,
        None if worker.is_reconciling() => Reason::Queued,
        None => Reason::NotDue,
    }
}

/// A reason in words.
pub(crate) fn explain(reason: Reason) -> &'static str {
    match reason {
        Reason::Converged => "the machine is in the desired state",
        Reason::Failed => "the desired state cannot be reached",
        Reason::NotDue => "the next sweep of the provider will look at the machine",
        Reason::Queued => "the worker waits for its turn",
        Reason::MachineStarting => "the machine is starting",
        Reason::MachineStopping => "the machine is stopping",
        Reason::MachineShuttingDown => "the machine is being terminated",
        Reason::MachineNotVisible => "the provider does not show the new machine yet",
        Reason::MachineMissing => "the provider does not show the machine; it is looked for again",
        Reason::MachineConflict => {
            "the state of the machine does not allow the call; the machine is looked at again"
        }
        Reason::ProviderFailing => "the provider failed or throttles, and is asked again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconcile::book::Waiting;
    use crate::worker::ObservedState;
    use crate::worker::testing::worker;

    #[test]
    fn a_transient_error_makes_ready_unknown_and_not_false() {
        let mut running = worker();
        running.observed.state = ObservedState::Running;
        let book = Book { failures: 1, ..Book::default() };
        let [ready, reconciling, stalled] = conditions(&running, &book);
        assert_eq!((ready.status, ready.reason), (Status::Unknown, Reason::ProviderFailing));
        assert_eq!((reconciling.status, stalled.status), (Status::True, Status::False));
    }

    #[test]
    fn since_moves_only_when_the_status_does() {
        let starting = worker();
        let mut book = Book::default();
        book.flips = book.flips.after(&starting, &book, Micros(10));
        book.waiting = Some(Waiting { reason: WaitReason::Starting, since: Micros(20) });
        book.flips = book.flips.after(&starting, &book, Micros(20));
        let [ready, reconciling, _] = conditions(&starting, &book);
        assert_eq!((ready.since, reconciling.since), (Micros(10), Micros(10)));
        assert_eq!(reconciling.reason, Reason::MachineStarting);
        let mut running = starting;
        running.observed.state = ObservedState::Running;
        book.flips = book.flips.after(&running, &book, Micros(30));
        let [ready, reconciling, _] = conditions(&running, &book);
        assert_eq!((ready.since, ready.status), (Micros(30), Status::True));
        assert_eq!((reconciling.since, reconciling.status), (Micros(10), Status::True));
    }
}
