//! The queue of live actions. A row has what claiming needs; the action as people see it is in the row of its task, and
//! both change in one transaction. Transactions that need several locks take them in this order: the worker's number of
//! actions, tasks, rows of the queue.

mod claim;
#[cfg(test)]
mod claim_plans;
mod commit;
#[cfg(test)]
mod conformance;
mod depth;
#[cfg(test)]
mod one_live;
mod request;
mod sql;
#[cfg(test)]
pub(crate) mod testing;
mod waiting;

use platform::clock::Micros;
use storage::{Statements as _, StorageError, Transaction, record};
use telemetry::propagation::Cause;
use uuid::Uuid;

pub(crate) use claim::{Claim, Floor, Lease};
pub(crate) use commit::Guard;
pub(crate) use depth::Depth;
pub(crate) use request::{NewAction, Requested};

use crate::task::{Task, Verb};

/// A live action, as its row in the queue tells.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) task_id: Uuid,
    pub(crate) worker_id: Uuid,
    /// Number of the action among those of the worker.
    pub(crate) seq: i64,
    pub(crate) verb: Verb,
    /// When the run was asked for.
    pub(crate) asked_at: Micros,
    /// `sub` of the person who asked for the run.
    pub(crate) asked_by: String,
    /// The request for the run.
    pub(crate) cause: Cause,
    /// Number of the run of the task.
    pub(crate) run: i64,
    /// Number of calls so far in the run.
    pub(crate) attempt: i64,
    /// Generation whose outcome is waited for.
    pub(crate) generation: Option<i64>,
    /// Number of the lease. It counts up in the row, and a later row has another `seq`.
    fence: i64,
}

impl Live {
    /// The id with which worker-service is asked, the same for all calls of the run. The time makes it unique: a database
    /// that was restored from a backup gives the number of a run again.
    pub(crate) fn request_id(&self) -> String {
        format!("{}:{}:{}", self.task_id, self.run, self.asked_at.0)
    }

    /// The same action after its park was committed.
    pub(crate) fn waiting_for(&self, generation: Option<i64>) -> Self {
        Self { generation, ..self.clone() }
    }
}

/// A run that a transaction has ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) task: Task,
    pub(crate) live: Live,
}

record! {
    struct QueueRow {
        task_id: Uuid,
        worker_id: Uuid,
        action_seq: i64,
        verb: String,
        asked_at: i64,
        on_behalf_of: String,
        traceparent: Option<String>,
        tracestate: Option<String>,
        run: i64,
        attempt: i64,
        generation: Option<i64>,
        fence: i64,
    }
}

impl TryFrom<QueueRow> for Live {
    type Error = StorageError;

    fn try_from(row: QueueRow) -> Result<Self, StorageError> {
        let unknown =
            |_| StorageError::Corrupt { table: "action_queue", what: format!("{:?} is unknown", row.verb) };
        Ok(Self {
            task_id: row.task_id,
            worker_id: row.worker_id,
            seq: row.action_seq,
            verb: row.verb.parse().map_err(unknown)?,
            asked_at: Micros(row.asked_at),
            asked_by: row.on_behalf_of,
            cause: Cause { traceparent: row.traceparent, tracestate: row.tracestate },
            run: row.run,
            attempt: row.attempt,
            generation: row.generation,
            fence: row.fence,
        })
    }
}

fn live(rows: Vec<QueueRow>) -> Result<Vec<Live>, StorageError> {
    rows.into_iter().map(Live::try_from).collect()
}

/// Makes the place of a task in the queue follow its priority.
pub(super) async fn reorder(on: &mut Transaction, task: &Task) -> Result<(), StorageError> {
    let bonus = Micros(0);
    // The key is the time of the request minus the bonus of the priority.
    let offset = task.priority.due_key(bonus);
    on.execute(&sql::REORDER, [task.id.into(), task.priority.rank().into(), offset.into()]).await
}
