//! One stream: a snapshot if the client needs one, older events, then new ones as they come, until it ends.

mod end;
mod snapshot;
mod telling;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::{Caller, Visibility};
use bytes::Bytes;
use net::grpc::status;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;

pub(super) use self::end::Ends;
use self::end::{End, EndSpan, Wake};
use super::cursor::{Cursor, Place, Point};
use super::filter::Filter;
use super::frame::control;
use super::permits::{PartPermit, StreamPermit};
use super::ring::{Found, Join};
use super::source::Older;
use super::told::Shared;
use super::turns::Turn;
use super::{Log, PerLog, Start, Streams};
use crate::metrics::{OpenStream, StreamPhase};

/// Pause after a service did not answer.
const RETRY: Duration = Duration::from_secs(1);

/// Blocks for which a client that has none to send keeps room.
const READY: usize = 4;

/// A client that takes a part of a snapshot within this time gets larger ones.
const FAST: Duration = Duration::from_secs(1);

/// A stream of one client. Nothing happens unless [`Client::next`] is polled, so a client that does not read costs nothing.
pub(crate) struct Client {
    state: State,
    ends: Ends,
    span: EndSpan,
    /// The last block, which the connection has sent on if it asks for the next one.
    taken: Taken,
    counted: OpenStream,
}

struct State {
    streams: Arc<Streams>,
    caller: Caller,
    visibility: Visibility,
    filter: Filter,
    /// The logs that have events for the client.
    wanted: PerLog<bool>,
    /// What the client has, once `ready` was sent.
    cursor: Cursor,
    phase: Phase,
    /// Subjects of each kind sent by the snapshot in progress; `None`: there is none.
    snapshot: Option<PerLog<u64>>,
    /// The points that are beyond what this gateway has read, and exist.
    verified: PerLog<bool>,
    permit: StreamPermit,
    /// Whether the client has taken the last part of a snapshot at once, so that the next one may be large.
    is_fast: bool,
    /// Whether a log was reset before, so that the next reset waits.
    was_reset: PerLog<bool>,
    /// Whether a failed read was logged.
    is_warned: bool,
    moved: watch::Receiver<u64>,
    /// A turn to catch up that was requested, and not used yet.
    turn: Option<Turn>,
    ready: VecDeque<Ready>,
}

/// A block to be sent.
struct Ready {
    block: Bytes,
    taken: Taken,
}

/// What is known of a block that the connection has.
#[derive(Default)]
enum Taken {
    #[default]
    Other,
    Event(Shared),
    /// Boxed, because nearly all blocks are events.
    Part(Box<TakenPart>),
}

