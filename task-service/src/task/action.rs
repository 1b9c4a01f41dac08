//! What the system does on a worker as a task, and the execution of it.

use platform::clock::Micros;
use platform::violation::{Lines, Violations};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use super::{DomainError, Verb};

const REASON_LENGTH: usize = 500;
/// Number of attempts that a task keeps.
const KEPT_ATTEMPTS: usize = 20;

/// An action on a worker, with its current or last run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Action {
    pub(crate) verb: Verb,
    pub(crate) worker_id: Uuid,
    /// Number of the run among all runs on the worker; worker-service refuses a lower number after a higher one.
    pub(crate) seq: i64,
    pub(crate) reason: Option<String>,
    pub(crate) run: Run,
}

/// One execution of an action. A retry begins a new one.
#[expect(clippy::struct_field_names, reason = "`run_after` is its name in the contract")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// Starts at 1.
    pub(crate) number: i32,
    /// Number of calls in this run.
    pub(crate) attempt: i32,
    pub(crate) max_attempts: i32,
    /// `None` once the run has ended.
    pub(crate) phase: Option<Phase>,
    /// The next call is not made before this time.
    pub(crate) run_after: Option<Micros>,
    pub(crate) deadline: Micros,
    /// Generation of the worker's desired state whose outcome is waited for.
    pub(crate) applied_generation: Option<i64>,
    pub(crate) last_error: Option<ActionError>,
    /// The last calls of this and earlier runs, oldest first.
    pub(crate) attempts: Vec<Attempt>,
    /// Trace of the request that asked for the run.
    pub(crate) trace_id: Option<String>,
    pub(crate) ended_at: Option<Micros>,
    /// The call whose answer is not stored yet.
    pub(crate) call: Option<Call>,
    /// Whether worker-service may have been asked in this run; it stays set when the action is handed back.
    pub(crate) has_begun: bool,
    /// Whether the run has replaced an action about which worker-service may have been asked.
    pub(crate) has_replaced_begun: bool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Phase {
    /// It waits for a free slot, or for the time of its next call.
    Queued,
    /// worker-service is being asked.
    Applying,
    /// worker-service has accepted the action; its outcome is waited for.
    Applied,
}

/// Why a call, or the run, has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ActionError {
    /// Name of a gRPC code: `UNAVAILABLE`.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) retryable: bool,
    /// Name of a reason of the contract, or the provider's reason.
    pub(crate) reason: Option<String>,
}

/// A call that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) started_at: Micros,
    pub(crate) trace_id: Option<String>,
}

/// A call that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) run: i32,
    pub(crate) number: i32,
    pub(crate) started_at: Micros,
    /// Name of the gRPC code with which it ended.
    pub(crate) code: String,
    pub(crate) message: Option<String>,
    pub(crate) trace_id: Option<String>,
}

/// A requested action, not yet validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ActionDraft {
    pub(crate) verb: Verb,
    pub(crate) worker_id: Uuid,
    pub(crate) reason: Option<String>,
}

impl ActionDraft {
    pub(super) fn check(&self, violations: &mut Violations) {
        if let Some(reason) = &self.reason {
            violations.text("task.action.reason", reason, 0..=REASON_LENGTH, Lines::One);
        }
    }
}

/// What a new run needs to know besides its action.
#[derive(Clone, Debug)]
pub(crate) struct NewRun {
    pub(crate) seq: i64,
    pub(crate) max_attempts: i32,
    pub(crate) deadline: Micros,
    pub(crate) trace_id: Option<String>,
    pub(crate) has_replaced_begun: bool,
}

impl Run {
    /// The run after `earlier`, if there was one.
    pub(super) fn begin(earlier: Option<&Self>, new: NewRun) -> Self {
        Self {
            number: earlier.map_or(0, |it| it.number) + 1,
            attempt: 0,
            max_attempts: new.max_attempts,
            phase: Some(Phase::Queued),
            run_after: None,
            deadline: new.deadline,
            applied_generation: None,
            last_error: None,
            attempts: earlier.map_or_else(Vec::new, |it| it.attempts.clone()),
            trace_id: new.trace_id,
            ended_at: None,
            call: None,
            has_begun: false,
            has_replaced_begun: new.has_replaced_begun,
        }
    }

    /// Records how the call that is under way has ended; does nothing if there is none.
    pub(super) fn end_call(&mut self, code: &str, message: Option<String>) {
        let Some(call) = self.call.take() else { return };
        self.attempts.push(Attempt {
            run: self.number,
            number: self.attempt,
            started_at: call.started_at,
            code: code.to_owned(),
            message,
            trace_id: call.trace_id,
        });
        let surplus = self.attempts.len().saturating_sub(KEPT_ATTEMPTS);
        self.attempts.drain(..surplus);
    }
}

/// What worker-service tells about a worker that an action is requested for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WorkerView {
    pub(crate) name: String,
    /// Whether the worker is terminated, or going to be.
    pub(crate) is_terminating: bool,
    /// The verb that would change nothing, because the worker has converged on its state.
    pub(crate) converged_on: Option<Verb>,
}

impl WorkerView {
    /// Fails if the worker cannot be asked to do this. worker-service decides in the end; this tells the caller at once.
    pub(crate) fn expect_legal(&self, verb: Verb) -> Result<(), DomainError> {
        if self.is_terminating && verb != Verb::Terminate {
            return Err(DomainError::IllegalAction(format!(
                "the worker is terminated, or going to be, so it cannot {}; possible: terminate",
                verb.into_str()
            )));
        }
        Ok(())
    }

    /// Adds a violation of `field` unless terminate is confirmed by the worker's name, compared by code points.
    pub(crate) fn check_confirm(&self, verb: Verb, field: &str, confirm: &str, violations: &mut Violations) {
        if verb == Verb::Terminate && confirm != self.name {
            violations.add(field, "must be the name of the worker, to confirm that it is terminated");
        }
    }
}
