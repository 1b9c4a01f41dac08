//! The end of the log, followed once a process however many watch it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use telemetry::span::untraced;
use tokio::sync::{Notify, Semaphore, watch};
use uuid::Uuid;

use super::dedicated;
use super::reader::{ReadError, Reader};
use super::recorded::Recorded;
use storage::Database;

/// Events read at once.
const BATCH_SIZE: i64 = 256;
/// Events kept for those who follow; who is further behind reads the database.
const MAX_RECENT: usize = 2_048;
/// Followers who are behind the recent events that read the database at once.
const MAX_CATCHING_UP: usize = 2;
/// How long a lost wake-up waits at most.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// A connection on which nothing was heard for this long is made anew.
const LISTEN_TIMEOUT: Duration = Duration::from_mins(1);
/// What the sequencer notifies on.
const CHANNEL: &str = "ccm_events";

/// The newest events, and who waits for more.
pub(super) struct Tail {
    recent: Mutex<Option<Recent>>,
    wake: Notify,
    /// Counts what happened to `recent`.
    moved: watch::Sender<u64>,
    /// Those who catch up do not take all connections from requests.
    catching_up: Semaphore,
}

/// Events without a gap; `end` is the position of the last one, or the head of a log when there is none.
struct Recent {
    log_id: Uuid,
    end: i64,
    events: VecDeque<Arc<Recorded>>,
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            recent: Mutex::default(),
            wake: Notify::new(),
            moved: watch::Sender::new(0),
            catching_up: Semaphore::new(MAX_CATCHING_UP),
        }
    }
}

impl Tail {
    /// There may be more to read.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    fn recent(&self) -> MutexGuard<'_, Option<Recent>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.moved.send_modify(|it| *it = it.wrapping_add(1));
    }

    /// Reads what is new, if anybody waits for it.
    async fn advance(&self, log: &Reader) -> Result<(), ReadError> {
        if self.moved.receiver_count() == 0 {
            *self.recent() = None;
            return Ok(());
        }
        let point = log.point().await?;
        let goes_on = |it: &Recent| it.log_id == point.log_id && it.end <= point.head;
        let known = self.recent().as_ref().filter(|it| goes_on(it)).map(|it| it.end);
        let Some(mut end) = known else {
            let recent = Recent { log_id: point.log_id, end: point.head, events: VecDeque::new() };
            *self.recent() = Some(recent);
            self.tell();
            return Ok(());
        };
        while end < point.head {
            let batch = log.after(end, BATCH_SIZE).await?;
            // There is a head beyond, so this is missing.
            let Some(last) = batch.last() else { return Err(ReadError::Gone) };
            end = last.position;
            if let Some(recent) = self.recent().as_mut() {
                recent.end = end;
                recent.events.extend(batch);
                let excess = recent.events.len().saturating_sub(MAX_RECENT);
                recent.events.drain(..excess);
            }
            self.tell();
        }
        Ok(())
    }
}

/// Follows the log until `stop`.
pub(super) async fn run(log: Reader, tail: Arc<Tail>, stop: Shutdown) {
    // On SQLite an event has its position when it is committed.
    let commits = match &log.database {
        Database::Sqlite(pools) => Some(pools.commits.clone()),
        Database::Postgres(_) => None,
    };
    let woken = || async {
        let committed = async {
            match &commits {
                Some(commits) => commits.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tail.wake.notified() => {}
            () = committed => {}
        }
    };
    let turn = || async {
        // Without spans: it belongs to no request, and polls for the most part.
        match untraced(tail.advance(&log)).await {
            Err(ReadError::Gone) => {
                *tail.recent() = None;
                Ok(())
            }
            outcome => outcome,
        }
    };
    Periodic::every(POLL_INTERVAL, "reading the event log").run_woken(&stop, woken, turn).await;
}

/// Wakes `tail` when another process has numbered events. What is lost while the connection is, the poll makes up for.
pub(super) async fn listen(pool: PgPool, tail: Arc<Tail>, stop: Shutdown) {
    let connection = dedicated::connection(&pool);
    let turn = || async {
        let mut listener = PgListener::connect_with(&connection).await?;
        listener.listen(CHANNEL).await?;
        tail.wake();
        // A connection that has gone silent looks like one on which nothing happens: it is made anew.
        while let Ok(notified) = tokio::time::timeout(LISTEN_TIMEOUT, listener.recv()).await {
            notified?;
            tail.wake();
        }
        Ok::<(), sqlx::Error>(())
    };
    let listening = Periodic::every(POLL_INTERVAL, "listening for events").run_woken(
        &stop,
        || std::future::ready(()),
        turn,
    );
    tokio::select! {
        () = listening => {}
        () = stop.cancelled() => {}
    }
}

/// Goes through a log, event by event.
pub struct Follower {
    log: Reader,
    tail: Arc<Tail>,
    moved: watch::Receiver<u64>,
    log_id: Uuid,
    position: i64,
}

/// Where the next events are.
enum Next {
    Here(Vec<Arc<Recorded>>),
    /// In the database, outside of what is kept.
    Behind,
    /// There are none yet.
    NotYet,
    Gone,
}

impl Follower {
    pub(super) fn new(log: Reader, tail: Arc<Tail>, log_id: Uuid, position: i64) -> Self {
        let moved = tail.moved.subscribe();
        tail.wake();
        Self { log, tail, moved, log_id, position }
    }

    /// Position of the last event that was answered.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position
    }

    /// The next events in their order, none left out; waits until there is one. Cancelled, it loses nothing.
    pub async fn next(&mut self) -> Result<Vec<Arc<Recorded>>, ReadError> {
        loop {
            self.moved.mark_unchanged();
            let events = match self.look() {
                Next::Here(events) => events,
                Next::Behind => self.read().await?,
                Next::NotYet => Vec::new(),
                Next::Gone => return Err(ReadError::Gone),
            };
            if let Some(last) = events.last() {
                self.position = last.position;
                return Ok(events);
            }
            if self.moved.changed().await.is_err() {
                // The process stops.
                std::future::pending::<()>().await;
            }
        }
    }

    fn look(&self) -> Next {
        let recent = self.tail.recent();
        let Some(recent) = recent.as_ref() else { return Next::Behind };
        let first = recent.events.front().map_or(recent.end + 1, |it| it.position);
        if recent.log_id != self.log_id {
            return Next::Gone;
        }
        // Also of a follower that is ahead of the tail: the database knows whether the log goes that far.
        if self.position + 1 < first || self.position > recent.end {
            return Next::Behind;
        }
        let skip = usize::try_from(self.position + 1 - first).unwrap_or(usize::MAX);
        let events: Vec<_> = recent.events.iter().skip(skip).take(256).cloned().collect();
        if events.is_empty() { Next::NotYet } else { Next::Here(events) }
    }

    async fn read(&self) -> Result<Vec<Arc<Recorded>>, ReadError> {
        // Never closed.
        let _permit = self.tail.catching_up.acquire().await;
        let reading = async {
            let events = self.log.after(self.position, BATCH_SIZE).await?;
            if events.is_empty() {
                let point = self.log.point().await?;
                let is_this = point.log_id == self.log_id && point.oldest <= self.position + 1;
                if !is_this || point.head < self.position {
                    return Err(ReadError::Gone);
                }
            }
            Ok(events)
        };
        untraced(reading).await
    }
}
