//! Stores workers in the database. Each method runs in one transaction.

use std::collections::BTreeMap;

use events::NewEvent;
use platform::clock::Micros;
use prost::Message;
use serde_json::json;
use service::request_key::{self, Once, RequestKey};
use sqlx::types::Json;
use storage::{
    Database, Migration, Migrations, Statement, Statements as _, StorageError, System, Transaction, Value,
    record,
};
use telemetry::semconv::CCM_WORKER_ID;
use telemetry::span::set_on_current;
use uuid::Uuid;

use crate::error::WorkerError;
use crate::worker::{Desired, DesiredState, Observed, ObservedState, Provider, Worker};

#[cfg(test)]
mod conformance;
mod list;
#[cfg(test)]
mod list_plans;
mod purge;
mod snapshot;

const SQLITE: [Migration; 2] = [
    Migration { version: 1000, name: "workers", sql: include_str!("../migrations/sqlite/1000_workers.sql") },
    Migration { version: 1001, name: "changes", sql: include_str!("../migrations/sqlite/1001_changes.sql") },
];
const POSTGRES: [Migration; 2] = [
    Migration {
        version: 1000,
        name: "workers",
        sql: include_str!("../migrations/postgres/1000_workers.sql"),
    },
    Migration {
        version: 1001,
        name: "changes",
        sql: include_str!("../migrations/postgres/1001_changes.sql"),
    },
];

macro_rules! columns {
    () => {
        "id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, revision, \
         desired_state, desired_generation, desired_set_by, observed_state, observed_generation, observed_since, \
         instance_id, deleted_at"
    };
}

pub(crate) use list::Filter;

const COLUMNS: &str = columns!();

const INSERT: Statement = Statement {
    summary: "INSERT workers",
    sql: concat!(
        "INSERT INTO workers (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
    ),
};

/// [`INSERT`], unless the machine already has a worker, deleted or not.
const INSERT_UNLESS_KNOWN: Statement = Statement {
    summary: "INSERT workers",
    sql: concat!(
        "INSERT INTO workers (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
          ON CONFLICT (provider, instance_id) WHERE instance_id IS NOT NULL DO NOTHING RETURNING id"
    ),
};

/// Reads the worker of a machine, deleted or not.
const GET_MACHINE: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!("SELECT ", columns!(), " FROM workers WHERE provider = $1 AND instance_id = $2"),
};

/// [`GET_MACHINE`] with a row lock until the transaction ends. PostgreSQL only.
const GET_MACHINE_LOCKED: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!("SELECT ", columns!(), " FROM workers WHERE provider = $1 AND instance_id = $2 FOR UPDATE"),
};

const GET: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!("SELECT ", columns!(), " FROM workers WHERE id = $1 AND deleted_at IS NULL"),
};

/// [`GET`] with a row lock until the transaction ends. PostgreSQL only: SQLite has one writer at a time.
const GET_LOCKED: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!("SELECT ", columns!(), " FROM workers WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"),
};

const UPDATE: Statement = Statement {
    summary: "UPDATE workers",
    sql: "UPDATE workers SET name = $2, tags = $3, updated_at = $4, deleted_at = $5, version = $6, revision = $7 \
          WHERE id = $1",
};

const DELETE_TAGS: Statement =
    Statement { summary: "DELETE worker_tags", sql: "DELETE FROM worker_tags WHERE worker_id = $1" };

/// Copies the tags of a worker into the table `worker_tags`: SQLite, PostgreSQL.
const INSERT_TAGS: [Statement; 2] = [
    Statement {
        summary: "INSERT worker_tags",
        sql: "INSERT INTO worker_tags (worker_id, key, value, created_at) \
              SELECT workers.id, tag.key, tag.value, workers.created_at \
              FROM workers, json_each(workers.tags) AS tag WHERE workers.id = $1 AND deleted_at IS NULL",
    },
    Statement {
        summary: "INSERT worker_tags",
        sql: "INSERT INTO worker_tags (worker_id, key, value, created_at) \
              SELECT workers.id, tag.key, tag.value, workers.created_at \
              FROM workers, jsonb_each_text(workers.tags) AS tag WHERE workers.id = $1 AND deleted_at IS NULL",
    },
];

/// Copies the tags of a stored worker into the table that lists use as a filter.
async fn insert_tags(on: &mut Transaction, id: Uuid) -> Result<(), StorageError> {
    let [sqlite, postgres] = &INSERT_TAGS;
    let statement = if on.system() == System::Sqlite { sqlite } else { postgres };
    on.execute(statement, [id.into()]).await
}

