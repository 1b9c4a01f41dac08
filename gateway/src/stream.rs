//! The event stream: the events of both services, told to the clients of this gateway. The gateway reads each log once,
//! under its own identity, however many clients there are ([`ring`]); decides what each client is told by the rule in
//! `access`; and reads older events in pages that clients share. Snapshots are read with the client's own token.

mod client;
mod cursor;
mod fanout;
mod filter;
mod frame;
mod permits;
mod ring;
#[cfg(test)]
pub(crate) mod samples;
mod shared_answer;
mod source;
mod told;
mod turns;

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use access::{Caller, Identity};
use axum::http::Extensions;
use bytes::Bytes;
use futures_util::Stream;
use net::grpc::Peer;
use net::grpc::channel::{Channel, connect};
use platform::clock::{Clock, random_share};
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_client::EventServiceClient;
use serde_json::json;
use telemetry::semconv;

pub(crate) use self::filter::Filter;
pub use self::frame::TraceUrl;
pub(crate) use self::frame::trace_of;

use self::client::Client;
use self::client::Ends;
use self::cursor::Cursor;
use self::permits::StreamPermits;
use self::ring::Ring;
use self::source::Source;
use self::turns::Turns;
use crate::limits::callers::Key;
use crate::metrics;
use crate::public_url::PublicUrl;

/// The path of the stream.
pub(crate) const PATH: &str = "/api/events/stream";
/// The type of the reports of utilisation, which are no events of a log.
pub(crate) const REPORT: &str = "worker.metrics.updated";
/// Why a stream can end.
pub(crate) const ENDS: [&str; 5] = ["token_expired", "shutdown", "slow", "max_age", "disconnected"];
/// Why a client can be told to throw away what it knows.
pub(crate) const RESET_REASONS: [&str; 3] = ["unknown_id", "history_gone", "other_log"];
/// The limits above which a stream is refused.
pub(crate) const LIMITS: [&str; 2] = ["too_many_streams", "too_many_streams_of_caller"];
/// Mean pause before a client connects again.
const RETRY: Duration = Duration::from_secs(2);

/// A value for each log, by `Log as usize`.
type PerLog<T> = [T; 2];

/// The logs that the stream tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Log {
    Tasks = 0,
    Workers = 1,
}

impl Log {
    pub(crate) const ALL: PerLog<Self> = [Self::Tasks, Self::Workers];

    /// The `source` of its events.
    fn source(self) -> &'static str {
        match self {
            Self::Tasks => "/ccm/task-service",
            Self::Workers => "/ccm/worker-service",
        }
    }

    /// The path of its subjects under `/api`.
    pub(crate) fn collection(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Workers => "workers",
        }
    }

    /// The beginning of the names of its event types.
    fn type_prefix(self) -> &'static str {
        match self {
            Self::Tasks => "task.",
            Self::Workers => "worker.",
        }
    }

    /// The type for a subject that a client may no longer see.
    fn removed(self) -> &'static str {
        match self {
            Self::Tasks => "task.removed",
            Self::Workers => "worker.removed",
        }
    }

    /// The type for a subject of a snapshot.
    fn snapshot(self) -> &'static str {
        match self {
            Self::Tasks => "task.snapshot",
            Self::Workers => "worker.snapshot",
        }
    }

    fn id_attribute(self) -> &'static str {
        match self {
            Self::Tasks => semconv::CCM_TASK_ID,
            Self::Workers => semconv::CCM_WORKER_ID,
        }
    }
}

/// Settings of event streams.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Maximum number of open streams.
    pub max_streams: usize,
    /// Maximum number of open streams of one caller; 0 sets none.
    pub max_streams_per_caller: usize,
    /// Number of streams that catch up at the same time; others wait for their turn.
    pub turns: NonZeroUsize,
    /// Interval of heartbeats.
    pub heartbeat: Duration,
    /// Age at which a stream ends, and its client resumes with a new one.
    pub max_age: Duration,
    /// Template of the links to traces.
    pub trace_url: Option<TraceUrl>,
}

/// Where a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// With a snapshot.
    Snapshot,
    /// With the next event.
    Now,
    /// With the oldest events of the logs.
    Earliest,
    /// After a cursor; `None`: the client has an id that no gateway gave it.
    Resume(Option<Cursor>),
}

impl Start {
    /// Where a client goes on that has this id.
    pub(crate) fn after(id: &str) -> Self {
        Self::Resume(Cursor::parse(id))
    }

    /// Whether it is an id that no gateway gave.
    pub(crate) fn is_unknown(self) -> bool {
        self == Self::Resume(None)
    }
}

/// The streams of this gateway.
pub(crate) struct Streams {
    ring: Arc<Ring>,
    sources: PerLog<Source>,
    /// Clients for snapshots, with channels of their own.
    snapshots: PerLog<EventServiceClient<Channel>>,
    permits: StreamPermits,
    turns: Turns,
    settings: Settings,
    clock: Clock,
}

