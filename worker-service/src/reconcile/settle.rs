//! What a step leaves behind: the worker and its bookkeeping after it. Pure: no clock, no calls.

use std::time::Duration;

use platform::clock::Micros;

use super::book::{Attempt, Book, Call, LastCall, WaitReason};
use super::decide::{Seen, Step, observed, recovers};
use crate::provider::{Machine, MachineState, PermanentReason, ProviderError};
use crate::worker::{DesiredState, Failure, ObservedState, Outcome, OutcomeResult, Worker};

/// When one of the first conflicts or a call that succeeded is followed by the next look.
const SOON: Duration = Duration::from_millis(500);

/// What a turn did.
#[derive(Clone, Debug)]
pub(crate) enum Done {
    /// The provider could not show the machine.
    LookFailed { error: ProviderError, trace_id: Option<String> },
    /// The step was made without a call.
    Stepped(Step),
    /// The machine of the turn has another worker, as the database knows by now.
    MachineTaken { machine: String },
    /// The provider was called.
    Called { call: Call, result: Result<Option<Machine>, ProviderError>, trace_id: Option<String> },
}

/// A turn: what was seen of which generation, and what was done.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    /// The generation that the step was decided for.
    pub(crate) generation: i64,
    pub(crate) seen: Option<Seen>,
    pub(crate) done: Done,
    pub(crate) now: Micros,
    /// A random number of 0 to 1.
    pub(crate) share: f64,
}

/// The worker and its bookkeeping after a turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settled {
    pub(crate) worker: Worker,
    pub(crate) book: Book,
    /// When the next turn is due; `None`: not until something happens.
    pub(crate) due_in: Option<Duration>,
}

/// Applies a turn to the worker as it is now, which may have a later generation than the turn.
pub(crate) fn settle(worker: &Worker, book: &Book, turn: Turn) -> Settled {
    let mut after = Settled { worker: worker.clone(), book: book.clone(), due_in: None };
    let is_current = worker.desired.generation == turn.generation && worker.deleted_at.is_none();
    let Turn { generation, seen, done, now, share } = turn;
    match &seen {
        Some(Seen::Machine(machine)) => after.observe(machine, now),
        Some(Seen::Missing) if after.book.missing_since.is_none() && !after.was_just_created(&done) => {
            after.book.missing_since = Some(now);
        }
        _ => {}
    }
    if let (Some(Seen::Machine(machine)), Done::Stepped(_)) = (&seen, &done) {
        // After a call, the next look tells which tags the machine has.
        after.book.removed_tags.retain(|it| machine.tags.contains_key(it));
    }
    match done {
        Done::LookFailed { error, trace_id } => {
            after.remember("describe", generation, Some(&error), trace_id, now);
            after.provider_failed(&error, now, share);
        }
        Done::Stepped(step) if is_current => after.step(step, now),
        Done::MachineTaken { machine } if is_current => after.machine_taken(&machine, now),
        // The later generation is due already.
        Done::Stepped(_) | Done::MachineTaken { .. } => after.due_in = Some(Duration::ZERO),
        Done::Called { call, result, trace_id } => {
            after.remember(call.into_str(), generation, result.as_ref().err(), trace_id, now);
            match result {
                Ok(machine) => {
                    // Only a call that the provider has accepted can have been in vain.
                    after.book.last_call = Some(LastCall { call, generation });
                    after.called(call, machine.as_ref(), is_current, now);
                }
                Err(error) => after.call_failed(call, error, is_current, now, share),
            }
        }
    }
    if after.worker != *worker {
        after.worker.revision = worker.revision + 1;
        after.worker.updated_at = now.max(worker.updated_at);
    }
    after.book.flips = after.book.flips.after(&after.worker, &after.book, now);
    after
}

impl Settled {
    fn was_just_created(&self, done: &Done) -> bool {
        matches!(done, Done::Stepped(Step::Wait { reason: WaitReason::NotYetVisible, .. }))
            && self.book.created_at.is_some()
    }

    fn remember(
        &mut self,
        call: &str,
        generation: i64,
        error: Option<&ProviderError>,
        trace_id: Option<String>,
        at: Micros,
    ) {
        self.book.remember(Attempt {
            call: call.to_owned(),
            at,
            generation,
            result: error.map_or("ok", ProviderError::class).to_owned(),
            message: error.map(told),
            trace_id,
        });
    }

    /// Takes over what the machine shows. A failed worker stays failed unless it recovers.
    fn observe(&mut self, machine: &Machine, now: Micros) {
        let seen = Seen::Machine(machine.clone());
        let worker = &mut self.worker;
        self.book.missing_since = None;
        if worker.instance_id.is_none() {
            worker.instance_id = Some(machine.id.clone());
            // If it was found by its tag, the turn that created it was not stored.
            self.book.created_at.get_or_insert(machine.launched_at);
        }
        worker.observed.address = machine.address.map(|it| it.to_string());
        if worker.failure.is_some() {
            if !recovers(worker, &seen) {
                return;
            }
            worker.failure = None;
        }
        if !matches!(machine.state, MachineState::ShuttingDown | MachineState::Terminated) {
            worker.is_machine_lost = false;
        }
        self.book.stopping_since = match machine.state {
            MachineState::Stopping => self.book.stopping_since.or(Some(now)),
            _ => None,
        };
        // A machine that dies unasked makes the worker failed, which the step decides.
        let state = observed(machine.state);
        let died = state == ObservedState::Terminated && worker.desired.state != DesiredState::Terminated;
        if state != worker.observed.state && !died {
            worker.observed.state = state;
            worker.observed.since = now;
        }
    }

