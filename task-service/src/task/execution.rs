//! The execution of a task's action, step by step. Each function returns the changed task: its revision counts, its
//! version does not, because no field that callers can write has changed.

use std::time::Duration;

use platform::clock::Micros;
use uuid::Uuid;

use super::action::{Action, ActionError, Call, NewRun, Phase, Run};
use super::retry::{Failure, Next};
use super::verb::Verb;
use super::{DomainError, Status, Task};

/// What worker-service answered to the call of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It accepted the action; with the outcome, if the generation has ended already.
    Accepted { generation: i64, outcome: Option<Outcome> },
    /// The call failed.
    Failed(Failure),
}

/// How a generation of a worker's desired state ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The worker has reached the state.
    Converged,
    /// The provider refused permanently.
    Failed { reason: Option<String>, message: String },
    /// Another desired state was set before the worker reached this one.
    Superseded,
    /// The worker was deleted, or has no such generation.
    Missing,
}

/// The name of the reason with which a replaced action ends.
const ACTION_SUPERSEDED: &str = "ACTION_SUPERSEDED";

fn error(code: &str, reason: Option<&str>, message: String) -> ActionError {
    ActionError { code: code.to_owned(), message, retryable: false, reason: reason.map(ToOwned::to_owned) }
}

impl Task {
    /// The action, if it has not ended.
    pub(crate) fn live_action(&self) -> Option<&Action> {
        self.action.as_ref().filter(|it| it.run.phase.is_some())
    }

    fn with_run(&self, status: Status, now: Micros, change: impl FnOnce(&mut Run)) -> Self {
        let updated_at = now.max(self.updated_at);
        let mut task = Self { status, revision: self.revision + 1, updated_at, ..self.clone() };
        if let Some(action) = &mut task.action {
            change(&mut action.run);
        }
        task
    }

    fn ended(&self, status: Status, now: Micros, error: Option<ActionError>) -> Self {
        self.with_run(status, now, |run| {
            run.phase = None;
            run.run_after = None;
            run.ended_at = Some(now);
            run.call = None;
            run.last_error = error;
        })
    }

    /// worker-service is going to be asked. If the process that asked before has stored no answer, its call counts. A run
    /// whose calls are used up in this way fails instead.
    pub(crate) fn applying(&self, now: Micros, trace_id: Option<String>) -> Self {
        const LOST: &str = "the process that made the call ended before the answer was stored";
        let mut asked = self.with_run(Status::InProgress, now, |run| {
            run.end_call("UNKNOWN", Some(LOST.to_owned()));
            run.phase = Some(Phase::Applying);
            run.run_after = None;
        });
        let Some(run) = asked.action.as_mut().map(|it| &mut it.run) else { return asked };
        if run.attempt >= run.max_attempts {
            let text = format!("{LOST} (given up after {} calls)", run.attempt);
            return Self { revision: self.revision, ..asked }.ended(
                Status::Failed,
                now,
                Some(error("UNKNOWN", None, text)),
            );
        }
        run.attempt += 1;
        run.has_begun = true;
        run.call = Some(Call { started_at: now, trace_id });
        asked
    }

    /// worker-service has answered. `jittered` shortens a pause before the next call at random.
    pub(crate) fn answered(
        &self,
        answer: Answer,
        now: Micros,
        jittered: impl Fn(Duration) -> Duration,
    ) -> Self {
        match answer {
            Answer::Accepted { generation, outcome } => {
                let parked = self.with_run(Status::InProgress, now, |run| {
                    run.end_call("OK", None);
                    run.phase = Some(Phase::Applied);
                    run.applied_generation = Some(generation);
                    run.last_error = None;
                });
                match outcome {
                    None => parked,
                    Some(outcome) => Self { revision: self.revision, ..parked }.finished(outcome, now),
                }
            }
            Answer::Failed(failure) => {
                let Some(action) = &self.action else { return self.clone() };
                let next = failure.next(&action.run, now, jittered);
                let mut error = failure.error();
                let ended = self.with_run(self.status, now, |run| {
                    run.end_call(&failure.code, Some(failure.message));
                });
                let ended = Self { revision: self.revision, ..ended };
                match next {
                    Next::Retry(pause) => ended.with_run(Status::Pending, now, |run| {
                        run.phase = Some(Phase::Queued);
                        run.run_after = Some(now + pause);
                        run.last_error = Some(error);
                    }),
                    Next::GiveUp(why) => {
                        if let Some(why) = why {
                            error.message = format!("{} ({why})", error.message);
                        }
                        ended.ended(Status::Failed, now, Some(error))
                    }
                }
            }
        }
    }

    /// The process that asks worker-service stops: another one begins again, and the call does not count.
    pub(crate) fn handed_back(&self, now: Micros) -> Self {
        self.with_run(Status::Pending, now, |run| {
            run.phase = Some(Phase::Queued);
            run.call = None;
            run.attempt -= 1;
        })
    }

