//! The log of one service, as this gateway reads it under its own identity: a feed of new events, and pages of older ones.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use access::{Caller, Identity};
use net::grpc::channel::Channel;
use net::grpc::status::{code_name, reason as reason_of};
use platform::clock::jittered;
use platform::shutdown::Shutdown;
use proto::error::v1::Reason;
use proto::event::v1::event_service_client::EventServiceClient;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{EventCursor, WatchEventsRequest, WatchEventsResponse, WatchStart};
use telemetry::span::unsampled;
use tokio::sync::Semaphore;
use tonic::{Status, Streaming};
use uuid::Uuid;

use super::cursor::Point;
use super::shared_answer::SharedAnswer;
use super::told::{Shared, Told, report_block};
use super::{Log, Streams};
use crate::metrics;

/// Pause after a failure; it doubles up to [`MAX_RETRY`].
const MIN_RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(2);
/// Positions of a page of older events. Pages begin after a multiple of this number, so that clients share them.
const PAGE_SIZE: i64 = 256;
/// Maximum size of the pages in memory.
const MAX_PAGES_BYTES: usize = 32 * 1024 * 1024;
/// Maximum size of the events that a client gets at once, and holds while it does not read; a larger event comes alone.
const MAX_CLIENT_BYTES: usize = 128 * 1024;
/// Number of pages that are read at the same time, and of questions for the beginning of the log.
const MAX_READING: usize = 4;

/// The log of one service.
pub(super) struct Source {
    log: Log,
    client: EventServiceClient<Channel>,
    identity: Option<Identity>,
    reading: Semaphore,
    earliest: SharedAnswer<Point>,
    pages: Mutex<VecDeque<Page>>,
}

/// Older events: all of them after `after` up to `until`.
#[derive(Clone)]
struct Page {
    after: Point,
    until: i64,
    events: Arc<Vec<Shared>>,
    bytes: usize,
}

/// Older events after a position, and up to which position there are no others.
pub(super) struct Older {
    pub(super) events: Vec<Shared>,
    pub(super) until: i64,
}

impl Source {
    pub(super) fn new(log: Log, client: EventServiceClient<Channel>, identity: Option<Identity>) -> Self {
        Self {
            log,
            client,
            identity,
            reading: Semaphore::new(MAX_READING),
            earliest: SharedAnswer::new(),
            pages: Mutex::default(),
        }
    }

    pub(super) fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// Reads new events into the ring until `stop`. Resumes by itself after every loss.
    pub(super) async fn feed(&self, streams: &Streams, stop: &Shutdown) {
        metrics::observe_source(self.log);
        let feeding = async {
            let (mut last, mut retry, mut is_warned) = (None, MIN_RETRY, false);
            loop {
                // A process has no token at first. Later, its identity says why there is none.
                if self.caller().is_none() {
                    tokio::time::sleep(MIN_RETRY).await;
                    continue;
                }
                let before = last;
                let status = self.follow(streams, &mut last).await;
                metrics::source_connected(self.log, false);
                if last != before {
                    (retry, is_warned) = (MIN_RETRY, false);
                }
                let reason = reason_of(&status);
                let is_renewal = reason == Some(Reason::Unauthenticated) && last != before;
                if reason == Some(Reason::HistoryGone) {
                    tracing::warn!(
                        log = self.log.source(),
                        "an event log is not the one that was read so far"
                    );
                    last = None;
                    tokio::time::sleep(jittered(MIN_RETRY)).await;
                } else if reason != Some(Reason::StreamEnded) && !is_renewal {
                    if !is_warned {
                        let (code, text) = (code_name(status.code()), status.message());
                        tracing::warn!(
                            log = self.log.source(),
                            code,
                            text,
                            "cannot read an event log; retrying"
                        );
                        is_warned = true;
                    }
                    tokio::time::sleep(jittered(retry)).await;
                    retry = (retry * 2).min(MAX_RETRY);
                }
            }
        };
        tokio::select! {
            // A trace of a call that lasts for hours would tell nothing.
            () = unsampled(feeding) => {}
            () = stop.cancelled() => {}
        }
    }

