//! The event log of a service, and the background tasks that every process runs for it.

use std::sync::Arc;
use std::time::Duration;

use platform::shutdown::Shutdown;
use storage::{Database, Pools, StorageError};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::live::{self, LiveMessage};
use super::reader::{Point, Reader};
use super::subject::{SubjectKind, SubjectKinds};
use super::tail::{self, Follower, Tail};
use super::turns::Subscriber;
use super::{backlog, dedicated, metrics, sequencer};

/// How long numbering the last events may take when the process stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// The event log of a service. Clones share the reader at its end.
#[derive(Clone)]
pub struct EventLog {
    pub(super) reader: Reader,
    tail: Arc<Tail>,
    pub(super) live: broadcast::Sender<Arc<LiveMessage>>,
}

/// The background tasks of a log: numbering events, the reader that subscribers share, and the
/// count of events without a position. [`Running::stop`] ends them in
/// order; dropping aborts them.
pub struct Running {
    stop: Shutdown,
    tasks: JoinSet<()>,
}

impl Running {
    /// Numbers the committed events if the database responds in time, and ends the tasks.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // After a timeout, another replica or the next start numbers the remaining events.
        let _ = tokio::time::timeout(STOP_TIMEOUT, ended).await;
    }
}

impl EventLog {
    /// Starts the background tasks of the log in `database`, whose events are about these kinds of subjects.
    #[must_use]
    pub fn start(database: &Database, kinds: Vec<&'static SubjectKind>) -> (Self, Running) {
        metrics::start(&kinds);
        let reader = Reader { database: database.clone(), kinds: SubjectKinds(kinds) };
        let log = Self { reader, tail: Arc::default(), live: live::channel() };
        let (stop, mut tasks) = (Shutdown::new(), JoinSet::new());
        let mut tail_reader = log.reader.clone();
        if let Database::Postgres(pools) = database {
            tasks.spawn(sequencer::run(pools.clone(), log.tail.clone(), stop.clone()));
            // Without a listener, events of other processes are found by polling.
            if dedicated::are_beside(pools) {
                tasks.spawn(tail::listen(pools.writers.clone(), log.tail.clone(), stop.clone()));
                let (connection, commits) = (dedicated::connection(&pools.readers), pools.commits.clone());
                tail_reader.database = Database::Postgres(Pools::single(connection, commits));
            }
        }
        tasks.spawn(backlog::observe(database.clone(), stop.clone()));
        tasks.spawn(tail::run(tail_reader, log.tail.clone(), stop.clone()));
        (log, Running { stop, tasks })
    }

    /// Returns the database that contains the log.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.reader.database
    }

    /// Returns the current extent of the log.
    pub async fn point(&self) -> Result<Point, StorageError> {
        self.reader.point().await
    }

    /// Follows the log `log_id` from the first event after `position`. Followers that keep up share one database reader; those
    /// that lag take turns, subscriber by subscriber.
    #[must_use]
    pub fn follow(&self, log_id: Uuid, position: i64, subscriber: &Subscriber) -> Follower {
        Follower::new(self.reader.clone(), self.tail.clone(), log_id, position, subscriber.clone())
    }
}
