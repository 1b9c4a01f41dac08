//! The end of the log. One reader per process keeps the newest events in memory for all followers; followers that lag
//! behind read the database in pages, which they share.

mod pages;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::clock::jittered;
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use telemetry::span::untraced;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::dedicated;
use super::reader::{ReadError, Reader};
use super::recorded::Recorded;
use super::turns::{Subscriber, Turns};
use pages::{PAGE_SIZE, Pages, fitting};
use storage::Database;

/// Maximum number of events read by one statement.
const BATCH_SIZE: i64 = 256;
/// Maximum size of the events that a follower gets at once, and therefore holds while its subscriber does not read.
const MAX_FOLLOWER_BYTES: usize = 256 * 1024;
/// Number of newest events kept in memory.
const MAX_RECENT: usize = 2_048;
/// Maximum size of the newest events kept in memory.
const MAX_RECENT_BYTES: usize = 16 * 1024 * 1024;
/// Number of lagging followers that may read the database at the same time.
const MAX_CATCHING_UP: usize = 2;
/// Maximum delay of events after a lost wake-up.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// A LISTEN connection that received nothing for this long is replaced.
const LISTEN_TIMEOUT: Duration = Duration::from_mins(1);
/// The NOTIFY channel of the sequencer.
const CHANNEL: &str = "ccm_events";

/// The newest events, and the notifications for those who wait for more.
pub(super) struct Tail {
    recent: Mutex<Option<Recent>>,
    wake: Notify,
    /// Number of changes of `recent`; followers wait for it to change.
    moved: watch::Sender<u64>,
    /// Limits lagging followers, so that they leave connections to requests.
    catching_up: Turns,
    /// What lagging followers have read.
    pages: Pages,
}

/// Consecutive events. `end` is the position of the last one; without events, the head of the log when it was read.
struct Recent {
    log_id: Uuid,
    end: i64,
    events: VecDeque<Arc<Recorded>>,
    /// Size of `events`.
    bytes: usize,
}

impl Recent {
    fn at(log_id: Uuid, end: i64) -> Self {
        Self { log_id, end, events: VecDeque::new(), bytes: 0 }
    }

    /// Adds the next events, and drops the oldest ones beyond the limits.
    fn extend(&mut self, batch: Vec<Arc<Recorded>>) {
        self.bytes += batch.iter().map(|it| it.bytes).sum::<usize>();
        self.events.extend(batch);
        while self.events.len() > MAX_RECENT || self.bytes > MAX_RECENT_BYTES {
            let Some(oldest) = self.events.pop_front() else { return };
            self.bytes -= oldest.bytes;
        }
    }
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            recent: Mutex::default(),
            wake: Notify::new(),
            moved: watch::Sender::new(0),
            catching_up: Turns::new(MAX_CATCHING_UP),
            pages: Pages::default(),
        }
    }
}

impl Tail {
    /// Makes the reader check the database for new events.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    fn recent(&self) -> MutexGuard<'_, Option<Recent>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify_followers(&self) {
        self.moved.send_modify(|it| *it = it.wrapping_add(1));
    }

    /// Reads the new events if there are followers; without followers, drops the events in memory.
    async fn advance(&self, log: &Reader) -> Result<(), ReadError> {
        if self.moved.receiver_count() == 0 {
            *self.recent() = None;
            return Ok(());
        }
        let point = log.point().await?;
        let is_same_log = |it: &Recent| it.log_id == point.log_id && it.end <= point.head;
        let known = self.recent().as_ref().filter(|it| is_same_log(it)).map(|it| it.end);
        let Some(mut end) = known else {
            *self.recent() = Some(Recent::at(point.log_id, point.head));
            self.pages.clear();
            self.notify_followers();
            return Ok(());
        };
        while end < point.head {
            let batch = log.after(end, BATCH_SIZE).await?;
            // The head is further, so events are missing.
            let Some(last) = batch.last() else { return Err(ReadError::Gone) };
            end = last.position;
            if let Some(recent) = self.recent().as_mut() {
                recent.end = end;
                recent.extend(batch);
            }
            self.notify_followers();
        }
        Ok(())
    }
}

