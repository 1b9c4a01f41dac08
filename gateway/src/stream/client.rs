//! One stream: a snapshot if the client needs one, older events, then new ones as they come, until it ends.

mod end;
mod snapshot;
mod telling;
#[cfg(test)]
mod tests;
mod unsent;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use access::Caller;
use bytes::Bytes;
use net::grpc::status;
use serde_json::json;
use tokio::sync::futures::OwnedNotified;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;

pub(super) use self::end::Ends;
use self::end::{EndSpan, Wake};
use self::unsent::{Taken, Unsent, UnsentBlocks};
use super::cursor::{Cursor, Place, Point};
use super::filter::Filter;
use super::frame::control;
use super::permits::StreamPermit;
use super::ring::{Found, Join};
use super::source::Older;
use super::turns::Turn;
use super::{Log, PerLog, Start, Streams};
use crate::metrics::{OpenStream, StreamPhase};

/// Pause after a service did not answer.
const RETRY: Duration = Duration::from_secs(1);

/// A client that takes a part of a snapshot within this time gets larger ones.
const FAST: Duration = Duration::from_secs(1);

pin_project_lite::pin_project! {
    /// A stream of one client. Nothing happens unless it is polled, so a client that does not read costs nothing.
    ///
    /// There is one for each open stream, so its futures are fields, and it is polled by hand: async functions would have
    /// room for what they await beside it.
    pub(crate) struct Client {
        #[pin]
        ends: Ends,
        // Told when the ring has changed since it was looked at.
        #[pin]
        moved: OwnedNotified,
        state: State,
        span: EndSpan,
        // The last block, which the connection has sent on if it asks for the next one.
        taken: Taken,
        counted: OpenStream,
    }

    impl PinnedDrop for Client {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.span.record(this.ends.as_ref().is_stalled());
        }
    }
}

struct State {
    streams: Arc<Streams>,
    caller: Caller,
    /// `None` if the client has no filters.
    filter: Option<Box<Filter>>,
    /// The logs that have events for the client.
    wanted: PerLog<bool>,
    /// What the client has, once `unsent` was sent.
    cursor: Cursor,
    phase: Phase,
    /// Subjects of each kind sent by the snapshot in progress; `None`: there is none.
    snapshot: Option<Box<PerLog<u64>>>,
    /// The points that are beyond what this gateway has read, and exist.
    verified: PerLog<bool>,
    permit: StreamPermit,
    /// Where the client waits for changes of the ring.
    room: u8,
    /// Whether the client has taken the last part of a snapshot at once, so that the next one may be large.
    is_fast: bool,
    /// Whether a log was reset before, so that the next reset waits.
    was_reset: PerLog<bool>,
    /// Whether a failed read was logged.
    is_warned: bool,
    /// A turn to catch up that was requested, and not used yet.
    turn: Option<Turn>,
    unsent: UnsentBlocks,
}

/// What the stream does.
enum Phase {
    /// Waits until the services of the wanted logs are connected, and starts with their next events.
    AwaitingNow,
    /// Decides what comes next.
    Deciding,
    /// Waits for a part of a snapshot, older events, or an answer about a log.
    Reading(Log, AbortOnDropHandle<Result<Read, Status>>),
    /// Waits after a failure.
    Pausing(Pin<Box<tokio::time::Sleep>>),
    /// Follows the ring.
    Live(u64),
}

/// What was read.
enum Read {
    Snapshot(snapshot::Part),
    Older(Older),
    Earliest(Point),
    Exists,
}

impl Client {
    pub(super) fn new(
        streams: Arc<Streams>,
        caller: Caller,
        filter: Filter,
        start: Start,
        ends: Ends,
        permit: StreamPermit,
    ) -> Self {
        let room = streams.ring.next_room();
        let moved = streams.ring.moved(room);
        let mut state = State {
            room,
            wanted: filter.logs(),
            filter: (filter != Filter::default()).then(|| Box::new(filter)),
            cursor: Cursor::default(),
            phase: Phase::Deciding,
            snapshot: None,
            verified: [false; 2],
            permit,
            is_fast: false,
            was_reset: [false; 2],
            is_warned: false,
            turn: None,
            unsent: UnsentBlocks::default(),
            streams,
            caller,
        };
        state.start(start);
        let counted = OpenStream::begin(state.phase());
        Self { ends, moved, state, span: EndSpan::begin(), taken: Taken::default(), counted }
    }

