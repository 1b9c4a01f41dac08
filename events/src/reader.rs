//! Reading the log by position.

use std::sync::Arc;

use storage::{Database, Statements as _, StorageError, record};
use uuid::Uuid;

use super::recorded::{Recorded, Row};
use super::sql;
use super::subject::SubjectKinds;

record! {
    /// How far a log goes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Point {
        /// Which log it is: another one after a restore from nothing.
        pub log_id: Uuid,
        /// The last position given; 0 when there is none.
        pub head: i64,
        /// The first position from which on none is missing.
        pub oldest: i64,
    }
}

impl Point {
    pub(super) fn missing() -> StorageError {
        StorageError::Corrupt { table: "event_log", what: "it has no row".to_owned() }
    }
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log does not go on from there: it was trimmed, or it is another one.
    #[error("the log does not go on from there")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Reads the log of a database.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) database: Database,
    pub(super) kinds: SubjectKinds,
}

impl Reader {
    /// How far the log goes now.
    pub(super) async fn point(&self) -> Result<Point, StorageError> {
        let row = self.database.connection().await?.fetch_optional(&sql::POINT, []).await?;
        row.ok_or_else(Point::missing)
    }

    /// The next events behind `position`, at most `limit`, none left out; empty at the end of the log.
    pub(super) async fn after(&self, position: i64, limit: i64) -> Result<Vec<Arc<Recorded>>, ReadError> {
        let mut on = self.database.connection().await?;
        let rows: Vec<Row> = on.fetch_all(&sql::AFTER, [position.into(), limit.into()]).await?;
        drop(on);
        let mut events = Vec::with_capacity(rows.len());
        for (row, expected) in rows.into_iter().zip(position + 1..) {
            let event = row.into_recorded(&self.kinds)?;
            // Positions are dense: what is missing was trimmed.
            if event.position != expected {
                return Err(ReadError::Gone);
            }
            events.push(Arc::new(event));
        }
        Ok(events)
    }
}