/// Reads new events until `stop`.
pub(super) async fn run(log: Reader, tail: Arc<Tail>, stop: Shutdown) {
    // On SQLite, an event gets its position in its own transaction, so a commit is the wake-up.
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
        // No spans: the read belongs to no request, and most reads find nothing new.
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

/// Wakes `tail` when another process has numbered events. Notifications missed during a reconnect are covered by polling.
pub(super) async fn listen(pool: PgPool, tail: Arc<Tail>, stop: Shutdown) {
    let listening = async {
        loop {
            // A pool of its own for each attempt: dropping a listener asks its dead connection to UNLISTEN first.
            let connection = dedicated::connection(&pool);
            if let Ok(mut listener) = PgListener::connect_with(&connection).await
                && listener.listen(CHANNEL).await.is_ok()
            {
                tail.wake();
                // A dead connection looks like an idle one, so an idle connection is replaced.
                while let Ok(Ok(_)) = tokio::time::timeout(LISTEN_TIMEOUT, listener.recv()).await {
                    tail.wake();
                }
            }
            tokio::time::sleep(jittered(POLL_INTERVAL)).await;
        }
    };
    tokio::select! {
        () = listening => {}
        () = stop.cancelled() => {}
    }
}

/// Reads a log event by event, and waits for new ones at its end.
pub struct Follower {
    log: Reader,
    tail: Arc<Tail>,
    moved: watch::Receiver<u64>,
    log_id: Uuid,
    position: i64,
    subscriber: Subscriber,
}

/// Where a follower finds its next events.
enum Next {
    InMemory(Vec<Arc<Recorded>>),
    /// The events are no longer in memory, or the follower is ahead of this process: the database has to be asked.
    InDatabase,
    /// There are no new events.
    NotYet,
    /// The log cannot be resumed from the position.
    Gone,
}

impl Follower {
    pub(super) fn new(
        log: Reader,
        tail: Arc<Tail>,
        log_id: Uuid,
        position: i64,
        subscriber: Subscriber,
    ) -> Self {
        let moved = tail.moved.subscribe();
        tail.wake();
        Self { log, tail, moved, log_id, position, subscriber }
    }

    /// Returns the position of the last event that [`Self::next`] returned.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Waits for the next events and returns them in order, without gaps. Cancel safe.
    pub async fn next(&mut self) -> Result<Vec<Arc<Recorded>>, ReadError> {
        self.next_until(i64::MAX).await
    }

    /// Like [`Self::next`], but returns no event after the position `last`; nothing once that position is reached.
    pub async fn next_until(&mut self, last: i64) -> Result<Vec<Arc<Recorded>>, ReadError> {
        while self.position < last {
            self.moved.mark_unchanged();
            let mut events = match self.look() {
                Next::InMemory(events) => events,
                Next::InDatabase => self.read().await?,
                Next::NotYet => Vec::new(),
                Next::Gone => return Err(ReadError::Gone),
            };
            events.truncate(usize::try_from(last - self.position).unwrap_or(usize::MAX));
            if let Some(last) = events.last() {
                self.position = last.position;
                return Ok(events);
            }
            if self.moved.changed().await.is_err() {
                // The process is stopping.
                std::future::pending::<()>().await;
            }
        }
        Ok(Vec::new())
    }

    fn look(&self) -> Next {
        let recent = self.tail.recent();
        let Some(recent) = recent.as_ref() else { return Next::InDatabase };
        let first = recent.events.front().map_or(recent.end + 1, |it| it.position);
        if recent.log_id != self.log_id {
            return Next::Gone;
        }
        // A follower that is ahead of the tail has to ask the database whether its position exists.
        if self.position + 1 < first || self.position > recent.end {
            return Next::InDatabase;
        }
        let skip = usize::try_from(self.position + 1 - first).unwrap_or(usize::MAX);
        let events = fitting(recent.events.iter().skip(skip), MAX_FOLLOWER_BYTES);
        if events.is_empty() { Next::NotYet } else { Next::InMemory(events) }
    }

    async fn read(&self) -> Result<Vec<Arc<Recorded>>, ReadError> {
        let in_memory = || self.tail.pages.after(self.position, MAX_FOLLOWER_BYTES);
        let found = in_memory();
        if !found.is_empty() {
            return Ok(found);
        }
        let _turn = self.tail.catching_up.take(&self.subscriber).await;
        let found = in_memory();
        if !found.is_empty() {
            return Ok(found);
        }
        let reading = async {
            let page = match self.log.after(Pages::start_of(self.position), PAGE_SIZE).await {
                // The beginning of the page was trimmed.
                Err(ReadError::Gone) => self.log.after(self.position, PAGE_SIZE).await?,
                page => page?,
            };
            let events = fitting(page.iter().filter(|it| it.position > self.position), MAX_FOLLOWER_BYTES);
            self.tail.pages.keep(page);
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