    /// The next block; `None` after the last one.
    pub(super) fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut this = self.project();
        match std::mem::take(this.taken) {
            Taken::Other => {}
            Taken::Event(told) => told.fanout.delivered(),
            Taken::Part(part) => this.state.is_fast = part.at.elapsed() < FAST,
        }
        loop {
            if let Some(Unsent { block, mut taken }) = this.state.unsent.pop() {
                this.span.sent(&block, matches!(taken, Taken::Event(_)));
                if let Taken::Part(part) = &mut taken {
                    part.at = Instant::now();
                }
                *this.taken = taken;
                return Poll::Ready(Some(block));
            }
            if this.span.has_ended() {
                return Poll::Ready(None);
            }
            match this.ends.as_mut().poll_next(cx, &this.state.streams, &this.state.caller) {
                Poll::Ready(Wake::Heartbeat) => this.state.heartbeat(),
                Poll::Ready(Wake::End(end)) => {
                    this.state.push(end.block(&this.state.streams, this.state.id()));
                    this.span.ended(end);
                }
                Poll::Pending => {
                    // Before the ring is looked at: a change between the two wakes this task.
                    while this.state.looks_at_ring() && this.moved.as_mut().poll(cx).is_ready() {
                        this.moved.set(this.state.streams.ring.moved(this.state.room));
                    }
                    ready!(this.state.step(cx));
                    this.counted.set(this.state.phase());
                }
            }
        }
    }
}

impl State {
    /// Says what the client gets, and decides where it begins.
    fn start(&mut self, start: Start) {
        let mode = match &start {
            Start::Snapshot | Start::Resume(None) => "snapshot",
            Start::Now => "live",
            Start::Earliest | Start::Resume(Some(_)) => "replay",
        };
        let retry = super::retry();
        let no_filter = Filter::default();
        let filter = self.filter.as_deref().unwrap_or(&no_filter);
        let data = json!({
            "user": &*self.caller.sub,
            "department": self.caller.department,
            "roles": self.caller.roles.iter().map(Into::<&str>::into).collect::<Vec<_>>(),
            "filters": {
                "event_types": filter.type_names().collect::<Vec<_>>(),
                "task_ids": filter.task_ids,
                "worker_ids": filter.worker_ids,
            },
            "mode": mode,
            "resumed": matches!(start, Start::Resume(Some(_))),
            "heartbeat_seconds": self.streams.settings.heartbeat.as_secs_f64(),
            "server_time": self.streams.clock.now().to_rfc3339(),
        });
        let id = match start {
            Start::Resume(Some(cursor)) => Some(cursor),
            _ => None,
        };
        self.push(control(&self.streams, "connected", &data, id, Some(retry)));
        match start {
            Start::Snapshot => {}
            // Before the client knows that it is connected: what it does then is told.
            Start::Now => {
                if !self.starts_now() {
                    self.phase = Phase::AwaitingNow;
                }
            }
            Start::Earliest => {
                for log in Log::ALL.into_iter().filter(|it| self.wanted[*it as usize]) {
                    // Read one after the other, in `decide`.
                    self.cursor.0[log as usize] = Place::Earliest;
                }
            }
            Start::Resume(Some(cursor)) => self.cursor = cursor,
            Start::Resume(None) => {
                self.push_reset("unknown_id", "all");
            }
        }
        self.unsent.join();
    }

    /// What the stream is doing, for its metric.
    fn phase(&self) -> StreamPhase {
        match (&self.phase, &self.snapshot) {
            (Phase::Live(_), _) => StreamPhase::Live,
            (_, Some(_)) => StreamPhase::Snapshot,
            (_, None) => StreamPhase::Replaying,
        }
    }

    /// Whether the next step looks at the ring.
    fn looks_at_ring(&self) -> bool {
        let waits_for_turn = self.turn.as_ref().is_some_and(|it| !it.is_given());
        !waits_for_turn
            && match self.phase {
                Phase::AwaitingNow | Phase::Deciding | Phase::Live(_) => true,
                Phase::Reading(..) | Phase::Pausing(_) => false,
            }
    }

