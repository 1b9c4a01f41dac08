//! Stores tasks in the database. Each method runs in one transaction.

use std::sync::Arc;

use access::Visibility;
use events::NewEvent;
use platform::clock::Micros;
use prost::Message;
use service::request_key::{self, Once, RequestKey};
use storage::{
    Committed, Database, Migration, Migrations, Statements as _, StorageError, Value, record, sqlx,
};
use telemetry::semconv::CCM_TASK_ID;
use telemetry::span::set_on_current;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::metrics;
use crate::task::{Priority, Status, Task};
use stored_action::StoredAction;

#[cfg(test)]
mod agreement;
mod change;
#[cfg(test)]
mod conformance;
mod list;
#[cfg(test)]
mod list_plans;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod page_bytes;
mod purge;
pub(crate) mod queue;
#[cfg(test)]
mod seed;
mod snapshot;
mod sql;
mod stored_action;
#[cfg(test)]
mod walk;

const SQLITE: [Migration; 3] = [
    Migration { version: 1000, name: "tasks", sql: include_str!("../migrations/sqlite/1000_tasks.sql") },
    Migration { version: 1001, name: "filters", sql: include_str!("../migrations/sqlite/1001_filters.sql") },
    Migration { version: 1002, name: "actions", sql: include_str!("../migrations/sqlite/1002_actions.sql") },
];
const POSTGRES: [Migration; 3] = [
    Migration { version: 1000, name: "tasks", sql: include_str!("../migrations/postgres/1000_tasks.sql") },
    Migration {
        version: 1001,
        name: "filters",
        sql: include_str!("../migrations/postgres/1001_filters.sql"),
    },
    Migration {
        version: 1002,
        name: "actions",
        sql: include_str!("../migrations/postgres/1002_actions.sql"),
    },
];

pub(crate) use list::{Filter, Shown};

/// Which lists show a task: the column `class`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Human = 0,
    LiveAction = 1,
    EndedAction = 2,
}

impl Class {
    fn of(task: &Task) -> Self {
        match &task.action {
            None => Self::Human,
            Some(action) if action.run.phase.is_some() => Self::LiveAction,
            Some(_) => Self::EndedAction,
        }
    }
}

/// Returns the values of a row, in the order of [`sql::COLUMNS`], and its class.
fn values(task: Task) -> [Value; 15] {
    let (action, class) = (stored_action::column(task.action.as_ref()), Class::of(&task) as i64);
    [
        task.id.into(),
        task.title.into(),
        task.description.into(),
        task.status.into_str().into(),
        task.priority.into_str().into(),
        task.assignee_id.into(),
        task.department.into(),
        task.worker_id.into(),
        task.created_by.into(),
        task.created_at.0.into(),
        task.updated_at.0.into(),
        task.version.into(),
        task.revision.into(),
        action.into(),
        class.into(),
    ]
}

/// Returns the migrations of the tables of tasks, for both databases.
pub(crate) fn migrations() -> Migrations {
    Migrations { sqlite: SQLITE.to_vec(), postgres: POSTGRES.to_vec() }
}

/// The store of tasks and of the queue of actions. Clones share the database connections.
#[derive(Clone, Debug)]
pub(crate) struct TaskStore {
    database: Database,
    /// Wakes the dispatcher of this process when an action was queued.
    queued: Arc<Notify>,
}

impl TaskStore {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, queued: Arc::default() }
    }

    /// Opens a database for a test.
    #[cfg(test)]
    pub(crate) async fn open(url: &str) -> Result<Self, StorageError> {
        Ok(Self::new(Database::open(url, &service::migrations(&migrations())).await?))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Inserts a task and its event, at most once per key. `answer` is the response that a repetition gets.
    pub(crate) async fn insert<M: Message + 'static>(
        &self,
        key: Option<RequestKey>,
        answer: M,
        task: Task,
        event: NewEvent,
    ) -> Result<Once<M>, StorageError> {
        let id = task.id;
        let once = if key.is_some() {
            request_key::once(&self.database, key, task.created_at, answer, move |on| {
                Box::pin(async move {
                    on.execute(&sql::INSERT, values(task.clone())).await?;
                    on.once_committed(move || metrics::created(&task));
                    Ok::<_, StorageError>((event, None))
                })
            })
            .await?
        } else {
            let (event, appended) = event.into_row();
            let rows = (values(task.clone()).into(), event.into());
            let after = move |committed| {
                appended(committed);
                if committed == Committed::Known {
                    metrics::created(&task);
                }
            };
            self.database.write_pair(&sql::INSERT_WITH_EVENT, rows, after).await?;
            Once::First(answer)
        };
        if let Once::First(_) = &once {
            set_on_current(CCM_TASK_ID, &id);
        }
        Ok(once)
    }

    /// Returns the task; `None` if it does not exist or is not visible.
    pub(crate) async fn get(&self, id: Uuid, visibility: Visibility) -> Result<Option<Task>, StorageError> {
        set_on_current(CCM_TASK_ID, &id);
        let (statement, values) = sql::seen(id, visibility);
        let mut on = self.database.connection().await?;
        let row: Option<Row> = on.fetch_optional(&statement.reading, values).await?;
        row.map(Row::into_task).transpose()
    }
}

record! {
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
        action: Option<sqlx::types::Json<StoredAction>>,
    }
}

impl Row {
    /// The size of what is long in a row, at most that of the message.
    fn bytes(&self) -> usize {
        self.title.len() + self.description.len()
    }

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
            action: stored_action::read(self.action)?,
        })
    }
}