    /// The generation that was waited for has ended.
    pub(crate) fn finished(&self, outcome: Outcome, now: Micros) -> Self {
        let (status, error) = match outcome {
            Outcome::Converged => (Status::Completed, None),
            Outcome::Failed { reason, message } => {
                (Status::Failed, Some(error("FAILED_PRECONDITION", reason.as_deref(), message)))
            }
            Outcome::Superseded => {
                let message = "another desired state was set before the worker reached this one";
                (Status::Cancelled, Some(error("ABORTED", Some(ACTION_SUPERSEDED), message.to_owned())))
            }
            Outcome::Missing => {
                let message = "the worker or this generation no longer exists";
                (Status::Failed, Some(error("NOT_FOUND", None, message.to_owned())))
            }
        };
        self.ended(status, now, error)
    }

    /// The deadline of the run has passed.
    pub(crate) fn expired(&self, now: Micros) -> Self {
        let Some(Action { verb, run, .. }) = &self.action else { return self.clone() };
        let target = verb.target_state();
        let message = match (run.phase, run.attempt) {
            (Some(Phase::Applied), _) => format!(
                "the worker did not become {target} before the deadline; it keeps this desired state, and \
                 worker-service goes on trying to reach it"
            ),
            (_, 0) => "no process executed the action before the deadline".to_owned(),
            (_, calls) => {
                let last = run.last_error.as_ref().map_or("no answer", |it| it.message.as_str());
                format!(
                    "worker-service did not accept the action in {calls} calls before the deadline; last: {last}"
                )
            }
        };
        self.ended(Status::Failed, now, Some(error("DEADLINE_EXCEEDED", None, message)))
    }

    /// A later action on the worker replaces this one.
    pub(crate) fn superseded(&self, by: Uuid, verb: Verb, now: Micros) -> Self {
        let message = format!("replaced by task {by}, which asks for {}", verb.into_str());
        self.ended(Status::Cancelled, now, Some(error("ABORTED", Some(ACTION_SUPERSEDED), message)))
    }

    /// The task after a request to cancel it; `None` if it is cancelled already.
    pub(crate) fn cancelled(&self, now: Micros) -> Result<Option<Self>, DomainError> {
        let Some(Action { verb, run, .. }) = &self.action else {
            let change = super::Change { status: Some(Status::Cancelled), ..super::Change::default() };
            return self.changed(change, now);
        };
        if self.status == Status::Cancelled {
            return Ok(None);
        }
        if run.phase.is_none() {
            return Err(DomainError::HasEnded { status: self.status, what: "cancelled" });
        }
        let instead = match verb.opposite() {
            Some(opposite) => format!("ask for {} instead", opposite.into_str()),
            None => "nothing undoes terminate".to_owned(),
        };
        if run.has_begun {
            let text = format!("the action {} is being carried out; {instead}", verb.into_str());
            return Err(DomainError::ActionIsLive(text));
        }
        if run.has_replaced_begun {
            let text = format!(
                "the action {} has replaced one that was being carried out, so cancelling it would leave the worker \
                 in between; {instead}",
                verb.into_str()
            );
            return Err(DomainError::ActionIsLive(text));
        }
        Ok(Some(self.ended(Status::Cancelled, now, run.last_error.clone())))
    }

    /// Fails if the task has an action that has not ended.
    pub(crate) fn expect_deletable(&self) -> Result<(), DomainError> {
        let Some(action) = self.live_action() else { return Ok(()) };
        let verb = action.verb.into_str();
        let text = format!(
            "the action {verb} has not ended; cancel it, or wait until it ends, and delete the task then"
        );
        Err(DomainError::ActionIsLive(text))
    }

    /// Fails unless the action has ended in a way that a retry can follow.
    pub(crate) fn expect_retryable(&self) -> Result<&Action, DomainError> {
        match &self.action {
            None => Err(DomainError::NoAction),
            Some(action) if matches!(self.status, Status::Failed | Status::Cancelled) => Ok(action),
            Some(_) => Err(DomainError::HasEnded { status: self.status, what: "retried" }),
        }
    }

    /// The task with a new run of its action.
    pub(crate) fn retried(&self, new: NewRun, now: Micros) -> Self {
        let mut task = self.with_run(Status::Pending, now, |_| {});
        if let Some(action) = &mut task.action {
            action.seq = new.seq;
            action.run = Run::begin(Some(&action.run), new);
        }
        task
    }

    /// The task with the number of its first run, which may replace an action that has begun.
    pub(crate) fn numbered(mut self, seq: i64, has_replaced_begun: bool) -> Self {
        if let Some(action) = &mut self.action {
            action.seq = seq;
            action.run.has_replaced_begun = has_replaced_begun;
        }
        self
    }

    /// The task whose action is not necessary, because the worker is in the state already.
    pub(crate) fn completed_at_once(self, now: Micros) -> Self {
        let done = self.ended(Status::Completed, now, None);
        Self { revision: self.revision, ..done }
    }
}

#[cfg(test)]
mod tests;
