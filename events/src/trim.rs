//! Retention: removes the events of subjects that were deleted long ago (docs/adr/0012).

use platform::clock::Micros;
use uuid::Uuid;

use super::log::EventLog;
use storage::{Statement, Statements as _, StorageError};

/// At most `$2` subjects whose last event is a deletion older than `$1`, the oldest deletion first. A subject with an
/// event after its deletion was restored and is not among them.
const ENDED: Statement = Statement {
    summary: "SELECT events",
    sql: "SELECT ended.subject_id, ended.revision, ended.position FROM events AS ended \
          WHERE NOT ended.exists_after AND ended.occurred_at < $1 AND ended.position IS NOT NULL \
            AND NOT EXISTS (SELECT 1 FROM events AS later \
                            WHERE later.subject_id = ended.subject_id AND later.revision > ended.revision) \
          ORDER BY ended.occurred_at LIMIT $2",
};

/// Runs before [`DELETE_HISTORY`], so that no reader misses events within the range that the log claims to contain.
const RAISE_OLDEST: Statement = Statement {
    summary: "UPDATE event_log_start",
    sql: "UPDATE event_log_start SET position = $1 WHERE position < $1",
};

const DELETE_HISTORY: Statement = Statement {
    summary: "DELETE events",
    sql: "DELETE FROM events WHERE subject_id = $1 AND revision <= $2",
};

impl EventLog {
    /// Removes the events of at most `limit` subjects that were deleted before `deleted_before`, and returns the number
    /// of these subjects. Afterwards, the log can be resumed only from positions after the removed events; older events
    /// of other subjects stay available as their history.
    pub async fn trim(&self, deleted_before: Micros, limit: i64) -> Result<usize, StorageError> {
        self.reader
            .database
            .write(move |on| {
                Box::pin(async move {
                    let ended: Vec<(Uuid, i64, i64)> =
                        on.fetch_all(&ENDED, [deleted_before.0.into(), limit.into()]).await?;
                    // A subject's last event has the last position of its history.
                    if let Some(last) = ended.iter().map(|it| it.2).max() {
                        on.execute(&RAISE_OLDEST, [(last + 1).into()]).await?;
                    }
                    for (subject, revision, _) in &ended {
                        on.execute(&DELETE_HISTORY, [(*subject).into(), (*revision).into()]).await?;
                    }
                    Ok(ended.len())
                })
            })
            .await
    }
}
