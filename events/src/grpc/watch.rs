//! One WatchEvents stream: a snapshot if the request asks for one, then events, until an end condition is reached.

use std::sync::Arc;
use std::time::{Duration, Instant};

use net::server::Draining;
use platform::clock::{Clock, Micros};
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{EventCursor, WatchProgress, WatchSnapshotEnd, WatchStarted};
use tonic::Status;
use uuid::Uuid;

use super::filter::Filter;
use super::response_stream::{ResponseSender, SendError};
use super::snapshot_permits::{PermitHolder, SnapshotPermits};
use super::watch_span::WatchSpan;
use super::{SubjectRegistry, end_status};
use crate::{EventLog, ReadError, Snapshot};
use storage::StorageError;

/// A `progress` message is sent when nothing else was sent for this long.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(15);
/// A `progress` message is sent after this many events that the subscriber does not receive.
const MAX_SKIPPED: usize = 1_000;
/// Subjects of a snapshot read by one statement.
const PAGE_SIZE: i64 = 500;
/// How long a snapshot may hold its database connection.
const SNAPSHOT_TIMEOUT: Duration = Duration::from_secs(30);

/// A stream that has not started.
pub(super) struct Watch {
    pub(super) log: EventLog,
    pub(super) registry: SubjectRegistry,
    pub(super) filter: Filter,
    /// Log id and position after which the stream starts; `None`: it starts with a snapshot.
    pub(super) after: Option<(Uuid, i64)>,
    pub(super) snapshot_permits: Arc<SnapshotPermits>,
    /// The caller to which a snapshot permit is counted.
    pub(super) holder: Option<PermitHolder>,
    pub(super) span: WatchSpan,
}

/// The conditions that end a stream in any phase.
pub(super) struct EndConditions {
    pub(super) connection: Draining,
    pub(super) deadline: Option<Instant>,
    pub(super) token_expires_at: Micros,
    pub(super) clock: Clock,
}

impl EndConditions {
    /// Waits until one of the conditions is met, and returns the status for the subscriber.
    async fn reached(&self) -> Status {
        let token = u64::try_from(self.token_expires_at.0.saturating_sub(self.clock.now().0)).unwrap_or(0);
        let deadline = async {
            match self.deadline {
                Some(at) => tokio::time::sleep(at.saturating_duration_since(Instant::now())).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.connection.started() => end_status::stream_ended(),
            () = tokio::time::sleep(Duration::from_micros(token)) => end_status::token_expired(),
            () = deadline => end_status::deadline_expired(),
        }
    }
}

/// Why a stream ends.
enum WatchEnd {
    Send(SendError),
    Status(Status),
}

impl From<SendError> for WatchEnd {
    fn from(it: SendError) -> Self {
        Self::Send(it)
    }
}

impl Watch {
    /// Sends messages until the stream ends, then the final status.
    pub(super) async fn run(mut self, end_conditions: EndConditions, sender: ResponseSender) {
        let status = tokio::select! {
            end = self.stream(&sender) => match end {
                WatchEnd::Send(SendError::Timeout) => {
                    tracing::info!("a subscriber read nothing for too long; its stream was ended");
                    end_status::subscriber_too_slow()
                }
                WatchEnd::Send(SendError::Closed) => return,
                WatchEnd::Status(status) => status,
            },
            status = end_conditions.reached() => status,
            () = sender.closed() => return,
        };
        self.span.ended_with(&status);
        sender.finish(status);
    }

