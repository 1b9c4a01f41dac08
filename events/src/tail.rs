//! The end of the log, followed once a process however many watch it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::clock::jittered;
use platform::shutdown::Shutdown;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use telemetry::span::untraced;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::log::{EventLog, ReadError};
use super::recorded::Recorded;
use super::sequencer::one_connection;
use storage::Database;

/// Events read at once.
const BATCH: i64 = 256;
/// Events kept for those who follow; who is further behind reads the database.
const KEPT: usize = 2_048;
/// How long a lost wake-up waits at most.
const POLL: Duration = Duration::from_secs(1);
/// After so much silence it is listened anew.
const ANEW: Duration = Duration::from_mins(1);
/// What the sequencer notifies on.
const CHANNEL: &str = "ccm_events";

/// The newest events, and who waits for more.
pub(super) struct Tail {
    recent: Mutex<Option<Recent>>,
    wake: Notify,
    /// Counts what happened to `recent`.
    moved: watch::Sender<u64>,
}

/// Events without a gap; `end` is the position of the last one, or the head of a log when there is none.
struct Recent {
    log_id: Uuid,
    end: i64,
    events: VecDeque<Arc<Recorded>>,
}

impl Default for Tail {
    fn default() -> Self {
        Self { recent: Mutex::default(), wake: Notify::new(), moved: watch::Sender::new(0) }
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
    async fn advance(&self, log: &EventLog) -> Result<(), ReadError> {
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
            let batch = log.after(end, BATCH).await?;
            // There is a head beyond, so this is missing.
            let Some(last) = batch.last() else { return Err(ReadError::Gone) };
            end = last.position;
            if let Some(recent) = self.recent().as_mut() {
                recent.end = end;
                recent.events.extend(batch);
                let excess = recent.events.len().saturating_sub(KEPT);
                recent.events.drain(..excess);
            }
            self.tell();
        }
        Ok(())
    }
}

/// Follows the log until `stop`.
pub(super) async fn run(log: EventLog, tail: Arc<Tail>, stop: Shutdown) {
    // On SQLite an event has its position when it is committed.
    let commits = match &log.database {
        Database::Sqlite(pools) => Some(pools.commits.clone()),
        Database::Postgres(_) => None,
    };
    let committed = async || match &commits {
        Some(commits) => commits.next().await,
        None => std::future::pending().await,
    };
    let mut failing = false;
    while !stop.is_cancelled() {
        // Without spans: it belongs to no request, and polls for the most part.
        match untraced(tail.advance(&log)).await {
            Ok(()) => failing = false,
            Err(ReadError::Gone) => *tail.recent() = None,
            Err(ReadError::Storage(error)) => {
                if !std::mem::replace(&mut failing, true) {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the event log cannot be read for now");
                }
            }
        }
        tokio::select! {
            () = tail.wake.notified(), if !failing => {}
            () = committed(), if !failing => {}
            () = tokio::time::sleep(jittered(POLL)) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Wakes `tail` when another process has numbered events. What is lost while the connection is, the poll makes up for.
pub(super) async fn listen(pool: PgPool, tail: Arc<Tail>, stop: Shutdown) {
    let connection = one_connection(&pool);
    let listening = async {
        loop {
            if let Ok(mut listener) = PgListener::connect_with(&connection).await
                && listener.listen(CHANNEL).await.is_ok()
            {
                tail.wake();
                // A connection that has gone silent looks like one on which nothing happens: it is made anew.
                while let Ok(Ok(_)) = tokio::time::timeout(ANEW, listener.recv()).await {
                    tail.wake();
                }
            }
            tokio::time::sleep(jittered(POLL)).await;
        }
    };
    tokio::select! {
        () = listening => {}
        () = stop.cancelled() => {}
    }
}

/// Goes through a log, event by event.
pub struct Follower {
    log: EventLog,
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
    pub(super) fn new(log: EventLog, tail: Arc<Tail>, log_id: Uuid, position: i64) -> Self {
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
        let _turn = self.log.behind.acquire().await;
        let reading = async {
            let events = self.log.after(self.position, BATCH).await?;
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