    fn step(&mut self, step: Step, now: Micros) {
        match step {
            Step::Wait { reason: reason @ (WaitReason::Retry | WaitReason::Conflict), poll } => {
                self.book.wait(reason, now);
                self.due_in = Some(poll);
            }
            Step::Wait { reason, poll } => {
                self.book.succeeded();
                self.book.wait(reason, now);
                self.due_in = Some(poll);
            }
            Step::Converged => self.converged(now),
            Step::Failed { failure, is_machine_lost } => self.failed(failure, is_machine_lost, now),
            Step::Replace => {
                let worker = &mut self.worker;
                (worker.instance_id, worker.observed.address) = (None, None);
                worker.incarnation += 1;
                worker.is_machine_lost = false;
                worker.observed.state = ObservedState::Pending;
                worker.observed.since = now;
                (self.book.missing_since, self.book.created_at) = (None, None);
                self.due_in = Some(Duration::ZERO);
            }
            Step::Rest => self.book.waiting = None,
            // A call is reported as `Done::Called`.
            Step::Call(_) => self.due_in = Some(Duration::ZERO),
        }
    }

    /// The next generation gets another machine.
    fn machine_taken(&mut self, machine: &str, now: Micros) {
        let message =
            format!("the machine {machine} was created for this worker, but it was imported as another one");
        self.failed(Failure { reason: "MACHINE_TAKEN".to_owned(), message }, true, now);
    }

    fn called(&mut self, call: Call, machine: Option<&Machine>, is_current: bool, now: Micros) {
        self.book.succeeded();
        if call == Call::Create {
            self.book.created_at = Some(now);
        }
        if call == Call::ForceStop {
            // Cut again only after the same time.
            self.book.stopping_since = Some(now);
        }
        if let Some(machine) = machine {
            self.observe(machine, now);
            if is_current && observed(machine.state) == self.worker.desired.state.reached() {
                return self.converged(now);
            }
            match machine.state {
                MachineState::Pending => self.book.wait(WaitReason::Starting, now),
                MachineState::Stopping => self.book.wait(WaitReason::Stopping, now),
                MachineState::ShuttingDown => self.book.wait(WaitReason::ShuttingDown, now),
                MachineState::Running | MachineState::Stopped | MachineState::Terminated => {}
            }
        }
        self.due_in = Some(SOON);
    }

    fn call_failed(&mut self, call: Call, error: ProviderError, is_current: bool, now: Micros, share: f64) {
        match error {
            // Usually the machine has changed since it was looked at, which is no fault of the provider.
            ProviderError::Conflict { .. } => {
                self.due_in = Some(self.book.conflicted(now, SOON, share));
                self.book.wait(WaitReason::Conflict, now);
            }
            ProviderError::Permanent { .. } if !is_current => self.due_in = Some(Duration::ZERO),
            ProviderError::Permanent { reason: PermanentReason::MachineGone, .. }
                if call == Call::Terminate =>
            {
                self.converged(now);
            }
            // Name or tags were changed after a create whose outcome is unknown; its machine is found once it is visible.
            ProviderError::Permanent { reason: PermanentReason::TokenMismatch, .. }
                if call == Call::Create =>
            {
                self.provider_failed(&error, now, share);
            }
            ProviderError::Permanent { reason, message } => {
                self.book.succeeded();
                let failure = Failure { reason: reason.into_str().to_owned(), message };
                self.failed(failure, reason == PermanentReason::MachineGone, now);
            }
            ProviderError::Throttled { .. } | ProviderError::Transient(_) => {
                self.provider_failed(&error, now, share);
            }
        }
    }

    fn provider_failed(&mut self, error: &ProviderError, now: Micros, share: f64) {
        let after = if let ProviderError::Throttled { after } = error { *after } else { None };
        self.book.failed(now, after, share);
        self.book.wait(WaitReason::Retry, now);
        self.due_in = self.book.next_retry.map(|it| it - now);
    }

    fn converged(&mut self, now: Micros) {
        self.book.succeeded();
        self.book.waiting = None;
        self.book.missing_since = None;
        // What happens to the machine from here on is not the effect of this call.
        self.book.last_call = None;
        let worker = &mut self.worker;
        let reached = worker.desired.state.reached();
        if worker.observed.state != reached {
            worker.observed.state = reached;
            worker.observed.since = now;
        }
        if worker.desired.state == DesiredState::Terminated {
            worker.observed.address = None;
        }
        if worker.converged_at.is_none_or(|it| it < worker.observed.since) || worker.outcome.is_none() {
            worker.converged_at = Some(now);
        }
        self.end(OutcomeResult::Converged, None, now);
    }

    fn failed(&mut self, failure: Failure, is_machine_lost: bool, now: Micros) {
        self.book.waiting = None;
        let worker = &mut self.worker;
        if worker.observed.state != ObservedState::Failed {
            worker.observed.state = ObservedState::Failed;
            worker.observed.since = now;
        }
        worker.is_machine_lost |= is_machine_lost;
        worker.failure = Some(failure.clone());
        self.end(OutcomeResult::Failed, Some(failure), now);
    }

    /// Ends the current generation, if it has not ended.
    fn end(&mut self, result: OutcomeResult, failure: Option<Failure>, now: Micros) {
        let worker = &mut self.worker;
        if worker.outcome.is_none() {
            let generation = worker.desired.generation;
            worker.observed.generation = generation;
            worker.outcome = Some(Outcome { generation, result, at: now, failure });
        }
    }
}

/// An error in words, with the code of one that no repetition helps against.
fn told(error: &ProviderError) -> String {
    match error {
        ProviderError::Permanent { reason, message } => format!("{message} ({})", reason.into_str()),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
