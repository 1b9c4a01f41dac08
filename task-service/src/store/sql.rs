//! The statements on tasks, the same for both databases.

use storage::Statement;

macro_rules! columns {
    () => {
        "id, title, description, status, priority, assignee_id, department, worker_id, created_by, created_at,
         updated_at, version, revision"
    };
}

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
        " FROM tasks WHERE deleted_at IS NULL AND (created_at, id) < ($1, $2)
          ORDER BY created_at DESC, id DESC LIMIT $3"
    ),
};

/// One way to see tasks, read from its own index.
macro_rules! page_of {
    ($column:literal, $value:literal) => {
        concat!(
            "SELECT * FROM (SELECT ",
            columns!(),
            " FROM tasks WHERE deleted_at IS NULL AND ",
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
