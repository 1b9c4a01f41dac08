//! One consistent read of the subjects and of how far the log goes: what a reader needs to begin with.

use std::collections::HashSet;

use storage::{Statements as _, StorageError, Transaction};

use super::log::EventLog;
use super::reader::Point;
use super::sql;

/// A consistent read, as long as it lives; it holds a connection.
pub struct Snapshot {
    /// How far the log goes in it.
    pub point: Point,
    /// `seq` of the events whose changes are in it though they have no position yet: they get one behind the point's
    /// head, and tell nothing new then.
    pub unnumbered: HashSet<i64>,
    /// What stores read the subjects from.
    pub on: Transaction,
}

impl EventLog {
    /// A consistent read from now on.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let mut on = self.reader.database.begin_snapshot().await?;
        // The first statement of the transaction is what fixes it.
        let point: Option<Point> = on.fetch_optional(&sql::POINT, []).await?;
        let unnumbered: Vec<(i64,)> = on.fetch_all(&sql::UNNUMBERED, []).await?;
        let point = point.ok_or_else(Point::missing)?;
        Ok(Snapshot { point, unnumbered: unnumbered.into_iter().map(|it| it.0).collect(), on })
    }
}