    async fn stream(&mut self, sender: &ResponseSender) -> WatchEnd {
        let (log_id, position) = match self.begin(sender).await {
            Ok(begun) => begun,
            Err(end) => return end,
        };
        match self.follow(log_id, position, sender).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn begin(&mut self, sender: &ResponseSender) -> Result<(Uuid, i64), WatchEnd> {
        if let Some((log_id, position)) = self.after {
            sender.send(started(log_id, position)).await?;
            return Ok((log_id, position));
        }
        let Some(permit) = self.snapshot_permits.acquire(self.holder.clone()).await else {
            return Err(WatchEnd::Status(end_status::too_many_snapshots()));
        };
        // The spans of its statements are children of the call's server span, which has already ended.
        let sent = tokio::time::timeout(SNAPSHOT_TIMEOUT, self.send_snapshot(sender)).await;
        drop(permit);
        sent.unwrap_or_else(|_| Err(SendError::Timeout.into()))
    }

    async fn send_snapshot(&mut self, sender: &ResponseSender) -> Result<(Uuid, i64), WatchEnd> {
        let mut snapshot = self.log.snapshot().await.map_err(|it| self.failed(it))?;
        let (log_id, head) = (snapshot.point.log_id, snapshot.point.head);
        self.filter.in_snapshot = std::mem::take(&mut snapshot.unnumbered);
        sender.send(started(log_id, head)).await?;
        if self.filter.query.subjects.is_empty() {
            self.send_all(&mut snapshot, sender).await?;
        } else {
            self.send_selected(&mut snapshot, sender).await?;
        }
        let subjects = self.span.counts.subjects;
        sender.send(Item::SnapshotEnd(WatchSnapshotEnd { subjects })).await?;
        Ok((log_id, head))
    }

    async fn send_all(&mut self, snapshot: &mut Snapshot, sender: &ResponseSender) -> Result<(), WatchEnd> {
        for kind in &self.registry.subjects {
            let Some(visibility) = self.filter.visibility.of(kind.kind()) else { continue };
            let mut after = None;
            loop {
                let page = kind.page(snapshot, &visibility, after, PAGE_SIZE);
                let (subjects, last) = page.await.map_err(|it| self.failed(it))?;
                for subject in subjects {
                    sender.send(Item::Subject(subject)).await?;
                    self.span.counts.subjects += 1;
                }
                if last.is_none() {
                    break;
                }
                after = last;
            }
        }
        Ok(())
    }

    async fn send_selected(
        &mut self,
        snapshot: &mut Snapshot,
        sender: &ResponseSender,
    ) -> Result<(), WatchEnd> {
        for id in &self.filter.query.subjects {
            for kind in &self.registry.subjects {
                let Some(visibility) = self.filter.visibility.of(kind.kind()) else { continue };
                let found = kind.get(snapshot, &visibility, *id).await.map_err(|it| self.failed(it))?;
                if let Some(subject) = found {
                    sender.send(Item::Subject(subject)).await?;
                    self.span.counts.subjects += 1;
                }
            }
        }
        Ok(())
    }

    async fn follow(
        &mut self,
        log_id: Uuid,
        position: i64,
        sender: &ResponseSender,
    ) -> Result<std::convert::Infallible, WatchEnd> {
        let mut follower = self.log.follow(log_id, position);
        let (mut sent_at, mut skipped) = (Instant::now(), 0);
        loop {
            let quiet = PROGRESS_INTERVAL.saturating_sub(sent_at.elapsed());
            let events = tokio::select! {
                next = follower.next() => next.map_err(|it| self.unreadable(it))?,
                () = tokio::time::sleep(quiet) => Vec::new(),
            };
            for event in events {
                if let Some(item) = self.filter.item_for(&event) {
                    sender.send(item).await?;
                    self.span.counts.events += 1;
                    (sent_at, skipped) = (Instant::now(), 0);
                } else {
                    self.span.counts.skipped += 1;
                    skipped += 1;
                }
            }
            if skipped >= MAX_SKIPPED || sent_at.elapsed() >= PROGRESS_INTERVAL {
                sender.send(Item::Progress(WatchProgress { position: follower.position() })).await?;
                (sent_at, skipped) = (Instant::now(), 0);
            }
        }
    }

    fn failed(&self, error: StorageError) -> WatchEnd {
        WatchEnd::Status(self.registry.failed(error))
    }

    fn unreadable(&self, error: ReadError) -> WatchEnd {
        match error {
            ReadError::Gone => WatchEnd::Status(end_status::history_gone()),
            ReadError::Storage(error) => self.failed(error),
        }
    }
}

fn started(log_id: Uuid, position: i64) -> Item {
    Item::Started(WatchStarted { cursor: Some(EventCursor { log_id: log_id.to_string(), position }) })
}
