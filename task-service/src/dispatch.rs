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

use std::sync::Arc;

use access::Caller;
use events::NewEvent;
use net::grpc::Peer;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use storage::StorageError;
use telemetry::semconv::{CCM_TASK_ID, CCM_TASK_OUTCOME, CCM_TASK_RUN, CCM_TASK_VERB, CCM_WORKER_ID};
use telemetry::span::{SpanBuilder, SpanKind, unsampled};
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
        Self { store, client, process, clock, settings, lease, hints: Arc::default() }
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
        move |before, after| event::updated(id, before, after, &by)
    }

    /// Ends an action that no process executes, in a span of its own.
    async fn complete(
        &self,
        live: &Live,
        guard: Guard,
        process: &Caller,
        change: impl FnOnce(&Task, platform::clock::Micros) -> Task + Send + 'static,
    ) -> Result<(), StorageError> {
        let now = self.clock.now();
        let span = SpanBuilder::deferred(SpanKind::Internal, &live.cause, now - live.asked_at).start(|it| {
            it.name("task.complete");
            describe(it, live);
        });
        let ended = span.run(self.end(live, guard, process, change)).await?;
        span.record(|it| it.set_some(CCM_TASK_OUTCOME, ended.as_ref().map(|it| it.status.into_str())));
        span.end();
        if let Some(task) = ended {
            lifecycle::ended(&task, live, now);
        }
        Ok(())
    }

    async fn end(
        &self,
        live: &Live,
        guard: Guard,
        process: &Caller,
        change: impl FnOnce(&Task, platform::clock::Micros) -> Task + Send + 'static,
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
