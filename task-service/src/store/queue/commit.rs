//! The steps of an execution, each one a transaction that changes the task and its row in the queue, or nothing.

use std::time::Duration;

use events::NewEvent;
use storage::{Statement, Statements as _, StorageError, Transaction, Value};
use uuid::Uuid;

use super::{Live, QueueRow, sql};
use crate::metrics;
use crate::store::{TaskStore, change};
use crate::task::Task;
use crate::task::action::Phase;

/// What must still hold for a step to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The lease under which the action was claimed: no other process has claimed it since.
    Lease,
    /// The task waits for the outcome of this generation.
    Parked(i64),
    /// The deadline has passed, and no process executes the action.
    Expired,
}

impl TaskStore {
    /// Takes a step of an execution: `change` makes the changed task, `event` its event. Returns the task; `None` if the
    /// guard does not hold any more, in which case nothing is changed.
    pub(crate) async fn step(
        &self,
        live: &Live,
        guard: Guard,
        change: impl FnOnce(&Task) -> Task + Send + 'static,
        event: impl FnOnce(&Task, &Task) -> NewEvent + Send + 'static,
    ) -> Result<Option<Task>, StorageError> {
        let (id, seq, fence, run) = (live.task_id, live.seq, live.fence, live.clone());
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let Some(before) = change::locked(on, id).await? else { return Ok(None) };
                    if before.live_action().is_none_or(|it| it.seq != seq) {
                        return Ok(None);
                    }
                    let after = change(&before);
                    let (statement, values) = projection(on, &after, guard, fence);
                    let key: [Value; 2] = [id.into(), seq.into()];
                    let row: Option<QueueRow> =
                        on.fetch_optional(statement, key.into_iter().chain(values)).await?;
                    if row.is_none() {
                        return Ok(None);
                    }
                    change::write(on, &after).await?;
                    events::append(on, event(&before, &after)).await?;
                    if after.live_action().is_none() {
                        let ended = after.clone();
                        on.once_committed(move || metrics::run_ended(&ended, &run));
                    }
                    Ok(Some(after))
                })
            })
            .await
    }

    /// Makes later actions on the worker have numbers above `seq`.
    pub(crate) async fn raise_seq(&self, worker: Uuid, seq: i64) -> Result<(), StorageError> {
        let values = [worker.into(), seq.into()];
        self.database.write(move |on| Box::pin(on.execute(&sql::RAISE_SEQ, values))).await
    }
}

/// Returns the statement that makes the row of the queue follow the task, and its values after those of the key.
fn projection(on: &Transaction, after: &Task, guard: Guard, fence: i64) -> (&'static Statement, Vec<Value>) {
    let run = after.live_action().map(|it| &it.run);
    let (phase, attempt) = run.map_or((None, 0), |it| (it.phase, i64::from(it.attempt)));
    match (guard, phase) {
        (Guard::Lease, Some(Phase::Applying)) => (&sql::APPLYING, vec![fence.into(), attempt.into()]),
        (Guard::Lease, Some(Phase::Applied)) => {
            let generation = run.and_then(|it| it.applied_generation);
            (&sql::PARK, vec![fence.into(), generation.into()])
        }
        (Guard::Lease, Some(Phase::Queued)) => {
            let pause = run.and_then(|it| it.run_after).map_or(Duration::ZERO, |it| it - after.updated_at);
            let pause = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
            (sql::REQUEUE.of(on.system()), vec![fence.into(), attempt.into(), pause.into()])
        }
        (Guard::Lease, None) => (&sql::END_LEASED, vec![fence.into()]),
        (Guard::Parked(generation), _) => (&sql::END_PARKED, vec![generation.into()]),
        (Guard::Expired, _) => (sql::END_EXPIRED.of(on.system()), Vec::new()),
    }
}

/// Removes the action of a task from the queue, whoever may have a lease.
pub(super) async fn remove(on: &mut Transaction, task: Uuid, seq: i64) -> Result<Option<Live>, StorageError> {
    let row: Option<QueueRow> = on.fetch_optional(&sql::END, [task.into(), seq.into()]).await?;
    row.map(Live::try_from).transpose()
}