/// A part of a snapshot.
struct TakenPart {
    /// The room of a large part.
    _room: Option<PartPermit>,
    /// When the connection has got it.
    at: Instant,
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
    Pausing(std::pin::Pin<Box<tokio::time::Sleep>>),
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
        let moved = streams.ring.subscribe();
        let mut state = State {
            visibility: caller.visibility(),
            wanted: filter.logs(),
            cursor: Cursor::default(),
            phase: Phase::Deciding,
            snapshot: None,
            verified: [false; 2],
            permit,
            is_fast: false,
            was_reset: [false; 2],
            is_warned: false,
            moved,
            turn: None,
            ready: VecDeque::new(),
            streams,
            caller,
            filter,
        };
        state.start(start);
        let span = EndSpan::begin(&ends);
        let counted = OpenStream::begin(state.phase());
        Self { state, ends, span, taken: Taken::default(), counted }
    }

    /// The next block; `None` after the last one.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        match std::mem::take(&mut self.taken) {
            Taken::Other => {}
            Taken::Event(told) => told.fanout.delivered(),
            Taken::Part(part) => self.state.is_fast = part.at.elapsed() < FAST,
        }
        loop {
            if let Some(ready) = self.state.ready.pop_front() {
                if self.state.ready.is_empty() && self.state.ready.capacity() > READY {
                    // After a burst, each of the clients would keep its room.
                    self.state.ready.shrink_to(READY);
                }
                let Ready { block, mut taken } = ready;
                self.span.sent(&block, matches!(taken, Taken::Event(_)));
                if let Taken::Part(part) = &mut taken {
                    part.at = Instant::now();
                }
                self.taken = taken;
                return Some(block);
            }
            if self.span.has_ended() {
                return None;
            }
            tokio::select! {
                biased;
                wake = self.ends.next() => match wake {
                    Wake::Heartbeat => self.state.heartbeat(),
                    Wake::End(end) => self.end(end),
                },
                () = self.state.step() => self.counted.set(self.state.phase()),
            }
        }
    }

    fn end(&mut self, end: End) {
        let block = end.block(&self.state.streams, self.state.id());
        self.state.push(block);
        self.span.ended(end);
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
        let data = json!({
            "user": &*self.caller.sub,
            "department": self.caller.department,
            "roles": self.caller.roles.iter().map(Into::<&str>::into).collect::<Vec<_>>(),
            "filters": {
                "event_types": self.filter.type_names,
                "task_ids": self.filter.task_ids,
                "worker_ids": self.filter.worker_ids,
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
    }

    /// What the stream is doing, for its metric.
    fn phase(&self) -> StreamPhase {
        match (&self.phase, self.snapshot) {
            (Phase::Live(_), _) => StreamPhase::Live,
            (_, Some(_)) => StreamPhase::Snapshot,
            (_, None) => StreamPhase::Replaying,
        }
    }

    /// Does the next thing, until there may be something ready. Cancel safe.
    async fn step(&mut self) {
        if let Some(turn) = self.turn.as_mut().filter(|it| !it.is_given()) {
            return turn.given().await;
        }
        match &mut self.phase {
            Phase::AwaitingNow => {
                if self.starts_now() {
                    self.phase = Phase::Deciding;
                } else {
                    self.changed().await;
                }
            }
            Phase::Deciding => self.decide().await,
            Phase::Reading(log, reading) => {
                let log = *log;
                // A task that panicked is asked again.
                let read = reading.await.unwrap_or_else(|_| Err(status::internal()));
                self.phase = Phase::Deciding;
                match read {
                    Ok(read) => self.take(log, read),
                    Err(error) => self.failed(log, &error),
                }
            }
            Phase::Pausing(pause) => {
                pause.as_mut().await;
                self.phase = Phase::Deciding;
            }
            Phase::Live(seq) => {
                let seq = *seq;
                if !self.follows(seq) {
                    self.changed().await;
                    // Here, and not in the next step: most steps of all streams are this one.
                    self.follows(seq);
                }
            }
        }
    }

    /// Takes what the ring has from `seq` on; returns false if that is nothing yet.
    fn follows(&mut self, seq: u64) -> bool {
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
                return false;
            }
            Found::Evicted => self.phase = Phase::Deciding,
        }
        true
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

    /// Waits until the ring has changed since it was looked at.
    async fn changed(&mut self) {
        if self.moved.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    async fn decide(&mut self) {
        self.moved.mark_unchanged();
        for log in Log::ALL.into_iter().filter(|it| self.wanted[*it as usize]) {
            match self.cursor.0[log as usize] {
                Place::Earliest => {
                    if !self.takes_turn() {
                        return;
                    }
                    let streams = self.streams.clone();
                    self.read(log, async move { streams.source(log).earliest().await.map(Read::Earliest) });
                    return;
                }
                place @ (Place::Nowhere | Place::Within(..)) => {
                    if !self.takes_turn() {
                        return;
                    }
                    self.snapshot.get_or_insert_default();
                    let room = if self.is_fast { self.permit.parts.try_acquire() } else { None };
                    let request = snapshot::Request::new(log, place, &self.caller, &self.filter, room);
                    let streams = self.streams.clone();
                    self.read(log, async move { request.read(&streams).await.map(Read::Snapshot) });
                    return;
                }
                Place::At(_) => {}
            }
        }
        match self.streams.ring.join(&self.cursor, self.wanted, self.verified) {
            Join::At(seq) => self.phase = Phase::Live(seq),
            Join::NotConnected => self.changed().await,
            Join::Ahead { log, point } | Join::Other { log, point } => {
                let streams = self.streams.clone();
                self.read(log, async move { streams.source(log).exists(point).await.map(|()| Read::Exists) });
            }
            Join::Behind { log, after, until } => {
                if !self.takes_turn() {
                    return;
                }
                if let Some(older) = self.streams.source(log).in_memory(after, until) {
                    return self.take(log, Read::Older(older));
                }
                let streams = self.streams.clone();
                self.read(log, async move {
                    streams.source(log).older(&streams, after, until).await.map(Read::Older)
                });
            }
        }
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
