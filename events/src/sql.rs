//! The SQL statements that read the event log.

use storage::Statement;

macro_rules! columns {
    () => {
        "seq, position, id, type, subject_kind, subject_id, revision, occurred_at, actor, on_behalf_of, traceparent, \
         tracestate, existed_before, department_before, assignee_id_before, created_by_before, exists_after, \
         department_after, assignee_id_after, created_by_after, resource, changed_before"
    };
}

/// At most `$2` events after position `$1`, in the order of their positions.
pub(super) const AFTER: Statement = Statement {
    summary: "SELECT events",
    sql: concat!("SELECT ", columns!(), " FROM events WHERE position > $1 ORDER BY position LIMIT $2"),
};

/// At most `$3` events of subject `$1` with a revision below `$2`, newest first.
pub(super) const HISTORY: Statement = Statement {
    summary: "SELECT events",
    sql: concat!(
        "SELECT ",
        columns!(),
        " FROM events WHERE subject_id = $1 AND revision < $2 ORDER BY revision DESC LIMIT $3"
    ),
};

pub(super) const POINT: Statement = Statement {
    summary: "SELECT event_log",
    sql: "SELECT log_id, head, (SELECT position FROM event_log_start) AS oldest FROM event_log",
};

/// Committed events that have no position yet.
pub(super) const UNNUMBERED: Statement =
    Statement { summary: "SELECT events", sql: "SELECT seq FROM events WHERE position IS NULL" };
