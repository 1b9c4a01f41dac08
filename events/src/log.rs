//! The log of a service, and what runs beside it in every process.

use std::sync::Arc;
use std::time::Duration;

use platform::shutdown::Shutdown;
use storage::{Database, Pools, StorageError};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::reader::{Point, Reader};
use super::subject::{SubjectKind, SubjectKinds};
use super::tail::{self, Follower, Tail};
use super::{dedicated, sequencer};

/// How long the last numbering may take when the process ends.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A service's log. Clones share the reader that follows its end.
#[derive(Clone)]
pub struct EventLog {
    pub(super) reader: Reader,
    tail: Arc<Tail>,
}

/// What runs beside a log: numbering, and the reader that watchers share. It ends when dropped, and in order with
/// [`Running::stop`].
pub struct Running {
    stop: Shutdown,
    tasks: JoinSet<()>,
}

impl Running {
    /// Numbers the events that were committed until now, as far as the database lets it, and ends.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // Events that a silent database leaves unnumbered are numbered by another replica or after the next start.
        let _ = tokio::time::timeout(STOP_TIMEOUT, ended).await;
    }
}

impl EventLog {
    /// The log of `database`, which tells of these kinds of subjects; its events are numbered and followed from now on.
    #[must_use]
    pub fn start(database: &Database, kinds: Vec<&'static SubjectKind>) -> (Self, Running) {
        let reader = Reader { database: database.clone(), kinds: SubjectKinds(kinds) };
        let log = Self { reader, tail: Arc::default() };
        let (stop, mut tasks) = (Shutdown::new(), JoinSet::new());
        let mut of_tail = log.reader.clone();
        if let Database::Postgres(pools) = database {
            tasks.spawn(sequencer::run(pools.clone(), log.tail.clone(), stop.clone()));
            tasks.spawn(tail::listen(pools.writers.clone(), log.tail.clone(), stop.clone()));
            let (readers, commits) = (dedicated::connection(&pools.readers), pools.commits.clone());
            of_tail.database = Database::Postgres(Pools { writers: readers.clone(), readers, commits });
        }
        tasks.spawn(tail::run(of_tail, log.tail.clone(), stop.clone()));
        (log, Running { stop, tasks })
    }

    /// The database that the log is in.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.reader.database
    }

    /// How far the log goes now.
    pub async fn point(&self) -> Result<Point, StorageError> {
        self.reader.point().await
    }

    /// Follows the log `log_id` behind `position`. All followers share one reader of the database, as long as they keep
    /// up with it.
    #[must_use]
    pub fn follow(&self, log_id: Uuid, position: i64) -> Follower {
        Follower::new(self.reader.clone(), self.tail.clone(), log_id, position)
    }
}