impl Streams {
    /// Makes the streams. The services need not be reachable yet.
    pub(crate) fn new(
        tasks: &Peer,
        workers: &Peer,
        identity: Option<&Identity>,
        settings: Settings,
        clock: Clock,
    ) -> Arc<Self> {
        // A stream ends with its connection, so feeds and snapshots share none with requests.
        let client = |peer: &Peer| {
            EventServiceClient::new(connect(peer).0)
                .max_decoding_message_size(crate::services::MAX_ANSWER_BYTES)
        };
        let source = |log, peer| Source::new(log, client(peer), identity.cloned());
        let ring = Ring::new();
        Arc::new(Self {
            sources: [source(Log::Tasks, tasks), source(Log::Workers, workers)],
            snapshots: [client(tasks), client(workers)],
            permits: StreamPermits::new(settings.max_streams, settings.max_streams_per_caller),
            turns: Turns::new(settings.turns.get(), ring.clone()),
            ring,
            settings,
            clock,
        })
    }

    /// Whether this gateway has an identity to read the logs with.
    pub(crate) fn can_read_logs(&self) -> bool {
        self.sources[0].has_identity()
    }

    /// Reads the logs until `stop`.
    pub(crate) async fn run(self: Arc<Self>, stop: Shutdown) {
        if !self.can_read_logs() {
            tracing::warn!(
                "event streams are off: no setting says where this process gets a token of its own"
            );
            return;
        }
        tokio::join!(
            self.sources[0].feed(&self, &stop),
            self.sources[1].feed(&self, &stop),
            fanout::run(self.ring.clone(), stop.clone()),
        );
    }

    /// Where the logs are now, as an id from which a stream can go on; `None` while a service was not reached yet.
    pub(crate) fn position(&self) -> Option<String> {
        let heads = self.ring.heads();
        heads.iter().all(Option::is_some).then(|| Cursor::at(heads).to_text())
    }

    /// Opens the stream of a caller. Above a limit, it is a stream that says so and ends.
    pub(crate) fn open(
        self: &Arc<Self>,
        caller: Caller,
        filter: Filter,
        start: Start,
        extensions: &Extensions,
    ) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> + Send + 'static + use<> {
        let opened = match self.permits.acquire(&Key::of(extensions)) {
            Ok(permit) => {
                let ends = Ends::new(extensions, caller.accepted_until, &self.clock, &self.settings);
                Opened::Client { client: Client::new(self.clone(), caller, filter, start, ends, permit) }
            }
            Err(full) => {
                let (reason, retry) = (permits::reason(full), retry() * 5);
                metrics::stream_refused(reason);
                let data = json!({"reason": reason, "reconnect_in_ms": retry});
                let block = frame::control(self, "system.sse.rejected", &data, None, Some(retry));
                Opened::Rejected { block: Some(block) }
            }
        };
        let public = PublicUrl::of(extensions);
        let own_links = self.settings.trace_url.as_ref().zip(public.told());
        let links = own_links.and_then(|(url, gateway)| url.relink(gateway)).map(Box::new);
        Blocks { opened, links }
    }

    fn source(&self, log: Log) -> &Source {
        &self.sources[log as usize]
    }
}

/// The block with another text for each `from`.
fn replace(block: Bytes, from: &str, to: &str) -> Bytes {
    match std::str::from_utf8(&block) {
        Ok(text) if text.contains(from) => text.replace(from, to).into(),
        _ => block,
    }
}

/// Milliseconds after which a client connects again, different for each client.
fn retry() -> u64 {
    u64::try_from(RETRY.mul_f64(0.5 + random_share()).as_millis()).unwrap_or_default()
}

pin_project_lite::pin_project! {
    /// The blocks of a stream.
    struct Blocks {
        #[pin]
        opened: Opened,
        // A text of the blocks and what this client gets instead: the beginning of the links to traces.
        links: Option<Box<(String, String)>>,
    }
}

pin_project_lite::pin_project! {
    #[project = OpenedProjection]
    enum Opened {
        Client { #[pin] client: Client },
        Rejected { block: Option<Bytes> },
    }
}

impl Stream for Blocks {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let block = match this.opened.project() {
            OpenedProjection::Client { client } => ready!(client.poll_next(cx)),
            OpenedProjection::Rejected { block } => block.take(),
        };
        let Some(links) = this.links else { return Poll::Ready(block.map(Ok)) };
        Poll::Ready(block.map(|it| Ok(replace(it, &links.0, &links.1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size that the allocator has for it; ADR 37 says what it is for.
    #[test]
    fn a_stream_has_no_more_than_768_bytes() {
        assert!(size_of::<Blocks>() <= 768, "{}", size_of::<Blocks>());
    }
}