    /// Reads events after `last`, or from now on, until the call ends.
    async fn follow(&self, streams: &Streams, last: &mut Option<Point>) -> Status {
        let start = if last.is_some() { WatchStart::Unspecified } else { WatchStart::Now };
        let request = WatchEventsRequest {
            start: start.into(),
            after: last.map(cursor),
            ..WatchEventsRequest::default()
        };
        let mut messages = match self.watch(request).await {
            Ok(messages) => messages,
            Err(status) => return status,
        };
        loop {
            let item = match messages.message().await {
                Ok(Some(message)) => message.item,
                Ok(None) => return Status::unavailable("the stream ended without a status"),
                Err(status) => return status,
            };
            match item {
                Some(Item::Started(started)) => {
                    metrics::source_connected(self.log, true);
                    let Some(point) = started.cursor.as_ref().and_then(point) else { continue };
                    if last.is_none() {
                        self.pages().clear();
                        streams.ring.begin(self.log, point);
                    }
                    *last = Some(point);
                }
                Some(Item::Event(event)) => {
                    let position = event.position;
                    let changed_at = event.time.as_ref().map(proto::micros).unwrap_or_default();
                    let lag = streams.clock.now() - platform::clock::Micros(changed_at);
                    metrics::event_arrived(self.log, lag);
                    streams.ring.push(self.log, position, |cursor| {
                        Told::new(self.log, event, Some(cursor), streams.settings.trace_url.as_ref(), lag)
                            .map(Arc::new)
                    });
                    *last = last.map(|it| Point { position, ..it });
                }
                Some(Item::Report(report)) => {
                    if let (Ok(worker), Some(utilization)) =
                        (Uuid::try_parse(&report.worker_id), report.utilization)
                    {
                        streams.ring.report(worker, report_block(streams, worker, utilization));
                    }
                }
                Some(Item::Progress(progress)) => {
                    streams.ring.advance(self.log, progress.position);
                    *last = last.map(|it| Point { position: progress.position, ..it });
                }
                _ => {}
            }
        }
    }

    /// Returns events after a point and at most up to the position `until`, which exists, at least one page of them.
    ///
    /// # Errors
    /// OUT_OF_RANGE if the log cannot be read from there.
    pub(super) async fn older(&self, streams: &Streams, after: Point, until: i64) -> Result<Older, Status> {
        if let Some(found) = self.in_memory(after, until) {
            return Ok(found);
        }
        // The semaphore is never closed.
        let _permit = self.reading.acquire().await;
        if let Some(found) = self.in_memory(after, until) {
            return Ok(found);
        }
        let start = after.position - after.position.rem_euclid(PAGE_SIZE);
        let until = until.min(start + PAGE_SIZE);
        let aligned = Point { position: start, ..after };
        let page = match self.read(streams, aligned, until).await {
            // The beginning of the page was trimmed.
            Err(status) if reason_of(&status) == Some(Reason::HistoryGone) => {
                self.read(streams, after, until).await?
            }
            page => page?,
        };
        let found = page.after(after, until).unwrap_or(Older { events: Vec::new(), until });
        self.keep(page);
        Ok(found)
    }

    /// Whether the log can be read from that point.
    pub(super) async fn exists(&self, at: Point) -> Result<(), Status> {
        let request = WatchEventsRequest {
            after: Some(cursor(at)),
            until: Some(at.position),
            ..WatchEventsRequest::default()
        };
        self.watch(request).await.map(drop)
    }

    /// The point before the oldest event.
    pub(super) async fn earliest(&self) -> Result<Point, Status> {
        self.earliest.get(async || self.ask_for_earliest().await).await
    }

