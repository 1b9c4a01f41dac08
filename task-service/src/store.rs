//! The tasks in the database: one method, one transaction.

use access::Visibility;
use platform::clock::Micros;
use sqlx::FromRow;
use storage::event_log::NewEvent;
use storage::{Database, Migration, Migrations, Page, PageToken, StorageError};
use uuid::Uuid;

use crate::task::{Priority, Status, Task};

#[cfg(test)]
mod conformance;
mod sql;

const SQLITE: [Migration; 1] =
    [Migration { version: 1000, name: "tasks", sql: include_str!("../migrations/sqlite/1000_tasks.sql") }];
const POSTGRES: [Migration; 1] =
    [Migration { version: 1000, name: "tasks", sql: include_str!("../migrations/postgres/1000_tasks.sql") }];

/// The tasks. Clones share the database.
#[derive(Clone, Debug)]
pub(crate) struct TaskStore {
    database: Database,
}

impl TaskStore {
    pub(crate) async fn open(url: &str) -> Result<Self, StorageError> {
        let migrations = Migrations::event_log_and(&SQLITE, &POSTGRES);
        Ok(Self { database: Database::open(url, &migrations).await? })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Stores a new task with its event.
    pub(crate) async fn insert(&self, task: Task, event: NewEvent) -> Result<(), StorageError> {
        storage::write!(self.database, |on| -> Result<(), StorageError> {
            storage::execute!(
                on,
                sql::INSERT,
                task.id,
                task.title,
                task.description,
                task.status.name(),
                task.priority.name(),
                task.assignee_id,
                task.department,
                task.worker_id,
                task.created_by,
                task.created_at.0,
                task.updated_at.0,
                task.version,
                task.revision,
            )?;
            storage::append_event!(on, event)
        })
    }

    /// The task, unless there is none that is seen.
    pub(crate) async fn get(&self, id: Uuid, seen: Visibility) -> Result<Option<Task>, StorageError> {
        let row = match seen {
            Visibility::All => {
                storage::read!(self.database, |on| storage::fetch_optional!(on, sql::GET, Row, id))?
            }
            Visibility::Of { person, department } => storage::read!(self.database, |on| {
                storage::fetch_optional!(on, sql::GET_SEEN, Row, id, person, department)
            })?,
        };
        row.map(Row::into_task).transpose()
    }

    /// A page of the tasks that are seen, newest first, and where the next one begins.
    pub(crate) async fn list(
        &self,
        page: Page,
        seen: Visibility,
    ) -> Result<(Vec<Task>, Option<PageToken>), StorageError> {
        let ((created_at, id), limit) = (page.key(), page.limit());
        let rows = match seen {
            Visibility::All => storage::read!(self.database, |on| {
                storage::fetch_all!(on, sql::LIST, Row, created_at, id, limit)
            })?,
            Visibility::Of { person, department } => storage::read!(self.database, |on| {
                storage::fetch_all!(on, sql::LIST_SEEN, Row, created_at, id, limit, person, department)
            })?,
        };
        let mut tasks = rows.into_iter().map(Row::into_task).collect::<Result<Vec<_>, _>>()?;
        let next = page.cut(&mut tasks, |it| (it.created_at, it.id));
        Ok((tasks, next))
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
            status: Status::from_name(&self.status).ok_or_else(|| unknown(&self.status))?,
            priority: Priority::from_name(&self.priority).ok_or_else(|| unknown(&self.priority))?,
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
