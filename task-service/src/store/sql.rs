//! The statements on tasks, the same for both databases.

use storage::Statement;

macro_rules! columns {
    () => {
        "id, title, description, status, priority, assignee_id, department, worker_id, created_by, created_at,
         updated_at, version, revision"
    };
}

pub(super) const COLUMNS: &str = columns!();

pub(super) const INSERT: Statement = Statement {
    operation: "INSERT",
    collection: "tasks",
    sql: concat!(
        "INSERT INTO tasks (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ),
};

pub(super) const GET: Statement = Statement {
    operation: "SELECT",
    collection: "tasks",
    sql: concat!("SELECT ", columns!(), " FROM tasks WHERE id = $1 AND deleted_at IS NULL"),
};

/// [`GET`], and nobody else changes it before this transaction ends. PostgreSQL only.
pub(super) const GET_LOCKED: Statement = Statement {
    operation: "SELECT",
    collection: "tasks",
    sql: concat!("SELECT ", columns!(), " FROM tasks WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"),
};

pub(super) const UPDATE: Statement = Statement {
    operation: "UPDATE",
    collection: "tasks",
    sql: "UPDATE tasks SET title = $2, description = $3, status = $4, priority = $5, assignee_id = $6, department = $7,
            worker_id = $8, updated_at = $9, version = $10, revision = $11
          WHERE id = $1",
};

/// The row stays: its history is readable until it is purged.
pub(super) const DELETE: Statement = Statement {
    operation: "UPDATE",
    collection: "tasks",
    sql: "UPDATE tasks SET deleted_at = $2, updated_at = $2, revision = $3 WHERE id = $1",
};

/// Of what is assigned to or created by the person `$2`, or of the department `$3` (NULL: of none).
pub(super) const GET_SEEN: Statement = Statement {
    operation: "SELECT",
    collection: "tasks",
    sql: concat!(
        "SELECT ",
        columns!(),
        " FROM tasks WHERE id = $1 AND deleted_at IS NULL
             AND (assignee_id = $2 OR created_by = $2 OR department = $3)"
    ),
};

/// The page of `$3` rows after the row (`$1`, `$2`).
pub(super) const LIST: Statement = Statement {
    operation: "SELECT",
    collection: "tasks",
    sql: concat!(
        "SELECT ",
        columns!(),
        " FROM tasks WHERE deleted_at IS NULL AND revision > 0 AND (created_at, id) < ($1, $2)
          ORDER BY created_at DESC, id DESC LIMIT $3"
    ),
};

/// One way to see tasks, read from its own index.
macro_rules! page_of {
    ($column:literal, $value:literal) => {
        concat!(
            "SELECT * FROM (SELECT ",
            columns!(),
            " FROM tasks WHERE deleted_at IS NULL AND version > 0 AND ",
            $column,
            " = ",
            $value,
            " AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3) AS of_",
            $column
        )
    };
}

/// [`LIST`] of what is assigned to or created by the person `$4`, or of the department `$5` (NULL: of none). A page
/// from each index, merged: never a walk over what others see.
pub(super) const LIST_SEEN: Statement = Statement {
    operation: "SELECT",
    collection: "tasks",
    sql: concat!(
        "SELECT * FROM (",
        page_of!("assignee_id", "$4"),
        " UNION ",
        page_of!("created_by", "$4"),
        " UNION ",
        page_of!("department", "$5"),
        ") AS seen ORDER BY created_at DESC, id DESC LIMIT $3"
    ),
};

/// The next `$3` tasks behind the one at (`$1`, `$2`): a page of all, for who begins to watch.
pub(super) const SNAPSHOT: Statement = LIST;

/// [`SNAPSHOT`] of what is assigned to or created by the person `$4`, or of the department `$5` (NULL: of none).
pub(super) const SNAPSHOT_SEEN: Statement = LIST_SEEN;
