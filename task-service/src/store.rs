//! The tasks in the database: one method, one transaction.

use access::Visibility;
use events::NewEvent;
use platform::clock::Micros;
use service::request_key::{Claim, RequestKey};
use sqlx::FromRow;
use storage::{Database, Migration, Migrations, StorageError};
use uuid::Uuid;

use crate::task::{Priority, Status, Task};

#[cfg(test)]
mod agreement;
mod change;
#[cfg(test)]
mod conformance;
mod list;
#[cfg(test)]
mod list_plans;
#[cfg(test)]
mod many_tasks;
mod purge;
mod snapshot;
mod sql;
#[cfg(test)]
mod walk;

const SQLITE: [Migration; 2] = [
    Migration { version: 1000, name: "tasks", sql: include_str!("../migrations/sqlite/1000_tasks.sql") },
    Migration { version: 1001, name: "filters", sql: include_str!("../migrations/sqlite/1001_filters.sql") },
];
const POSTGRES: [Migration; 2] = [
    Migration { version: 1000, name: "tasks", sql: include_str!("../migrations/postgres/1000_tasks.sql") },
    Migration {
        version: 1001,
        name: "filters",
        sql: include_str!("../migrations/postgres/1001_filters.sql"),
    },
];

pub(crate) use list::Filter;

/// Writes a task in the transaction `on`.
macro_rules! insert {
    ($on:expr, $task:expr) => {{
        let task: Task = $task;
        storage::execute!(
            $on,
            sql::INSERT,
            task.id,
            task.title,
            task.description,
            task.status.into_str(),
            task.priority.into_str(),
            task.assignee_id,
            task.department,
            task.worker_id,
            task.created_by,
            task.created_at.0,
            task.updated_at.0,
            task.version,
            task.revision,
        )
    }};
}

#[cfg(test)]
use insert;

/// The tasks. Clones share the database.
#[derive(Clone, Debug)]
pub(crate) struct TaskStore {
    database: Database,
}

impl TaskStore {
    pub(crate) async fn open(url: &str) -> Result<Self, StorageError> {
        let own = Migrations { sqlite: SQLITE.to_vec(), postgres: POSTGRES.to_vec() };
        let migrations = service::migrations(&own);
        Ok(Self { database: Database::open(url, &migrations).await? })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Stores a new task with its event.
    pub(crate) async fn insert(&self, task: Task, event: NewEvent) -> Result<(), StorageError> {
        storage::write!(self.database, |on| -> Result<(), StorageError> {
            insert!(on, task)?;
            events::append_event!(on, event)
        })
    }

    /// What a request of this key came to, if there was one.
    pub(crate) async fn recall(&self, key: &RequestKey, now: Micros) -> Result<Option<Claim>, StorageError> {
        storage::read!(self.database, |on| service::recall!(on, key, now))
    }

    /// [`Self::insert`] unless the key is taken; `answer` is what a repetition is to get. One that is in flight is
    /// waited for.
    pub(crate) async fn insert_once(
        &self,
        key: RequestKey,
        answer: Vec<u8>,
        task: Task,
        event: NewEvent,
    ) -> Result<Claim, StorageError> {
        let now = task.created_at;
        storage::write!(self.database, |on| -> Result<Claim, StorageError> {
            let claim = service::claim!(on, key, answer, now)?;
            if claim == Claim::New {
                insert!(on, task)?;
                events::append_event!(on, event)?;
            }
            Ok(claim)
        })
    }

    /// The task, unless there is none that is seen.
    pub(crate) async fn get(&self, id: Uuid, seen: Visibility) -> Result<Option<Task>, StorageError> {
        let row = match seen {
            Visibility::All => {
                storage::read!(self.database, |on| storage::fetch_optional!(on, sql::GET, Row, id))?
            }
            Visibility::Restricted { person, department } => storage::read!(self.database, |on| {
                storage::fetch_optional!(on, sql::GET_SEEN, Row, id, person, department)
            })?,
        };
        row.map(Row::into_task).transpose()
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    title: String,
    description: String,
    status: String,
    priority: String,
    assignee_id: Option<String>,
    department: Option<String>,
    worker_id: Option<Uuid>,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
    revision: i64,
}

impl Row {
    fn into_task(self) -> Result<Task, StorageError> {
        let unknown =
            |name: &str| StorageError::Corrupt { table: "tasks", what: format!("{name:?} is unknown") };
        Ok(Task {
            id: self.id,
            status: self.status.parse::<Status>().map_err(|_| unknown(&self.status))?,
            priority: self.priority.parse::<Priority>().map_err(|_| unknown(&self.priority))?,
            title: self.title,
            description: self.description,
            assignee_id: self.assignee_id,
            department: self.department,
            worker_id: self.worker_id,
            created_by: self.created_by,
            created_at: Micros(self.created_at),
            updated_at: Micros(self.updated_at),
            version: self.version,
            revision: self.revision,
        })
    }
}
