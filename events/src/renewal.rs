//! A new id for the log of a database that was restored: the log ends before events that its readers have received, and would give
//! their positions to others.

use platform::clock::Clock;
use storage::{Database, Dialects, Statement, Statements as _, StorageError};
use uuid::Uuid;

const HAS_LOG: Dialects = Dialects {
    sqlite: Statement {
        summary: "SELECT sqlite_master",
        sql: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'event_log'",
    },
    postgres: Statement {
        summary: "SELECT pg_tables",
        sql: "SELECT count(*) FROM pg_catalog.pg_tables \
              WHERE tablename = 'event_log' AND schemaname = ANY (current_schemas(false))",
    },
};

const RENEW: Statement =
    Statement { summary: "UPDATE event_log", sql: "UPDATE event_log SET log_id = $1 RETURNING log_id" };

/// Gives the log of a database a new id, and returns it; `None` if the database has no log. Readers of the log as it was, of a running
/// service too, are told that it is gone, and begin with a snapshot.
pub async fn renew(database: &Database, clock: &Clock) -> Result<Option<Uuid>, StorageError> {
    let new = clock.new_id();
    database
        .write(move |on| {
            Box::pin(async move {
                let (logs,): (i64,) =
                    on.fetch_optional(HAS_LOG.of(on.system()), []).await?.unwrap_or_default();
                if logs == 0 {
                    return Ok(None);
                }
                let renewed: Option<(Uuid,)> = on.fetch_optional(&RENEW, [new.into()]).await?;
                Ok(renewed.map(|it| it.0))
            })
        })
        .await
}
