//! Executes one claimed action: commits that worker-service is going to be asked, asks it, and commits its answer. No
//! transaction is open during the call.

use std::time::Instant;

use access::Caller;
use platform::causes::chain;
use platform::clock::jittered;
use platform::shutdown::Shutdown;
use proto::worker::v1::SetDesiredStateResponse;
use storage::StorageError;
use telemetry::propagation::current_trace_id;
use telemetry::semconv::{
    CCM_TASK_ATTEMPT, CCM_TASK_OUTCOME, CCM_WAIT_REASON, MESSAGING_DESTINATION_NAME,
    MESSAGING_OPERATION_NAME, MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM,
};
use telemetry::span::{Span, SpanBuilder, SpanKind};
use tonic::Status;

use super::{Dispatcher, answer, describe};
use crate::lifecycle;
use crate::metrics::{self, AttemptOutcome};
use crate::store::queue::{Guard, Live};
use crate::task::{Phase, Task};

/// A claimed action.
pub(super) struct Execution {
    pub(super) dispatcher: Dispatcher,
    pub(super) live: Live,
    /// The process as a caller.
    pub(super) process: Caller,
    pub(super) claimed_at: Instant,
    pub(super) stop: Shutdown,
}

impl Execution {
    /// Executes the action. If the database fails, the action is claimed again when the lease has ended.
    pub(super) async fn run(self) {
        if self.stop.is_cancelled() {
            // The lease ends by itself if it cannot be given back.
            let _ = self.dispatcher.store.release(&self.live).await;
            return;
        }
        let _executing = self.dispatcher.hints.executing(self.live.worker_id);
        let span = self.span();
        let task = span.run(self.execute(&span)).await;
        let task = task.unwrap_or_else(|error| {
            let error = chain(&error);
            let task = self.live.task_id.to_string();
            span.in_scope(|| tracing::warn!(error, task, "executing an action failed; it is claimed again"));
            span.record(|it| it.fail("storage", "the database failed"));
            None
        });
        span.record(|it| {
            it.set_some(CCM_TASK_OUTCOME, task.as_ref().map(|it| it.status.into_str()));
            it.set_some(CCM_WAIT_REASON, task.as_ref().and_then(waits_for));
        });
        span.end();
        if let Some(task) = task.filter(|it| it.live_action().is_none()) {
            lifecycle::ended(&task, &self.live, self.dispatcher.clock.now());
        }
    }

    /// The first call of a run is in the trace of the request; a repeated one has a trace of its own.
    fn span(&self) -> Span {
        let (live, now) = (&self.live, self.dispatcher.clock.now());
        let builder = if live.attempt == 0 {
            SpanBuilder::deferred(SpanKind::Consumer, &live.cause, now - live.asked_at)
        } else {
            SpanBuilder::detached(SpanKind::Consumer, &live.cause)
        };
        builder.start(|it| {
            it.name("task.execute");
            describe(it, live);
            it.set(CCM_TASK_ATTEMPT, live.attempt + 1);
            it.set(MESSAGING_DESTINATION_NAME, "action_queue");
            it.set(MESSAGING_OPERATION_NAME, "execute");
            it.set(MESSAGING_OPERATION_TYPE, "process");
            it.set(MESSAGING_SYSTEM, "ccm");
        })
    }

