//! Stores workers in the database. Each method runs in one transaction.

use std::sync::Arc;

use events::NewEvent;
use prost::Message;
use service::request_key::{self, Once, RequestKey};
use storage::{Database, Migration, Migrations, Statements as _, StorageError, Transaction};
use telemetry::semconv::CCM_WORKER_ID;
use telemetry::span::set_on_current;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::error::WorkerError;
use crate::worker::Worker;

#[macro_use]
mod sql;
mod claim;
#[cfg(test)]
mod claim_plans;
#[cfg(test)]
mod conformance;
mod desire;
mod fleet;
mod generation;
mod import;
mod list;
#[cfg(test)]
mod list_plans;
mod purge;
mod reports;
mod row;
mod schedule;
mod snapshot;
mod sweep;

pub(crate) use claim::Claim;
pub(crate) use desire::Answer;
pub(crate) use fleet::Fleet;
pub(crate) use generation::Generation;
pub(crate) use import::ImportRecord;
pub(crate) use list::Filter;
pub(crate) use reports::StoredReport;
use row::{Row, values};
pub(crate) use schedule::{Due, Refresh};
pub(crate) use sweep::SweepLease;

const SQLITE: [Migration; 5] = [
    Migration { version: 1000, name: "workers", sql: include_str!("../migrations/sqlite/1000_workers.sql") },
    Migration { version: 1001, name: "changes", sql: include_str!("../migrations/sqlite/1001_changes.sql") },
    Migration {
        version: 1002,
        name: "lifecycle",
        sql: include_str!("../migrations/sqlite/1002_lifecycle.sql"),
    },
    Migration {
        version: 1003,
        name: "report_times",
        sql: include_str!("../migrations/sqlite/1003_report_times.sql"),
    },
    Migration {
        version: 1004,
        name: "unconverged",
        sql: include_str!("../migrations/sqlite/1004_unconverged.sql"),
    },
];
const POSTGRES: [Migration; 5] = [
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
    Migration {
        version: 1002,
        name: "lifecycle",
        sql: include_str!("../migrations/postgres/1002_lifecycle.sql"),
    },
    Migration {
        version: 1003,
        name: "report_times",
        sql: include_str!("../migrations/postgres/1003_report_times.sql"),
    },
    Migration {
        version: 1004,
        name: "unconverged",
        sql: include_str!("../migrations/postgres/1004_unconverged.sql"),
    },
];

/// Copies the tags of a stored worker into the table that lists use as a filter.
async fn insert_tags(on: &mut Transaction, id: Uuid) -> Result<(), StorageError> {
    on.execute(sql::INSERT_TAGS.of(on.system()), [id.into()]).await
}

/// Returns the migrations of the tables of workers, for both databases.
pub(crate) fn migrations() -> Migrations {
    Migrations { sqlite: SQLITE.to_vec(), postgres: POSTGRES.to_vec() }
}

/// The store of workers. Clones share the database connections.
#[derive(Clone, Debug)]
pub(crate) struct WorkerStore {
    database: Database,
    /// Notified when this process makes a worker due.
    wakes: Arc<Notify>,
    /// From when on due workers are looked for.
    floor: claim::Floor,
}

impl WorkerStore {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, wakes: Arc::default(), floor: claim::Floor::default() }
    }

    /// Opens a database for a test.
    #[cfg(test)]
    pub(crate) async fn open(url: &str) -> Result<Self, StorageError> {
        Ok(Self::new(Database::open(url, &service::migrations(&migrations())).await?))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Waits until this process has made a worker due, since the previous wait ended.
    pub(crate) async fn woken(&self) {
        self.wakes.notified().await;
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
                on.execute(&sql::INSERT, values(&worker)).await?;
                insert_tags(on, id).await?;
                generation::begin(on, &worker, None).await?;
                schedule::schedule(on, id).await?;
                Ok::<_, StorageError>((event, None))
            })
        })
        .await?;
        if let Once::First(_) = &once {
            set_on_current(CCM_WORKER_ID, &id);
            self.wakes.notify_one();
        }
        Ok(once)
    }

    /// Returns the worker; `None` if it does not exist.
    pub(crate) async fn get(&self, id: Uuid) -> Result<Option<Worker>, StorageError> {
        set_on_current(CCM_WORKER_ID, &id);
        let row: Option<Row> =
            self.database.connection().await?.fetch_optional(&sql::GET, [id.into()]).await?;
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
        let changed = self
            .database
            .write(move |on| {
                Box::pin(async move {
                    let row: Option<Row> =
                        on.fetch_optional(sql::GET_LOCKED.of(on.system()), [id.into()]).await?;
                    let before = row.ok_or(WorkerError::NotFound)?.into_worker()?;
                    let Some((after, event)) = decide(&before)? else { return Ok(before) };
                    on.execute(&sql::UPDATE, values(&after)).await?;
                    on.execute(&sql::DELETE_TAGS, [after.id.into()]).await?;
                    insert_tags(on, after.id).await?;
                    if after.deleted_at.is_some() {
                        schedule::forget(on, after.id).await?;
                    } else {
                        schedule::wake_for_change(on, &before, &after).await?;
                    }
                    events::append(on, event).await?;
                    Ok::<_, WorkerError>(after)
                })
            })
            .await?;
        self.wakes.notify_one();
        Ok(changed)
    }
}