    /// Does the next thing, after which there may be something to send. If it [looks at the ring](Self::looks_at_ring) and finds
    /// nothing, it is the caller who has to be told of changes.
    fn step(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(turn) = self.turn.as_mut().filter(|it| !it.is_given()) {
            return turn.poll_given(cx);
        }
        match &mut self.phase {
            Phase::AwaitingNow => {
                if !self.starts_now() {
                    return Poll::Pending;
                }
                self.phase = Phase::Deciding;
            }
            Phase::Deciding => return self.decide(),
            Phase::Reading(log, reading) => {
                let log = *log;
                // A task that panicked is asked again.
                let read = ready!(Pin::new(reading).poll(cx)).unwrap_or_else(|_| Err(status::internal()));
                self.phase = Phase::Deciding;
                match read {
                    Ok(read) => self.take(log, read),
                    Err(error) => self.failed(log, &error),
                }
            }
            Phase::Pausing(pause) => {
                ready!(pause.as_mut().poll(cx));
                self.phase = Phase::Deciding;
            }
            Phase::Live(seq) => {
                let seq = *seq;
                return self.follow(seq);
            }
        }
        Poll::Ready(())
    }

    /// Takes what the ring has from `seq` on; pending if that is nothing yet.
    fn follow(&mut self, seq: u64) -> Poll<()> {
        let has_turn = self.turn.take().is_some();
        match self.streams.ring.from(seq, has_turn) {
            Found::Far => self.turn = Some(self.streams.turns.request()),
            Found::Entries { entries, next } => {
                self.phase = Phase::Live(next);
                for entry in entries {
                    self.tell(&entry);
                }
            }
            Found::NotYet(heads) => {
                self.reached(heads);
                return Poll::Pending;
            }
            Found::Evicted => self.phase = Phase::Deciding,
        }
        Poll::Ready(())
    }

    /// Begins where the wanted logs are now, if that is known.
    fn starts_now(&mut self) -> bool {
        let heads = self.streams.ring.heads();
        let known = |log: &Log| !self.wanted[*log as usize] || heads[*log as usize].is_some();
        let is_known = Log::ALL.iter().all(known);
        if is_known {
            self.cursor = Cursor::at(heads);
            self.push_id();
        }
        is_known
    }

    /// Finds out what comes next; pending until the ring has changed.
    fn decide(&mut self) -> Poll<()> {
        for log in Log::ALL.into_iter().filter(|it| self.wanted[*it as usize]) {
            match self.cursor.0[log as usize] {
                Place::Earliest => {
                    if !self.takes_turn() {
                        return Poll::Ready(());
                    }
                    let streams = self.streams.clone();
                    self.read(log, async move { streams.source(log).earliest().await.map(Read::Earliest) });
                    return Poll::Ready(());
                }
                place @ (Place::Nowhere | Place::Within(..)) => {
                    if !self.takes_turn() {
                        return Poll::Ready(());
                    }
                    self.snapshot.get_or_insert_default();
                    let room = if self.is_fast { self.streams.permits.part_of(&self.permit) } else { None };
                    let request =
                        snapshot::Request::new(log, place, &self.caller, self.filter.as_deref(), room);
                    let streams = self.streams.clone();
                    self.read(log, async move { request.read(&streams).await.map(Read::Snapshot) });
                    return Poll::Ready(());
                }
                Place::At(_) => {}
            }
        }
        match self.streams.ring.join(&self.cursor, self.wanted, self.verified) {
            Join::At(seq) => self.phase = Phase::Live(seq),
            Join::NotConnected => return Poll::Pending,
            Join::Ahead { log, point } | Join::Other { log, point } => {
                let streams = self.streams.clone();
                self.read(log, async move { streams.source(log).exists(point).await.map(|()| Read::Exists) });
            }
            Join::Behind { log, after, until } => {
                if !self.takes_turn() {
                    return Poll::Ready(());
                }
                if let Some(older) = self.streams.source(log).in_memory(after, until) {
                    self.take(log, Read::Older(older));
                    return Poll::Ready(());
                }
                let streams = self.streams.clone();
                self.read(log, async move {
                    streams.source(log).older(&streams, after, until).await.map(Read::Older)
                });
            }
        }
        Poll::Ready(())
    }

    /// Uses the turn that was given to the stream, or asks for one.
    fn takes_turn(&mut self) -> bool {
        let has_turn = self.turn.take().is_some();
        if !has_turn {
            self.turn = Some(self.streams.turns.request());
        }
        has_turn
    }

    /// Reads in a task of its own, so that a heartbeat does not begin it anew. The task ends with the stream.
    fn read(&mut self, log: Log, reading: impl Future<Output = Result<Read, Status>> + Send + 'static) {
        let reading = telemetry::span::unsampled(reading);
        self.phase = Phase::Reading(log, AbortOnDropHandle::new(tokio::spawn(reading)));
    }
}
