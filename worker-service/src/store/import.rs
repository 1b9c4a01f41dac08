//! Registering machines that exist: one record a machine, whoever asks at the same time.

use events::NewEvent;
use prost::Message;
use serde_json::json;
use service::request_key::{self, Once, RequestKey};
use storage::{Statement, Statements as _, StorageError, System, Transaction, Value};
use uuid::Uuid;

use super::{GET_MACHINE, GET_MACHINE_LOCKED, INSERT_UNLESS_KNOWN, Row, WorkerStore, keep_tags, values};
use crate::error::WorkerError;
use crate::worker::Worker;

/// The row of a record that comes back, with the values of the import.
const RESTORE: Statement = Statement {
    operation: "UPDATE",
    collection: "workers",
    sql: "UPDATE workers SET name = $2, region = $3, instance_type = $4, tags = $5, updated_at = $6, deleted_at = NULL,
            version = $7, revision = $8, desired_state = $9, desired_generation = $10, desired_set_by = $11,
            observed_state = $12, observed_generation = $13, observed_since = $14
          WHERE id = $1",
};

/// What an import leaves: its event, and the answer to give now and to a repetition.
pub(crate) struct Outcome<M> {
    pub(crate) event: NewEvent,
    pub(crate) answer: M,
}

impl WorkerStore {
    /// The worker that has the machine of this one, or had it and was deleted.
    pub(crate) async fn of_machine(&self, worker: &Worker) -> Result<Option<Worker>, StorageError> {
        let mut on = self.database.connection().await?;
        let row: Option<Row> = on.fetch_optional(&GET_MACHINE, machine(worker)).await?;
        row.map(Row::into_worker).transpose()
    }

    /// Stores a new worker with the machine that it has, or restores the one that had it and was deleted, once for its
    /// key. `outcome` is asked once it is known which, with whether it is restored.
    pub(crate) async fn import<M: Message + Default + 'static>(
        &self,
        key: Option<RequestKey>,
        new: Worker,
        outcome: impl FnOnce(&Worker, bool) -> Outcome<M> + Send + 'static,
    ) -> Result<Once<M>, WorkerError> {
        request_key::once(&self.database, key, new.created_at, M::default(), move |on| {
            Box::pin(async move {
                let (worker, restored) = stored(on, new).await?;
                keep_tags(on, worker.id).await?;
                let Outcome { event, answer } = outcome(&worker, restored);
                events::append(on, event).await?;
                Ok(Some(answer))
            })
        })
        .await
    }
}

/// The worker as it is stored now, and whether it was restored.
async fn stored(on: &mut Transaction, new: Worker) -> Result<(Worker, bool), WorkerError> {
    let inserted: Option<(Uuid,)> = on.fetch_optional(&INSERT_UNLESS_KNOWN, values(new.clone())).await?;
    if inserted.is_some() {
        return Ok((new, false));
    }
    let statement = if on.system() == System::Sqlite { &GET_MACHINE } else { &GET_MACHINE_LOCKED };
    let row: Option<Row> = on.fetch_optional(statement, machine(&new)).await?;
    // It was purged just now: the next attempt makes a new one.
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

/// What names a machine: its provider, and the provider's name of it.
fn machine(worker: &Worker) -> [Value; 2] {
    [worker.provider.into_str().into(), worker.instance_id.clone().into()]
}
