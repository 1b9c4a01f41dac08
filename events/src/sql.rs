//! The statements on the event log that read it.

use storage::Statement;

macro_rules! columns {
    () => {
        "seq, position, id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, traceparent,
         tracestate, existed_before, department_before, assignee_id_before, created_by_before, exists_after,
         department_after, assignee_id_after, created_by_after, resource, changed_before"
    };
}

/// The `$2` events behind the position `$1`.
pub(super) const AFTER: Statement = Statement {
    operation: "SELECT",
    collection: "events",
    sql: concat!("SELECT ", columns!(), " FROM events WHERE position > $1 ORDER BY position LIMIT $2"),
};

/// The `$3` events of the subject `$1` before its revision `$2`, newest first.
pub(super) const HISTORY: Statement = Statement {
    operation: "SELECT",
    collection: "events",
    sql: concat!(
        "SELECT ",
        columns!(),
        " FROM events WHERE subject_id = $1 AND revision < $2 ORDER BY revision DESC LIMIT $3"
    ),
};

pub(super) const POINT: Statement = Statement {
    operation: "SELECT",
    collection: "event_log",
    sql: "SELECT log_id, head, (SELECT position FROM event_log_start) AS oldest FROM event_log",
};

/// Those that are committed and have no position yet.
pub(super) const UNNUMBERED: Statement = Statement {
    operation: "SELECT",
    collection: "events",
    sql: "SELECT seq FROM events WHERE position IS NULL",
};
