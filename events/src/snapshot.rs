//! One consistent read of the subjects and the end of the log, from which a subscriber starts.

use std::collections::HashSet;

use storage::{Statements as _, StorageError, Transaction};

use super::log::EventLog;
use super::reader::Point;
use super::sql;

/// A read-only transaction with a consistent view of subjects and log. It holds a connection until dropped.
pub struct Snapshot {
    /// The extent of the log in this view.
    pub point: Point,
    /// `seq` of committed events without a position. Their changes are part of this view, but their positions will be
    /// after the head of `point`: a subscriber of this snapshot must not receive them.
    pub unnumbered: HashSet<i64>,
    /// The transaction in which stores read the subjects.
    pub on: Transaction,
}

impl EventLog {
    /// Begins a consistent read.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let mut on = self.reader.database.begin_snapshot().await?;
        // The first statement of the transaction determines what all of them see.
        let point: Option<Point> = on.fetch_optional(&sql::POINT, []).await?;
        let unnumbered: Vec<(i64,)> = on.fetch_all(&sql::UNNUMBERED, []).await?;
        let point = point.ok_or_else(Point::missing)?;
        Ok(Snapshot { point, unnumbered: unnumbered.into_iter().map(|it| it.0).collect(), on })
    }
}
