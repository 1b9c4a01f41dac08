//! Reading the log by position, and what runs beside it in every process.

use std::sync::Arc;
use std::time::Duration;

use platform::shutdown::Shutdown;
use sqlx::FromRow;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::recorded::{Recorded, Row};
use super::subject::{SubjectKind, SubjectKinds};
use super::tail::{self, Follower, Tail};
use super::{sequencer, sql};
use storage::{Database, Pools, Statements as _, StorageError};

/// How long the last numbering may take when the process ends.
const FAREWELL: Duration = Duration::from_secs(5);
/// Readers who are behind that read the database at once.
const BEHIND: usize = 2;

/// A service's log. Clones share what follows its end.
#[derive(Clone)]
pub struct EventLog {
    pub(super) database: Database,
    pub(super) kinds: SubjectKinds,
    tail: Arc<Tail>,
    /// Those who catch up do not take all connections from requests.
    pub(super) behind: Arc<Semaphore>,
}

/// How far a log goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Point {
    /// Which log it is: another one after a restore from nothing.
    pub log_id: Uuid,
    /// The last position given; 0 when there is none.
    pub head: i64,
    /// The first position from which on none is missing.
    pub oldest: i64,
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

/// What runs beside a log: numbering, and the reader that watchers share. It ends when dropped, and in order with
/// [`Running::stop`].
pub struct Running {
    stop: Shutdown,
    tasks: JoinSet<()>,
}

impl Running {
    /// Numbers what was committed until now, as far as the database lets it, and ends.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // What a database that does not answer leaves unnumbered, another replica or the next start numbers.
        let _ = tokio::time::timeout(FAREWELL, ended).await;
    }
}

impl EventLog {
    /// The log of `database`, which tells of these kinds of subjects; its events are numbered and followed from now on.
    #[must_use]
    pub fn start(database: &Database, kinds: Vec<&'static SubjectKind>) -> (Self, Running) {
        let (tail, behind) = (Arc::default(), Arc::new(Semaphore::new(BEHIND)));
        let log = Self { database: database.clone(), kinds: SubjectKinds(kinds), tail, behind };
        let (stop, mut tasks) = (Shutdown::new(), JoinSet::new());
        if let Database::Postgres(pools) = database {
            tasks.spawn(sequencer::run(pools.clone(), log.tail.clone(), stop.clone()));
            tasks.spawn(tail::listen(pools.writers.clone(), log.tail.clone(), stop.clone()));
        }
        // Requests that hold the whole pool do not keep their own events from being told.
        let own = match database {
            Database::Postgres(pools) => {
                let (readers, commits) = (sequencer::one_connection(&pools.readers), pools.commits.clone());
                Database::Postgres(Pools { writers: readers.clone(), readers, commits })
            }
            Database::Sqlite(_) => database.clone(),
        };
        let own = Self { database: own, ..log.clone() };
        tasks.spawn(tail::run(own, log.tail.clone(), stop.clone()));
        (log, Running { stop, tasks })
    }

    /// The database that it is in.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// How far it goes now.
    pub async fn point(&self) -> Result<Point, StorageError> {
        let row = self.database.connection().await?.fetch_optional(&sql::POINT, []).await?;
        row.ok_or_else(Point::missing)
    }

    /// The next events behind `position`, at most `limit`, none left out; empty at the end of the log.
    pub async fn after(&self, position: i64, limit: i64) -> Result<Vec<Arc<Recorded>>, ReadError> {
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

    /// Follows the log `log_id` behind `position`. All who follow share one reader of the database, as long as they keep
    /// up with it.
    #[must_use]
    pub fn follow(&self, log_id: Uuid, position: i64) -> Follower {
        Follower::new(self.clone(), self.tail.clone(), log_id, position)
    }
}
