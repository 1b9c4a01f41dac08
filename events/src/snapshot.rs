//! One consistent read of the subjects and of how far the log goes: what a reader needs to begin with.

use std::collections::HashSet;

use super::log::{EventLog, Point};
use super::sql;
use storage::{Database, StorageError, System, Transaction};

/// A consistent read, as long as it lives; it holds a connection. Stores read from it with [`crate::in_snapshot`].
pub struct Snapshot {
    /// How far the log goes in it.
    pub point: Point,
    /// `seq` of the events whose changes are in it though they have no position yet: they get one behind the point's
    /// head, and tell nothing new then.
    pub unnumbered: HashSet<i64>,
    #[doc(hidden)]
    pub on: SnapshotTransaction,
}

/// Used by [`crate::in_snapshot`].
#[doc(hidden)]
pub enum SnapshotTransaction {
    Sqlite(Transaction<sqlx::Sqlite>),
    Postgres(Transaction<sqlx::Postgres>),
}

/// Reads from a [`Snapshot`]: `in_snapshot!(snapshot, |on| …)`, as with [`crate::read`].
#[macro_export]
macro_rules! in_snapshot {
    ($snapshot:expr, |$on:ident| $body:expr) => {
        match &mut $snapshot.on {
            $crate::SnapshotTransaction::Sqlite($on) => $body,
            $crate::SnapshotTransaction::Postgres($on) => $body,
        }
    };
}

impl EventLog {
    /// A consistent read from now on.
    pub async fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let mut on = match &self.database {
            Database::Sqlite(pools) => SnapshotTransaction::Sqlite(
                Transaction::begin_snapshot(System::Sqlite, &pools.readers, &pools.commits).await?,
            ),
            Database::Postgres(pools) => SnapshotTransaction::Postgres(
                Transaction::begin_snapshot(System::Postgres, &pools.pool, &pools.commits).await?,
            ),
        };
        // The first statement of the transaction is what fixes it.
        let (point, unnumbered) = match &mut on {
            SnapshotTransaction::Sqlite(on) => (
                storage::fetch_optional!(on, sql::POINT, Point)?,
                storage::fetch_all!(on, sql::UNNUMBERED, (i64,))?,
            ),
            SnapshotTransaction::Postgres(on) => (
                storage::fetch_optional!(on, sql::POINT, Point)?,
                storage::fetch_all!(on, sql::UNNUMBERED, (i64,))?,
            ),
        };
        let point = point.ok_or_else(Point::missing)?;
        Ok(Snapshot { point, unnumbered: unnumbered.into_iter().map(|it| it.0).collect(), on })
    }
}
