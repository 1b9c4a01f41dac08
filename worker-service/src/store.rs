//! The workers in the database: one method, one transaction.

use std::collections::BTreeMap;

use platform::clock::Micros;
use sqlx::FromRow;
use sqlx::types::Json;
use storage::event_log::NewEvent;
use storage::{Database, Migration, Migrations, Page, PageToken, Statement, StorageError};
use uuid::Uuid;

use crate::worker::{Desired, DesiredState, Observed, ObservedState, Provider, Worker};

#[cfg(test)]
mod conformance;

const SQLITE: [Migration; 1] = [Migration {
    version: 1000,
    name: "workers",
    sql: include_str!("../migrations/sqlite/1000_workers.sql"),
}];
const POSTGRES: [Migration; 1] = [Migration {
    version: 1000,
    name: "workers",
    sql: include_str!("../migrations/postgres/1000_workers.sql"),
}];

macro_rules! columns {
    () => {
        "id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, revision,
         desired_state, desired_generation, desired_set_by, observed_state, observed_generation, observed_since"
    };
}

const INSERT: Statement = Statement {
    operation: "INSERT",
    collection: "workers",
    sql: concat!(
        "INSERT INTO workers (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    ),
};

const GET: Statement = Statement {
    operation: "SELECT",
    collection: "workers",
    sql: concat!("SELECT ", columns!(), " FROM workers WHERE id = $1 AND deleted_at IS NULL"),
};

const LIST: Statement = Statement {
    operation: "SELECT",
    collection: "workers",
    sql: concat!(
        "SELECT ",
        columns!(),
        " FROM workers WHERE deleted_at IS NULL AND (created_at, id) < ($1, $2)
          ORDER BY created_at DESC, id DESC LIMIT $3"
    ),
};

/// The workers. Clones share the database.
#[derive(Clone, Debug)]
pub(crate) struct WorkerStore {
    database: Database,
}

impl WorkerStore {
    pub(crate) async fn open(url: &str) -> Result<Self, StorageError> {
        let migrations = Migrations::event_log_and(&SQLITE, &POSTGRES);
        Ok(Self { database: Database::open(url, &migrations).await? })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Stores a new worker with its event.
    pub(crate) async fn insert(&self, worker: Worker, event: NewEvent) -> Result<(), StorageError> {
        storage::write!(self.database, |on| -> Result<(), StorageError> {
            storage::execute!(
                on,
                INSERT,
                worker.id,
                worker.name,
                worker.region,
                worker.instance_type,
                worker.provider.name(),
                Json(worker.tags),
                worker.created_by,
                worker.created_at.0,
                worker.updated_at.0,
                worker.version,
                worker.revision,
                worker.desired.state.name(),
                worker.desired.generation,
                worker.desired.set_by,
                worker.observed.state.name(),
                worker.observed.generation,
                worker.observed.since.0,
            )?;
            storage::append_event!(on, event)
        })
    }

    /// The worker, unless there is none.
    pub(crate) async fn get(&self, id: Uuid) -> Result<Option<Worker>, StorageError> {
        let row = storage::read!(self.database, |on| storage::fetch_optional!(on, GET, Row, id))?;
        row.map(Row::into_worker).transpose()
    }

    /// A page, newest first, and where the next one begins.
    pub(crate) async fn list(&self, page: Page) -> Result<(Vec<Worker>, Option<PageToken>), StorageError> {
        let (created_at, id) = page.key();
        let rows = storage::read!(self.database, |on| {
            storage::fetch_all!(on, LIST, Row, created_at, id, page.limit())
        })?;
        let mut workers = rows.into_iter().map(Row::into_worker).collect::<Result<Vec<_>, _>>()?;
        let next = page.cut(&mut workers, |it| (it.created_at, it.id));
        Ok((workers, next))
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    region: String,
    instance_type: String,
    provider: String,
    tags: Json<BTreeMap<String, String>>,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
    revision: i64,
    desired_state: String,
    desired_generation: i64,
    desired_set_by: String,
    observed_state: String,
    observed_generation: i64,
    observed_since: i64,
}

impl Row {
    fn into_worker(self) -> Result<Worker, StorageError> {
        let unknown =
            |name: &str| StorageError::Corrupt { table: "workers", what: format!("{name:?} is unknown") };
        Ok(Worker {
            id: self.id,
            provider: Provider::from_name(&self.provider).ok_or_else(|| unknown(&self.provider))?,
            desired: Desired {
                state: DesiredState::from_name(&self.desired_state)
                    .ok_or_else(|| unknown(&self.desired_state))?,
                generation: self.desired_generation,
                set_by: self.desired_set_by,
            },
            observed: Observed {
                state: ObservedState::from_name(&self.observed_state)
                    .ok_or_else(|| unknown(&self.observed_state))?,
                generation: self.observed_generation,
                since: Micros(self.observed_since),
            },
            name: self.name,
            region: self.region,
            instance_type: self.instance_type,
            tags: self.tags.0,
            created_by: self.created_by,
            created_at: Micros(self.created_at),
            updated_at: Micros(self.updated_at),
            version: self.version,
            revision: self.revision,
        })
    }
}
