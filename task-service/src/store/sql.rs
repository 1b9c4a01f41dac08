//! The SQL statements of tasks, shared by both databases.

use access::Visibility;
use storage::{Pair, Statement, System, Value};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, title, description, status, priority, assignee_id, department, worker_id, created_by, created_at, \
         updated_at, version, revision, action"
    };
}

pub(super) const COLUMNS: &str = columns!();

macro_rules! insert {
    () => {
        concat!(
            "INSERT INTO tasks (",
            columns!(),
            ", class) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        )
    };
}

pub(super) const INSERT: Statement = Statement { summary: "INSERT tasks", sql: insert!() };

/// A task and its event.
pub(super) const INSERT_WITH_EVENT: Pair = Pair {
    first: INSERT,
    second: events::INSERT,
    joined: Statement {
        summary: "INSERT tasks INSERT events",
        sql: concat!(
            "WITH task AS (",
            insert!(),
            ") ",
            events::insert_event!(
                "$16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35"
            )
        ),
    },
};

/// A statement that reads a row, and the same with a row lock.
pub(super) struct Get {
    pub(super) reading: Statement,
    /// Locks the row until the transaction ends.
    postgres_locking: Statement,
}

impl Get {
    /// The statement with a row lock. On SQLite, a transaction that writes already holds the write lock.
    pub(super) fn locking(&self, system: System) -> &Statement {
        match system {
            System::Sqlite => &self.reading,
            System::Postgres => &self.postgres_locking,
        }
    }
}

macro_rules! get {
    ($seen:literal) => {
        Get {
            reading: Statement {
                summary: "SELECT tasks",
                sql: concat!(
                    "SELECT ",
                    columns!(),
                    " FROM tasks WHERE id = $1 AND deleted_at IS NULL",
                    $seen
                ),
            },
            postgres_locking: Statement {
                summary: "SELECT tasks",
                sql: concat!(
                    "SELECT ",
                    columns!(),
                    " FROM tasks WHERE id = $1 AND deleted_at IS NULL",
                    $seen,
                    " FOR UPDATE"
                ),
            },
        }
    };
}

pub(super) const GET: &Get = &get!("");

/// [`GET`] if the task is assigned to or created by the person `$2`, or belongs to the department `$3`, which may be NULL.
const GET_SEEN: &Get = &get!(" AND (assignee_id = $2 OR created_by = $2 OR department = $3)");

/// Returns the statement that reads one visible task, and its values.
pub(super) fn seen(id: Uuid, visibility: Visibility) -> (&'static Get, Vec<Value>) {
    match visibility {
        Visibility::All => (GET, vec![id.into()]),
        Visibility::Restricted { person, department } => {
            (GET_SEEN, vec![id.into(), person.into(), department.into()])
        }
    }
}

pub(super) const UPDATE: Statement = Statement {
    summary: "UPDATE tasks",
    sql: "UPDATE tasks SET title = $2, description = $3, status = $4, priority = $5, assignee_id = $6, department = $7, \
            worker_id = $8, updated_at = $9, version = $10, revision = $11, action = $12, class = $13 \
          WHERE id = $1",
};

/// Marks a task as deleted. The row is kept until it is purged, because its history is readable until then.
pub(super) const DELETE: Statement = Statement {
    summary: "UPDATE tasks",
    sql: "UPDATE tasks SET deleted_at = $2, updated_at = $2, revision = $3 WHERE id = $1",
};
