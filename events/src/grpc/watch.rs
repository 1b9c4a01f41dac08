//! One WatchEvents stream: a snapshot if the request asks for one, then events, until an end condition is reached.

use std::sync::Arc;
use std::time::{Duration, Instant};

use net::server::Draining;
use platform::clock::{Clock, Micros};
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{EventCursor, WatchProgress, WatchStarted};
use tonic::Status;
use uuid::Uuid;

use super::filter::Filter;
use super::response_stream::{ResponseSender, SendError};
use super::snapshot::SnapshotProgress;
use super::watch_span::WatchSpan;
use super::{SubjectRegistry, end_status};
use crate::live::LiveMessages;
use crate::turns::Turns;
use crate::{EventLog, Follower, ReadError, Recorded, Subscriber};
use storage::StorageError;

/// A `progress` message is sent when nothing else was sent for this long.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(15);
/// A `progress` message is sent after this many events that the subscriber does not receive.
const MAX_SKIPPED: usize = 1_000;

/// Where a stream begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Begin {
    /// With the event after this position of the log.
    After { log_id: Uuid, position: i64 },
    /// With a snapshot, or with the rest of one.
    Snapshot(Option<SnapshotProgress>),
}

/// A stream that has not started.
pub(super) struct Watch {
    pub(super) log: EventLog,
    pub(super) registry: SubjectRegistry,
    pub(super) filter: Filter,
    pub(super) begin: Begin,
    /// Position of the last event of the stream; `None`: it has no end.
    pub(super) until: Option<i64>,
    /// Turns at reading where a snapshot begins, and its pages.
    pub(super) reading: Turns,
    pub(super) subscriber: Subscriber,
    pub(super) span: WatchSpan,
}

/// The conditions that end a stream in any phase.
pub(super) struct EndConditions {
    pub(super) connection: Draining,
    pub(super) deadline: Option<Instant>,
    /// When the token of the subscriber is accepted no more.
    pub(super) token_accepted_until: Micros,
    pub(super) clock: Clock,
}

impl EndConditions {
    /// Waits until one of the conditions is met, and returns the status for the subscriber.
    async fn reached(&self) -> Status {
        let token =
            u64::try_from(self.token_accepted_until.0.saturating_sub(self.clock.now().0)).unwrap_or(0);
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
pub(super) enum WatchEnd {
    Send(SendError),
    Status(Status),
    /// The last event that was asked for was sent.
    Complete,
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
                WatchEnd::Complete => Status::ok(""),
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
            Ok(()) => WatchEnd::Complete,
            Err(end) => end,
        }
    }

    async fn begin(&mut self, sender: &ResponseSender) -> Result<(Uuid, i64), WatchEnd> {
        match self.begin {
            Begin::After { log_id, position } => {
                sender.send(started(log_id, position)).await?;
                Ok((log_id, position))
            }
            // The spans of its statements are children of the call's server span, which has already ended.
            Begin::Snapshot(resumed) => self.send_snapshot(resumed, sender).await,
        }
    }

    async fn follow(&mut self, log_id: Uuid, position: i64, sender: &ResponseSender) -> Result<(), WatchEnd> {
        let mut follower = self.log.follow(log_id, position, &self.subscriber);
        // What is told live is no part of a range.
        let mut live = self.until.is_none().then(|| self.log.listen());
        let last = self.until.unwrap_or(i64::MAX);
        let (mut sent_at, mut skipped) = (Instant::now(), 0);
        while follower.position() < last {
            let quiet = PROGRESS_INTERVAL.saturating_sub(sent_at.elapsed());
            let next = self.next_events(&mut follower, last, &mut live, quiet, sender).await?;
            let events = next.map_err(|it| self.unreadable(it))?;
            // Pages in memory are passed over without a wait.
            tokio::task::consume_budget().await;
            for event in events {
                if self.send_event(&event, sender).await? {
                    (sent_at, skipped) = (Instant::now(), 0);
                } else {
                    skipped += 1;
                }
            }
            if skipped >= MAX_SKIPPED || sent_at.elapsed() >= PROGRESS_INTERVAL {
                sender.send(Item::Progress(WatchProgress { position: follower.position() })).await?;
                (sent_at, skipped) = (Instant::now(), 0);
            }
        }
        if skipped > 0 {
            sender.send(Item::Progress(WatchProgress { position: last })).await?;
        }
        Ok(())
    }

    /// Waits for the next events, at most for the time `quiet`, and sends what is told live meanwhile. The read of the events
    /// goes on meanwhile: it may have waited for its turn.
    async fn next_events(
        &self,
        follower: &mut Follower,
        last: i64,
        live: &mut Option<LiveMessages>,
        quiet: Duration,
        sender: &ResponseSender,
    ) -> Result<Result<Vec<Arc<Recorded>>, ReadError>, WatchEnd> {
        let mut next = std::pin::pin!(follower.next_until(last));
        let mut quiet = std::pin::pin!(tokio::time::sleep(quiet));
        loop {
            let told = async {
                match live {
                    Some(live) => live.next().await,
                    None => std::future::pending().await,
                }
            };
            let message = tokio::select! {
                events = next.as_mut() => return Ok(events),
                () = quiet.as_mut() => return Ok(Ok(Vec::new())),
                message = told => message,
            };
            if let Some(item) = self.filter.live_item(&message) {
                sender.send(item).await?;
            }
        }
    }

    /// Sends what the subscriber receives for an event, and returns whether that is anything.
    pub(super) async fn send_event(
        &mut self,
        event: &Recorded,
        sender: &ResponseSender,
    ) -> Result<bool, WatchEnd> {
        let Some(item) = self.filter.item_for(event) else {
            self.span.counts.skipped += 1;
            return Ok(false);
        };
        sender.send(item).await?;
        self.span.counts.events += 1;
        Ok(true)
    }

    pub(super) fn failed(&self, error: StorageError) -> WatchEnd {
        WatchEnd::Status(self.registry.failed(error))
    }

    pub(super) fn unreadable(&self, error: ReadError) -> WatchEnd {
        match error {
            ReadError::Gone => WatchEnd::Status(end_status::history_gone()),
            ReadError::Storage(error) => self.failed(error),
        }
    }
}

pub(super) fn started(log_id: Uuid, position: i64) -> Item {
    Item::Started(WatchStarted { cursor: Some(EventCursor { log_id: log_id.to_string(), position }) })
}
