//! Registering machines that exist: one record a machine, whoever asks at the same time.

use events::NewEvent;
use service::request_key::{Claim, RequestKey};
use sqlx::types::Json;
use storage::{Statement, StorageError, System};
use uuid::Uuid;

use super::{GET_MACHINE, GET_MACHINE_LOCKED, INSERT_UNLESS_KNOWN, KEEP_TAGS, Row, WorkerStore};
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

/// What an import came to.
#[derive(Debug)]
pub(crate) enum Imported {
    /// A new worker, or a restored one.
    Done {
        /// As it is stored now.
        worker: Box<Worker>,
        /// It had been deleted.
        restored: bool,
    },
    /// The key is taken.
    Claimed(Claim),
}

/// What an import leaves: its event, and the encoded answer that a repetition is to get.
pub(crate) struct Outcome {
    pub(crate) event: NewEvent,
    pub(crate) answer: Vec<u8>,
}

impl WorkerStore {
    /// The worker that has the machine of this one, or had it and was deleted.
    pub(crate) async fn of_machine(&self, worker: &Worker) -> Result<Option<Worker>, StorageError> {
        let (provider, instance) = (worker.provider.into_str(), worker.instance_id.clone());
        let row: Option<Row> = storage::read!(self.database, |on| {
            storage::fetch_optional!(on, GET_MACHINE, Row, provider, instance)
        })?;
        row.map(Row::into_worker).transpose()
    }

    /// Stores a new worker with the machine that it has, or restores the one that had it and was deleted. `outcome` is
    /// asked once it is known which, with whether it is restored.
    pub(crate) async fn import(
        &self,
        key: Option<RequestKey>,
        new: Worker,
        outcome: impl FnOnce(&Worker, bool) -> Outcome + Send + 'static,
    ) -> Result<Imported, WorkerError> {
        let now = new.created_at;
        storage::write!(self.database, |on| -> Result<Imported, WorkerError> {
            if let Some(key) = &key {
                // The answer is known below.
                let claim = service::claim!(on, key, Vec::<u8>::new(), now)?;
                if claim != Claim::New {
                    return Ok(Imported::Claimed(claim));
                }
            }
            let inserted: Option<(Uuid,)> =
                insert!(fetch_optional!(on, INSERT_UNLESS_KNOWN, (Uuid,)), new.clone())?;
            let (worker, restored) = if inserted.is_some() {
                (new, false)
            } else {
                let machine = if on.system() == System::Sqlite { GET_MACHINE } else { GET_MACHINE_LOCKED };
                let (provider, instance) = (new.provider.into_str(), new.instance_id.clone());
                let row = storage::fetch_optional!(on, machine, Row, provider, instance)?;
                // It was purged just now: the next attempt makes a new one.
                let gone = || StorageError::Unavailable(sqlx::Error::RowNotFound);
                let known = row.ok_or_else(gone)?.into_worker()?;
                let worker = known.restored(new).ok_or(WorkerError::Exists)?;
                let it = worker.clone();
                storage::execute!(
                    on,
                    RESTORE,
                    it.id,
                    it.name,
                    it.region,
                    it.instance_type,
                    Json(it.tags),
                    it.updated_at.0,
                    it.version,
                    it.revision,
                    it.desired.state.into_str(),
                    it.desired.generation,
                    it.desired.set_by,
                    it.observed.state.into_str(),
                    it.observed.generation,
                    it.observed.since.0,
                )?;
                (worker, true)
            };
            keep_tags!(on, worker.id)?;
            let Outcome { event, answer } = outcome(&worker, restored);
            if let Some(key) = &key {
                service::answer!(on, key, answer)?;
            }
            events::append_event!(on, event)?;
            Ok(Imported::Done { worker: Box::new(worker), restored })
        })
    }
}