/// Returns the values of a row, in the order of [`COLUMNS`].
fn values(worker: Worker) -> [Value; 19] {
    [
        worker.id.into(),
        worker.name.into(),
        worker.region.into(),
        worker.instance_type.into(),
        worker.provider.into_str().into(),
        json!(worker.tags).into(),
        worker.created_by.into(),
        worker.created_at.0.into(),
        worker.updated_at.0.into(),
        worker.version.into(),
        worker.revision.into(),
        worker.desired.state.into_str().into(),
        worker.desired.generation.into(),
        worker.desired.set_by.into(),
        worker.observed.state.into_str().into(),
        worker.observed.generation.into(),
        worker.observed.since.0.into(),
        worker.instance_id.into(),
        worker.deleted_at.map(|it| it.0).into(),
    ]
}

mod import;

pub(crate) use import::Outcome;

/// Returns the migrations of the tables of workers, for both databases.
pub(crate) fn migrations() -> Migrations {
    Migrations { sqlite: SQLITE.to_vec(), postgres: POSTGRES.to_vec() }
}

/// The store of workers. Clones share the database connections.
#[derive(Clone, Debug)]
pub(crate) struct WorkerStore {
    database: Database,
}

impl WorkerStore {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Opens a database for a test.
    #[cfg(test)]
    pub(crate) async fn open(url: &str) -> Result<Self, StorageError> {
        Ok(Self::new(Database::open(url, &service::migrations(&migrations())).await?))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Inserts a worker and its event, at most once per key. `answer` is the response that a repetition gets.
    pub(crate) async fn insert<M: Message + 'static>(
        &self,
        key: Option<RequestKey>,
        answer: M,
        worker: Worker,
        event: NewEvent,
    ) -> Result<Once<M>, StorageError> {
        let id = worker.id;
        let once = request_key::once(&self.database, key, worker.created_at, answer, move |on| {
            Box::pin(async move {
                on.execute(&INSERT, values(worker)).await?;
                insert_tags(on, id).await?;
                Ok::<_, StorageError>((event, None))
            })
        })
        .await?;
        if let Once::First(_) = &once {
            set_on_current(CCM_WORKER_ID, &id);
        }
        Ok(once)
    }

    /// Returns the worker; `None` if it does not exist.
    pub(crate) async fn get(&self, id: Uuid) -> Result<Option<Worker>, StorageError> {
        set_on_current(CCM_WORKER_ID, &id);
        let row: Option<Row> = self.database.connection().await?.fetch_optional(&GET, [id.into()]).await?;
        row.map(Row::into_worker).transpose()
    }

    /// Locks the worker, stores the result of `decide` with its event, and returns the worker. If `decide` returns
    /// `None`, nothing is changed.
    pub(crate) async fn change(
        &self,
        id: Uuid,
        decide: impl FnOnce(&Worker) -> Result<Option<(Worker, NewEvent)>, WorkerError> + Send + 'static,
    ) -> Result<Worker, WorkerError> {
        set_on_current(CCM_WORKER_ID, &id);
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let statement = if on.system() == System::Sqlite { &GET } else { &GET_LOCKED };
                    let row: Option<Row> = on.fetch_optional(statement, [id.into()]).await?;
                    let before = row.ok_or(WorkerError::NotFound)?.into_worker()?;
                    let Some((after, event)) = decide(&before)? else { return Ok(before) };
                    let values = [
                        after.id.into(),
                        after.name.as_str().into(),
                        json!(after.tags).into(),
                        after.updated_at.0.into(),
                        after.deleted_at.map(|it| it.0).into(),
                        after.version.into(),
                        after.revision.into(),
                    ];
                    on.execute(&UPDATE, values).await?;
                    on.execute(&DELETE_TAGS, [after.id.into()]).await?;
                    insert_tags(on, after.id).await?;
                    events::append(on, event).await?;
                    Ok(after)
                })
            })
            .await
    }
}

record! {
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
        instance_id: Option<String>,
        deleted_at: Option<i64>,
    }
}

impl Row {
    fn into_worker(self) -> Result<Worker, StorageError> {
        let unknown =
            |name: &str| StorageError::Corrupt { table: "workers", what: format!("{name:?} is unknown") };
        Ok(Worker {
            id: self.id,
            provider: self.provider.parse::<Provider>().map_err(|_| unknown(&self.provider))?,
            desired: Desired {
                state: self
                    .desired_state
                    .parse::<DesiredState>()
                    .map_err(|_| unknown(&self.desired_state))?,
                generation: self.desired_generation,
                set_by: self.desired_set_by,
            },
            observed: Observed {
                state: self
                    .observed_state
                    .parse::<ObservedState>()
                    .map_err(|_| unknown(&self.observed_state))?,
                generation: self.observed_generation,
                since: Micros(self.observed_since),
            },
            instance_id: self.instance_id,
            deleted_at: self.deleted_at.map(Micros),
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