    /// Returns the task as the execution leaves it; `None` if the lease was lost.
    async fn execute(&self, span: &Span) -> Result<Option<Task>, StorageError> {
        let Self { dispatcher, live, process, .. } = self;
        let trace_id = current_trace_id();
        let begun =
            dispatcher.end(live, Guard::Lease, process, move |it, now| it.applying(now, trace_id)).await?;
        let Some(task) = self.unless_lost(begun) else { return Ok(None) };
        let Some(action) = task.live_action() else { return Ok(Some(task)) };
        let settings = &dispatcher.settings;
        if self.claimed_at.elapsed() + settings.call_timeout > settings.lease {
            tracing::debug!(task = %live.task_id, "the lease would end during the call; handing the action back");
            return self.hand_back().await;
        }
        let by = process.acting_for(&live.asked_by);
        let called = tokio::select! {
            called = dispatcher.client.set_desired_state(live, action.reason.clone(), &by) => called,
            () = self.grace_ends() => return self.hand_back().await,
        };
        if let Err(status) = &called {
            span.record(|it| {
                let code = net::grpc::status::code_name(status.code());
                it.fail(code, "worker-service did not accept the action");
            });
        }
        let is_accepted = called.is_ok();
        let stored = self.store_answer(called).await;
        metrics::attempted(live.verb, outcome_of(is_accepted, &stored));
        let Some(task) = self.unless_lost(stored?) else { return Ok(None) };
        let is_parked = task.live_action().is_some_and(|it| it.run.phase == Some(Phase::Applied));
        if is_parked { self.ask_once(task).await } else { Ok(Some(task)) }
    }

    /// Commits what worker-service has answered. Returns the task; `None` if the lease was lost.
    async fn store_answer(
        &self,
        called: Result<SetDesiredStateResponse, Status>,
    ) -> Result<Option<Task>, StorageError> {
        let Self { dispatcher, live, process, .. } = self;
        let answer = match called {
            Ok(response) => answer::accepted(&response),
            Err(status) => {
                if let Some(seq) = answer::accepted_seq(&status) {
                    // worker-service knows a later action than this database, which was restored from a backup.
                    dispatcher.store.raise_seq(live.worker_id, seq).await?;
                }
                answer::failed(&status)
            }
        };
        dispatcher.end(live, Guard::Lease, process, |it, now| it.answered(answer, now, jittered)).await
    }

    /// Asks for the outcome after the park was committed: one that was written before would be told by no later event.
    async fn ask_once(&self, task: Task) -> Result<Option<Task>, StorageError> {
        let Self { dispatcher, live, process, .. } = self;
        let generation = task.live_action().and_then(|it| it.run.applied_generation);
        let parked = live.waiting_for(generation);
        let Some(generation) = generation else { return Ok(Some(task)) };
        let outcome = match dispatcher.client.outcomes(std::slice::from_ref(&parked), process).await {
            Ok(mut outcomes) => outcomes.pop().flatten(),
            // Asked again periodically.
            Err(_) => None,
        };
        let Some(outcome) = outcome else { return Ok(Some(task)) };
        let guard = Guard::Parked(generation);
        dispatcher.end(&parked, guard, process, |it, now| it.finished(outcome, now)).await
    }

    /// The process stops: another one may execute the action at once.
    async fn hand_back(&self) -> Result<Option<Task>, StorageError> {
        let handed = self.dispatcher.end(&self.live, Guard::Lease, &self.process, Task::handed_back).await?;
        Ok(self.unless_lost(handed))
    }

    /// Returns when a call must not go on because the process stops.
    async fn grace_ends(&self) {
        self.stop.cancelled().await;
        tokio::time::sleep(self.dispatcher.settings.grace).await;
    }

    fn unless_lost(&self, task: Option<Task>) -> Option<Task> {
        if task.is_none() {
            tracing::debug!(task = %self.live.task_id, "the lease on an action was lost; nothing was changed");
        }
        task
    }
}

/// How a call ended, from whether worker-service accepted the action and the task that was stored.
fn outcome_of(is_accepted: bool, stored: &Result<Option<Task>, StorageError>) -> AttemptOutcome {
    match stored {
        Err(_) | Ok(None) => AttemptOutcome::NotStored,
        Ok(Some(_)) if is_accepted => AttemptOutcome::Accepted,
        Ok(Some(task)) if task.live_action().is_some() => AttemptOutcome::Repeated,
        Ok(Some(_)) => AttemptOutcome::Failed,
    }
}

/// What a task waits for after an execution: `outcome` of its generation, or `retry`.
fn waits_for(task: &Task) -> Option<&'static str> {
    match task.live_action()?.run.phase? {
        Phase::Applied => Some("outcome"),
        Phase::Queued => Some("retry"),
        Phase::Applying => None,
    }
}
