//! Reads the log in the order of positions.

use std::sync::Arc;

use storage::{Database, Statements as _, StorageError, record};
use uuid::Uuid;

use super::recorded::{Recorded, Row};
use super::sql;
use super::subject::SubjectKinds;

record! {
    /// The extent of a log: its id and the positions that it contains.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Point {
        /// Id of the log; a new, empty database has a new one.
        pub log_id: Uuid,
        /// The last assigned position; 0 if there is none.
        pub head: i64,
        /// The lowest position from which the log is complete.
        pub oldest: i64,
    }
}

impl Point {
    pub(super) fn missing() -> StorageError {
        StorageError::Corrupt { table: "event_log", what: "the table is empty".to_owned() }
    }
}

/// Why the log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log cannot be resumed from this position: it was trimmed, or it is a different log.
    #[error("the event log cannot be resumed from this position")]
    Gone,
    /// A database call failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Reads the event log of one database.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) database: Database,
    pub(super) kinds: SubjectKinds,
}

impl Reader {
    /// Returns the current extent of the log.
    pub(super) async fn point(&self) -> Result<Point, StorageError> {
        let row = self.database.connection().await?.fetch_optional(&sql::POINT, []).await?;
        row.ok_or_else(Point::missing)
    }

    /// Returns at most `limit` events after `position`, without gaps; none at the end of the log.
    pub(super) async fn after(&self, position: i64, limit: i64) -> Result<Vec<Arc<Recorded>>, ReadError> {
        let mut on = self.database.connection().await?;
        let rows: Vec<Row> = on.fetch_all(&sql::AFTER, [position.into(), limit.into()]).await?;
        drop(on);
        let mut events = Vec::with_capacity(rows.len());
        for (row, expected) in rows.into_iter().zip(position + 1..) {
            let event = row.into_recorded(&self.kinds)?;
            // Positions have no gaps, so a missing event was trimmed.
            if event.position != expected {
                return Err(ReadError::Gone);
            }
            events.push(Arc::new(event));
        }
        Ok(events)
    }
}
