//! Executes the queued actions: claims them, asks worker-service, and learns how they ended. Any number of processes may
//! do this at the same time. All of it is written so that a process can be killed at any point: what it has not committed,
//! another one does again, with the same request id.

mod answer;
mod claims;
mod client;
mod deadlines;
mod execute;
mod hints;
mod outcomes;
mod slots;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use access::Caller;
use events::NewEvent;
use net::grpc::Peer;
use platform::causes::chain;
use platform::clock::{Clock, Micros};
use platform::shutdown::Shutdown;
use storage::StorageError;
use telemetry::semconv::{CCM_TASK_ID, CCM_TASK_OUTCOME, CCM_TASK_RUN, CCM_TASK_VERB, CCM_WORKER_ID};
use telemetry::span::{Interval, Span, SpanBuilder, SpanKind, unsampled, untraced};
use uuid::Uuid;

use self::client::WorkerActions;
use self::hints::Hints;
use crate::settings::DispatchSettings;
use crate::store::TaskStore;
use crate::store::queue::{Guard, Lease, Live};
use crate::task::Task;
use crate::{event, lifecycle};

/// Returns the process as a caller; `None` while it has no valid token.
pub(crate) type Process = Arc<dyn Fn() -> Option<Caller> + Send + Sync>;

/// Executes the actions of a store. Clones share its identity as an owner of leases.
#[derive(Clone)]
pub(crate) struct Dispatcher {
    store: TaskStore,
    client: WorkerActions,
    process: Process,
    clock: Clock,
    settings: DispatchSettings,
    lease: Lease,
    hints: Arc<Hints>,
    /// The tasks whose actions could not be ended at the last attempt.
    failing: Arc<Mutex<HashSet<Uuid>>>,
}

impl Dispatcher {
    pub(crate) fn new(
        store: TaskStore,
        worker_service: &Peer,
        process: Process,
        clock: Clock,
        settings: DispatchSettings,
    ) -> Self {
        let lease = Lease { owner: clock.new_id(), duration: settings.lease };
        let client = WorkerActions::new(worker_service, settings.call_timeout);
        Self {
            store,
            client,
            process,
            clock,
            settings,
            lease,
            hints: Arc::default(),
            failing: Arc::default(),
        }
    }

    /// Executes actions until `stop`, and hands those back then that do not end in time.
    pub(crate) async fn run(self, stop: Shutdown) {
        // Calls of worker-service tell it not to trace them, either.
        unsampled(async {
            tokio::join!(
                self.execute_queued(&stop),
                self.learn_outcomes(&stop),
                self.watch_workers(&stop),
                self.check_deadlines(&stop),
            )
        })
        .await;
    }

    /// Makes the events of changes by this process on behalf of the person who asked for the action.
    fn events_for(
        &self,
        live: &Live,
        process: &Caller,
    ) -> impl FnOnce(&Task, &Task) -> NewEvent + Send + 'static {
        let by = process.acting_for(&live.asked_by);
        let id = self.clock.new_id();
        // Nobody asks for the progress of an action: the audit log has the request for it.
        move |before, after| NewEvent { roles: None, ..event::updated(id, before, after, &by) }
    }

    /// Ends an action that no process executes. The span of the transaction is made only once the action is known to end by
    /// it: all replicas learn an outcome, and one of them has the effect.
    async fn complete(
        &self,
        live: &Live,
        guard: Guard,
        process: &Caller,
        change: impl FnOnce(&Task, Micros) -> Task + Send + 'static,
    ) -> Result<(), StorageError> {
        let (now, interval) = (self.clock.now(), Interval::begin());
        let (begun, span) = (Arc::new(OnceLock::<Span>::new()), live.clone());
        let (make, begins) = (self.events_for(live, process), begun.clone());
        let event = move |before: &Task, after: &Task| {
            let builder = SpanBuilder::deferred(SpanKind::Internal, &span.cause, now - span.asked_at);
            let span = builder.started_with(interval).start(|it| {
                it.name("task.complete");
                describe(it, &span);
                it.set(CCM_TASK_OUTCOME, after.status.into_str());
            });
            let event = span.in_scope(|| make(before, after));
            let _ = begins.set(span);
            event
        };
        let ended = untraced(self.store.step(live, guard, move |task| change(task, now), event)).await;
        if let Some(span) = begun.get() {
            if ended.is_err() {
                span.record(|it| it.fail("storage", "the database failed"));
            }
            span.end();
        }
        if let Some(task) = ended? {
            lifecycle::ended(&task, live, now);
        }
        Ok(())
    }

    /// Passes the result of ending an action on if the database is not available. Any other error is logged once for each
    /// action: it must not keep later actions from being ended.
    fn passed_over(&self, live: &Live, ended: Result<(), StorageError>) -> Result<(), StorageError> {
        let Err(error) = ended else {
            self.failing().remove(&live.task_id);
            return Ok(());
        };
        if error.is_unavailable() {
            return Err(error);
        }
        if self.failing().insert(live.task_id) {
            let (error, task) = (chain(&error), live.task_id.to_string());
            tracing::error!(error, task, "an action cannot be ended; it is tried again");
        }
        Ok(())
    }

    fn failing(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn end(
        &self,
        live: &Live,
        guard: Guard,
        process: &Caller,
        change: impl FnOnce(&Task, Micros) -> Task + Send + 'static,
    ) -> Result<Option<Task>, StorageError> {
        let (now, event) = (self.clock.now(), self.events_for(live, process));
        self.store.step(live, guard, move |task| change(task, now), event).await
    }
}

/// Sets the attributes that all spans of an action have.
fn describe(it: &mut telemetry::span::Description, live: &Live) {
    it.set(CCM_TASK_ID, live.task_id.to_string());
    it.set(CCM_TASK_RUN, live.run);
    it.set(CCM_TASK_VERB, live.verb.into_str());
    it.set(CCM_WORKER_ID, live.worker_id.to_string());
}

/// The smallest id, after which all tasks come.
const FIRST: Uuid = Uuid::nil();