    async fn ask_for_earliest(&self) -> Result<Point, Status> {
        // The semaphore is never closed.
        let _permit = self.reading.acquire().await;
        let request =
            WatchEventsRequest { start: WatchStart::Earliest.into(), ..WatchEventsRequest::default() };
        let first = self.watch(request).await?.message().await?.and_then(|it| it.item);
        match first {
            Some(Item::Started(started)) => started.cursor.as_ref().and_then(point),
            _ => None,
        }
        .ok_or_else(|| Status::internal("a watch began without its cursor"))
    }

    async fn read(&self, streams: &Streams, after: Point, until: i64) -> Result<Page, Status> {
        let request = WatchEventsRequest {
            after: Some(cursor(after)),
            until: Some(until),
            ..WatchEventsRequest::default()
        };
        let mut messages = self.watch(request).await?;
        let (mut events, mut last) = (Vec::new(), after.position);
        while let Some(message) = messages.message().await? {
            match message.item {
                Some(Item::Event(event)) => {
                    last = event.position;
                    let told =
                        Told::new(self.log, event, None, streams.settings.trace_url.as_ref(), Duration::ZERO);
                    events.extend(told.map(Arc::new));
                }
                Some(Item::Progress(progress)) => last = progress.position,
                _ => {}
            }
        }
        // Clients pass over what is missing in a page.
        if last < until {
            return Err(Status::unavailable("a range of events ended before its end"));
        }
        let bytes = events.iter().map(|it| it.bytes).sum();
        Ok(Page { after, until, events: Arc::new(events), bytes })
    }

    async fn watch(&self, request: WatchEventsRequest) -> Result<Streaming<WatchEventsResponse>, Status> {
        let caller =
            self.caller().ok_or_else(|| Status::unavailable("this process has no token of its own"))?;
        Ok(self.client.clone().watch_events(caller.request(request)).await?.into_inner())
    }

    fn caller(&self) -> Option<Caller> {
        self.identity.as_ref().and_then(|it| it.caller().ok())
    }

    /// Returns older events as [`Self::older`] does, if a page in memory has them.
    pub(super) fn in_memory(&self, after: Point, until: i64) -> Option<Older> {
        let mut pages = self.pages();
        let index = pages.iter().position(|it| it.has_next_of(after))?;
        let page = pages.remove(index)?;
        let found = page.after(after, until);
        pages.push_back(page);
        found
    }

    fn keep(&self, page: Page) {
        let mut pages = self.pages();
        pages.retain(|it| it.after != page.after);
        pages.push_back(page);
        let mut bytes: usize = pages.iter().map(|it| it.bytes).sum();
        while bytes > MAX_PAGES_BYTES && pages.len() > 1 {
            bytes -= pages.pop_front().map_or(0, |it| it.bytes);
        }
    }

    fn pages(&self) -> MutexGuard<'_, VecDeque<Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    fn has_next_of(&self, after: Point) -> bool {
        self.after.log_id == after.log_id
            && self.after.position <= after.position
            && self.until > after.position
    }

    fn after(&self, after: Point, until: i64) -> Option<Older> {
        if !self.has_next_of(after) {
            return None;
        }
        let mut found = Older { events: Vec::new(), until: self.until.min(until) };
        let mut bytes = 0;
        let wanted = |it: &&Shared| it.position > after.position && it.position <= until;
        for told in self.events.iter().filter(wanted) {
            bytes += told.bytes;
            if bytes > MAX_CLIENT_BYTES && !found.events.is_empty() {
                found.until = told.position - 1;
                break;
            }
            found.events.push(told.clone());
        }
        Some(found)
    }
}

fn cursor(point: Point) -> EventCursor {
    EventCursor { log_id: point.log_id.to_string(), position: point.position }
}

pub(super) fn point(cursor: &EventCursor) -> Option<Point> {
    Some(Point { log_id: Uuid::try_parse(&cursor.log_id).ok()?, position: cursor.position })
}
