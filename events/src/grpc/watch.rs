//! One watch: a snapshot when asked for, then what changes, until it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use net::grpc::status;
use net::server::Draining;
use platform::clock::{Clock, Micros};
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{EventCursor, WatchProgress, WatchSnapshotEnd, WatchStarted};
use tonic::Status;
use uuid::Uuid;

use super::filter::Filter;
use super::response_stream::{NotTaken, Outbox};
use super::snapshot_permits::{Person, Turns};
use super::{Teller, end_status};
use crate::{EventLog, ReadError, Snapshot};
use storage::StorageError;

/// How long nothing is told at most.
const PROGRESS: Duration = Duration::from_secs(15);
/// After how many events of which nothing is told the reader learns how far the log was read.
const SKIPPED: usize = 1_000;
/// Subjects read at once.
const PAGE: i64 = 500;
/// How long a snapshot may hold its connection.
const SNAPSHOT_PATIENCE: Duration = Duration::from_secs(30);

/// A watch before it runs.
pub(super) struct Watch {
    pub(super) log: EventLog,
    pub(super) teller: Teller,
    pub(super) filter: Filter,
    /// `None`: with a snapshot.
    pub(super) after: Option<(Uuid, i64)>,
    pub(super) turns: Arc<Turns>,
    /// Whose turn a snapshot is.
    pub(super) person: Option<Person>,
}

/// What ends a watch, whatever it is at.
pub(super) struct Until {
    pub(super) connection: Draining,
    pub(super) deadline: Option<Instant>,
    pub(super) token_ends: Micros,
    pub(super) clock: Clock,
}

impl Until {
    async fn over(&self) -> Status {
        let token = u64::try_from(self.token_ends.0.saturating_sub(self.clock.now().0)).unwrap_or(0);
        let deadline = async {
            match self.deadline {
                Some(at) => tokio::time::sleep(at.saturating_duration_since(Instant::now())).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.connection.started() => end_status::stream_ended(),
            () = tokio::time::sleep(Duration::from_micros(token)) => end_status::token_ended(),
            () = deadline => {
                let text = "the deadline of the call has passed; go on after the last position received";
                status::with_reason(status::Reason::TimedOut, text)
            }
        }
    }
}

/// Why there is nothing more to tell.
enum Stop {
    NotTaken(NotTaken),
    Status(Status),
}

impl From<NotTaken> for Stop {
    fn from(it: NotTaken) -> Self {
        Self::NotTaken(it)
    }
}

impl Watch {
    /// Tells until it ends, and how.
    pub(super) async fn run(mut self, until: Until, outbox: Outbox) {
        let status = tokio::select! {
            stop = self.tell(&outbox) => match stop {
                Stop::NotTaken(NotTaken::TooSlow) => {
                    tracing::info!("a watcher took nothing for too long");
                    end_status::too_slow()
                }
                Stop::NotTaken(NotTaken::Gone) => return,
                Stop::Status(status) => status,
            },
            status = until.over() => status,
            () = outbox.abandoned() => return,
        };
        outbox.end(status);
    }

    async fn tell(&mut self, outbox: &Outbox) -> Stop {
        let (log_id, position) = match self.begin(outbox).await {
            Ok(begun) => begun,
            Err(stop) => return stop,
        };
        match self.follow(log_id, position, outbox).await {
            Ok(never) => match never {},
            Err(stop) => stop,
        }
    }

    async fn begin(&mut self, outbox: &Outbox) -> Result<(Uuid, i64), Stop> {
        if let Some((log_id, position)) = self.after {
            outbox.put(started(log_id, position)).await?;
            return Ok((log_id, position));
        }
        let Some(turn) = self.turns.take(self.person.clone()).await else {
            return Err(Stop::Status(end_status::too_many_snapshots()));
        };
        // Its statements are children of the call's span, which has ended by then.
        let told = tokio::time::timeout(SNAPSHOT_PATIENCE, self.tell_snapshot(outbox)).await;
        drop(turn);
        told.unwrap_or_else(|_| Err(NotTaken::TooSlow.into()))
    }

    async fn tell_snapshot(&mut self, outbox: &Outbox) -> Result<(Uuid, i64), Stop> {
        let mut snapshot = self.log.snapshot().await.map_err(|it| self.failed(it))?;
        let (log_id, head) = (snapshot.point.log_id, snapshot.point.head);
        self.filter.told_already = std::mem::take(&mut snapshot.unnumbered);
        outbox.put(started(log_id, head)).await?;
        let subjects = if self.filter.asked.subjects.is_empty() {
            self.tell_all(&mut snapshot, outbox).await?
        } else {
            self.tell_some(&mut snapshot, outbox).await?
        };
        outbox.put(Item::SnapshotEnd(WatchSnapshotEnd { subjects })).await?;
        Ok((log_id, head))
    }

    async fn tell_all(&self, snapshot: &mut Snapshot, outbox: &Outbox) -> Result<i64, Stop> {
        let mut told = 0;
        for kind in &self.teller.subjects {
            let Some(seen) = self.filter.seen.of(kind.kind()) else { continue };
            let mut after = None;
            loop {
                let page = kind.page(snapshot, &seen, after, PAGE);
                let (subjects, last) = page.await.map_err(|it| self.failed(it))?;
                for subject in subjects {
                    outbox.put(Item::Subject(subject)).await?;
                    told += 1;
                }
                if last.is_none() {
                    break;
                }
                after = last;
            }
        }
        Ok(told)
    }

    async fn tell_some(&self, snapshot: &mut Snapshot, outbox: &Outbox) -> Result<i64, Stop> {
        let mut told = 0;
        for id in &self.filter.asked.subjects {
            for kind in &self.teller.subjects {
                let Some(seen) = self.filter.seen.of(kind.kind()) else { continue };
                let found = kind.one(snapshot, &seen, *id).await.map_err(|it| self.failed(it))?;
                if let Some(subject) = found {
                    outbox.put(Item::Subject(subject)).await?;
                    told += 1;
                }
            }
        }
        Ok(told)
    }

    async fn follow(
        &mut self,
        log_id: Uuid,
        position: i64,
        outbox: &Outbox,
    ) -> Result<std::convert::Infallible, Stop> {
        let mut follower = self.log.follow(log_id, position);
        let (mut told_at, mut skipped) = (Instant::now(), 0);
        loop {
            let quiet = PROGRESS.saturating_sub(told_at.elapsed());
            let events = tokio::select! {
                next = follower.next() => next.map_err(|it| self.unreadable(it))?,
                () = tokio::time::sleep(quiet) => Vec::new(),
            };
            for event in events {
                match self.filter.tells(&event) {
                    Some(item) => {
                        outbox.put(item).await?;
                        (told_at, skipped) = (Instant::now(), 0);
                    }
                    None => skipped += 1,
                }
            }
            if skipped >= SKIPPED || told_at.elapsed() >= PROGRESS {
                outbox.put(Item::Progress(WatchProgress { position: follower.position() })).await?;
                (told_at, skipped) = (Instant::now(), 0);
            }
        }
    }

    fn failed(&self, error: StorageError) -> Stop {
        Stop::Status(self.teller.failed(error))
    }

    fn unreadable(&self, error: ReadError) -> Stop {
        match error {
            ReadError::Gone => Stop::Status(end_status::history_gone()),
            ReadError::Storage(error) => self.failed(error),
        }
    }
}

fn started(log_id: Uuid, position: i64) -> Item {
    Item::Started(WatchStarted { cursor: Some(EventCursor { log_id: log_id.to_string(), position }) })
}
