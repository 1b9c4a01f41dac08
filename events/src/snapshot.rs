//! One consistent read of the subjects and the end of the log, from which a subscriber starts.

use std::collections::HashSet;

use futures_util::future::BoxFuture;
use storage::{Statements as _, StorageError, Transaction};
use telemetry::span::in_current_context;

use super::log::EventLog;
use super::reader::Point;
use super::sql;

/// A read-only transaction with a consistent view of subjects and log.
pub struct Snapshot {
    /// The extent of the log in this view.
    pub point: Point,
    /// `seq` of committed events without a position. Their changes are part of this view, but their positions will be
    /// after the head of `point`: a subscriber of this snapshot must not receive them.
    pub unnumbered: HashSet<i64>,
    /// The transaction in which stores read the subjects.
    pub on: Transaction,
}

/// What the log was when a consistent read was made.
#[derive(Debug)]
pub struct SnapshotPoint {
    /// [`Snapshot::point`].
    pub point: Point,
    /// [`Snapshot::unnumbered`].
    pub unnumbered: HashSet<i64>,
}

impl EventLog {
    /// Runs `read` in a consistent read. It should be short: on SQLite, it keeps the write-ahead log from being truncated, and
    /// on PostgreSQL, dead rows from being removed. The read ends even if the returned future is dropped.
    ///
    /// # Errors
    /// Those of `read`, and [`StorageError::Interrupted`] if it panicked.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        read: impl for<'s> FnOnce(&'s mut Snapshot) -> BoxFuture<'s, Result<T, StorageError>> + Send + 'static,
    ) -> Result<(T, SnapshotPoint), StorageError> {
        let database = self.reader.database.clone();
        // In a task of its own: a dropped BEGIN would return its connection to the pool within the transaction.
        let reading = async move {
            let mut on = database.begin_snapshot().await?;
            // The first statement of the transaction determines what all of them see.
            let point: Option<Point> = on.fetch_optional(&sql::POINT, []).await?;
            let unnumbered: Vec<(i64,)> = on.fetch_all(&sql::UNNUMBERED, []).await?;
            let point = point.ok_or_else(Point::missing)?;
            let unnumbered = unnumbered.into_iter().map(|it| it.0).collect();
            let mut snapshot = Snapshot { point, unnumbered, on };
            let found = read(&mut snapshot).await?;
            Ok((found, SnapshotPoint { point, unnumbered: snapshot.unnumbered }))
        };
        tokio::spawn(in_current_context(reading)).await.unwrap_or(Err(StorageError::Interrupted))
    }
}

#[cfg(test)]
mod tests;
