//! Forgetting the history of what is gone: docs/adr/0012.

use platform::clock::Micros;
use uuid::Uuid;

use super::log::EventLog;
use storage::{Statement, Statements as _, StorageError};

/// Subjects whose last event, older than `$1`, tells of their end, the longest gone first, at most `$2`. An event after
/// the end is a subject that was restored.
const ENDED: Statement = Statement {
    operation: "SELECT",
    collection: "events",
    sql: "SELECT ended.subject_id, ended.revision, ended.position FROM events AS ended
          WHERE NOT ended.exists_after AND ended.occurred_at < $1 AND ended.position IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM events AS later
                            WHERE later.subject_id = ended.subject_id AND later.revision > ended.revision)
          ORDER BY ended.occurred_at LIMIT $2",
};

/// Before the events go, so that no reader finds them missing in a log that is said to be whole.
const BEGIN_AT: Statement = Statement {
    operation: "UPDATE",
    collection: "event_log_start",
    sql: "UPDATE event_log_start SET position = $1 WHERE position < $1",
};

const FORGET: Statement = Statement {
    operation: "DELETE",
    collection: "events",
    sql: "DELETE FROM events WHERE subject_id = $1 AND revision <= $2",
};

impl EventLog {
    /// Forgets the history of at most `limit` subjects that ended before then, and tells how many. The log begins behind
    /// what was forgotten; the events of others before that stay as their history.
    pub async fn trim(&self, ended_before: Micros, limit: i64) -> Result<usize, StorageError> {
        self.reader
            .database
            .write(move |on| {
                Box::pin(async move {
                    let ended: Vec<(Uuid, i64, i64)> =
                        on.fetch_all(&ENDED, [ended_before.0.into(), limit.into()]).await?;
                    // A subject's last event has the last position of its history.
                    if let Some(last) = ended.iter().map(|it| it.2).max() {
                        on.execute(&BEGIN_AT, [(last + 1).into()]).await?;
                    }
                    for (subject, revision, _) in &ended {
                        on.execute(&FORGET, [(*subject).into(), (*revision).into()]).await?;
                    }
                    Ok(ended.len())
                })
            })
            .await
    }
}
