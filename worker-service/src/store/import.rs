//! Stores imported workers. A machine has at most one worker, even if several callers import it at the same time.

use std::sync::Arc;

use events::NewEvent;
use prost::Message;
use service::request_key::{self, Once, RequestKey};
use storage::{Statements as _, StorageError, Transaction, Value};
use telemetry::semconv::CCM_WORKER_ID;
use telemetry::span::set_on_current;
use uuid::Uuid;

use super::{Row, WorkerStore, generation, insert_tags, schedule, sql, values};
use crate::error::WorkerError;
use crate::worker::Worker;

/// The event of an import, and the response to this request and to its repetitions.
pub(crate) struct ImportRecord<M> {
    pub(crate) event: NewEvent,
    pub(crate) answer: M,
}

impl WorkerStore {
    /// Returns the stored worker with the same machine, deleted or not.
    pub(crate) async fn of_machine(&self, worker: &Worker) -> Result<Option<Worker>, StorageError> {
        let mut on = self.database.connection().await?;
        let row: Option<Row> = on.fetch_optional(&sql::GET_MACHINE, machine(worker)).await?;
        row.map(Row::into_worker).transpose()
    }

    /// Inserts a worker with an existing machine, or restores the deleted worker of this machine, at most once per key.
    /// `record` is called with the stored worker and whether it was restored.
    pub(crate) async fn import<M: Message + Default + 'static>(
        &self,
        key: Option<RequestKey>,
        new: Worker,
        record: impl FnOnce(&Worker, bool) -> ImportRecord<M> + Send + 'static,
    ) -> Result<Once<M>, WorkerError> {
        let once = request_key::once(&self.database, key, new.created_at, M::default(), move |on| {
            Box::pin(async move {
                let (worker, restored) = stored(on, new).await?;
                set_on_current(CCM_WORKER_ID, &worker.id);
                insert_tags(on, worker.id).await?;
                generation::begin(on, &worker, None).await?;
                schedule::schedule(on, worker.id).await?;
                let ImportRecord { event, answer } = record(&worker, restored);
                Ok::<_, WorkerError>((event, Some(answer)))
            })
        })
        .await?;
        self.wakes.notify_one();
        Ok(once)
    }
}

/// Inserts or restores the worker; returns it, and whether it was restored.
async fn stored(on: &mut Transaction, new: Worker) -> Result<(Worker, bool), WorkerError> {
    let inserted: Option<(Uuid,)> = on.fetch_optional(&sql::INSERT_UNLESS_KNOWN, values(&new)).await?;
    if inserted.is_some() {
        return Ok((new, false));
    }
    let row: Option<Row> = on.fetch_optional(sql::GET_MACHINE_LOCKED.of(on.system()), machine(&new)).await?;
    // The deleted worker was purged just now; a retry inserts a new one.
    let gone = || StorageError::Unavailable(Arc::new(sqlx::Error::RowNotFound));
    let known = row.ok_or_else(gone)?.into_worker()?;
    let worker = known.restored(new).ok_or(WorkerError::Exists)?;
    on.execute(&sql::UPDATE, values(&worker)).await?;
    Ok((worker, true))
}

/// Returns the values that identify a machine: provider and instance id.
fn machine(worker: &Worker) -> [Value; 2] {
    [worker.provider.into_str().into(), worker.instance_id.clone().into()]
}
