//! Stores imported workers. A machine has at most one worker, even if several callers import it at the same time.

use events::NewEvent;
use prost::Message;
use serde_json::json;
use service::request_key::{self, Once, RequestKey};
use storage::{Statement, Statements as _, StorageError, System, Transaction, Value};
use telemetry::semconv::CCM_WORKER_ID;
use telemetry::span::set_on_current;
use uuid::Uuid;

use super::{GET_MACHINE, GET_MACHINE_LOCKED, INSERT_UNLESS_KNOWN, Row, WorkerStore, insert_tags, values};
use crate::error::WorkerError;
use crate::worker::Worker;

/// Restores a deleted worker with the values of an import.
const RESTORE: Statement = Statement {
    summary: "UPDATE workers",
    sql: "UPDATE workers SET name = $2, region = $3, instance_type = $4, tags = $5, updated_at = $6, deleted_at = NULL, \
            version = $7, revision = $8, desired_state = $9, desired_generation = $10, desired_set_by = $11, \
            observed_state = $12, observed_generation = $13, observed_since = $14 \
          WHERE id = $1",
};

/// The event of an import, and the response to this request and to its repetitions.
pub(crate) struct Outcome<M> {
    pub(crate) event: NewEvent,
    pub(crate) answer: M,
}

impl WorkerStore {
    /// Returns the stored worker with the same machine, deleted or not.
    pub(crate) async fn of_machine(&self, worker: &Worker) -> Result<Option<Worker>, StorageError> {
        let mut on = self.database.connection().await?;
        let row: Option<Row> = on.fetch_optional(&GET_MACHINE, machine(worker)).await?;
        row.map(Row::into_worker).transpose()
    }

    /// Inserts a worker with an existing machine, or restores the deleted worker of this machine, at most once per key.
    /// `outcome` is called with the stored worker and whether it was restored.
    pub(crate) async fn import<M: Message + Default + 'static>(
        &self,
        key: Option<RequestKey>,
        new: Worker,
        outcome: impl FnOnce(&Worker, bool) -> Outcome<M> + Send + 'static,
    ) -> Result<Once<M>, WorkerError> {
        request_key::once(&self.database, key, new.created_at, M::default(), move |on| {
            Box::pin(async move {
                let (worker, restored) = stored(on, new).await?;
                set_on_current(CCM_WORKER_ID, &worker.id);
                insert_tags(on, worker.id).await?;
                let Outcome { event, answer } = outcome(&worker, restored);
                Ok((event, Some(answer)))
            })
        })
        .await
    }
}

/// Inserts or restores the worker; returns it, and whether it was restored.
async fn stored(on: &mut Transaction, new: Worker) -> Result<(Worker, bool), WorkerError> {
    let inserted: Option<(Uuid,)> = on.fetch_optional(&INSERT_UNLESS_KNOWN, values(new.clone())).await?;
    if inserted.is_some() {
        return Ok((new, false));
    }
    let statement = if on.system() == System::Sqlite { &GET_MACHINE } else { &GET_MACHINE_LOCKED };
    let row: Option<Row> = on.fetch_optional(statement, machine(&new)).await?;
    // The deleted worker was purged just now; a retry inserts a new one.
    let gone = || StorageError::Unavailable(sqlx::Error::RowNotFound);
    let known = row.ok_or_else(gone)?.into_worker()?;
    let worker = known.restored(new).ok_or(WorkerError::Exists)?;
    let values = [
        worker.id.into(),
        worker.name.as_str().into(),
        worker.region.as_str().into(),
        worker.instance_type.as_str().into(),
        json!(worker.tags).into(),
        worker.updated_at.0.into(),
        worker.version.into(),
        worker.revision.into(),
        worker.desired.state.into_str().into(),
        worker.desired.generation.into(),
        worker.desired.set_by.as_str().into(),
        worker.observed.state.into_str().into(),
        worker.observed.generation.into(),
        worker.observed.since.0.into(),
    ];
    on.execute(&RESTORE, values).await?;
    Ok((worker, true))
}

/// Returns the values that identify a machine: provider and instance id.
fn machine(worker: &Worker) -> [Value; 2] {
    [worker.provider.into_str().into(), worker.instance_id.clone().into()]
}
