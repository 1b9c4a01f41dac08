//! Metrics of the event stream, and of the page (`page.rs`). A count of every delivery is kept in an atomic that is read when metrics are exported:
//! a delivery costs less than a measurement.

pub(crate) mod page;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proto::error::v1::Reason;
use telemetry::metrics::{Counter, Definition, Histogram, KeyValue, Kind, LAG_SECONDS, Observable};
use telemetry::semconv::{
    CCM_LOG, CCM_STREAM_END, CCM_STREAM_LIMIT, CCM_STREAM_PHASE, CCM_STREAM_RESET_REASON,
};

use crate::stream::Log;

static CLIENTS: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.stream.clients",
    "{client}",
    "Open event streams, by what they are doing.",
    &[CCM_STREAM_PHASE],
);
static EVENTS_SENT: Observable = Observable::new(
    Kind::Counter,
    "cml_cloud_manager.stream.events.sent",
    "{event}",
    "Events of a log that were sent to clients, counted once for each client; not those of snapshots.",
    &[],
);
static LAG: Histogram = Histogram::new(
    "cml_cloud_manager.stream.lag",
    "Time from a change to the arrival of its event at the gateway.",
    LAG_SECONDS,
    &[CCM_LOG],
);
static ENDS: Counter = Counter::new(
    "cml_cloud_manager.stream.ends",
    "{stream}",
    "Event streams that have ended, by why.",
    &[CCM_STREAM_END],
);
static RESETS: Counter = Counter::new(
    "cml_cloud_manager.stream.resets",
    "{reset}",
    "Clients that were told to throw away what they know, by why.",
    &[CCM_STREAM_RESET_REASON],
);
static REFUSED: Counter = Counter::new(
    "cml_cloud_manager.stream.refused",
    "{stream}",
    "Event streams that were refused, by the limit that was reached.",
    &[CCM_STREAM_LIMIT],
);
static CONNECTED: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.stream.source.connected",
    "{connection}",
    "Whether this gateway is reading a log (1) or not (0).",
    &[CCM_LOG],
);

/// The instruments of this crate, in the order of docs/metrics.md.
#[must_use]
pub fn definitions() -> Vec<&'static Definition> {
    let of_stream = [
        CLIENTS.definition(),
        EVENTS_SENT.definition(),
        LAG.definition(),
        ENDS.definition(),
        RESETS.definition(),
        REFUSED.definition(),
        CONNECTED.definition(),
    ];
    of_stream.into_iter().chain(page::definitions()).collect()
}

static SENT: AtomicU64 = AtomicU64::new(0);
static BY_PHASE: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];
static IS_CONNECTED: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];

/// Begins to observe, and makes the series of all counters.
pub(crate) fn start() {
    CLIENTS.observe(|to| {
        for phase in [StreamPhase::Snapshot, StreamPhase::Replaying, StreamPhase::Live] {
            let clients = BY_PHASE[phase as usize].load(Ordering::Relaxed);
            to.observe(clients, &[KeyValue::new(CCM_STREAM_PHASE, phase.name())]);
        }
    });
    page::start();
    EVENTS_SENT.observe(|to| to.observe(SENT.load(Ordering::Relaxed), &[]));
    // The numbers of an enum of the contract are small.
    let reasons = (1..100).filter_map(|it| Reason::try_from(it).ok());
    net::metrics::start_refused(reasons.map(Reason::text));
    for end in crate::stream::ENDS {
        ENDS.add(0, &[KeyValue::new(CCM_STREAM_END, end)]);
    }
    for reason in crate::stream::RESET_REASONS {
        RESETS.add(0, &[KeyValue::new(CCM_STREAM_RESET_REASON, reason)]);
    }
    for limit in crate::stream::LIMITS {
        REFUSED.add(0, &[KeyValue::new(CCM_STREAM_LIMIT, limit)]);
    }
}

/// Observes from now on whether this gateway is reading a log. A gateway that reads none shows nothing.
pub(crate) fn observe_source(log: Log) {
    CONNECTED.observe(move |to| {
        let connected = IS_CONNECTED[log as usize].load(Ordering::Relaxed);
        to.observe(connected, &[KeyValue::new(CCM_LOG, log.collection())]);
    });
}

/// What a stream is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamPhase {
    /// It sends a snapshot.
    Snapshot = 0,
    /// It sends events that are older than the stream, or waits for a service.
    Replaying = 1,
    /// It follows.
    Live = 2,
}

impl StreamPhase {
    fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Replaying => "replaying",
            Self::Live => "live",
        }
    }
}

/// An open stream, counted by its phase until this is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream(StreamPhase);

impl OpenStream {
    pub(crate) fn begin(phase: StreamPhase) -> Self {
        BY_PHASE[phase as usize].fetch_add(1, Ordering::Relaxed);
        Self(phase)
    }

    pub(crate) fn set(&mut self, phase: StreamPhase) {
        if self.0 != phase {
            *self = Self::begin(phase);
        }
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        BY_PHASE[self.0 as usize].fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts an event that was sent to a client.
pub(crate) fn event_sent() {
    SENT.fetch_add(1, Ordering::Relaxed);
}

/// Records the arrival of an event.
pub(crate) fn event_arrived(log: Log, lag: Duration) {
    LAG.record(lag, &[KeyValue::new(CCM_LOG, log.collection())]);
}

/// Counts a stream that has ended.
pub(crate) fn stream_ended(end: &'static str) {
    ENDS.add(1, &[KeyValue::new(CCM_STREAM_END, end)]);
}

/// Counts a client that was told to throw away what it knows.
pub(crate) fn stream_reset(reason: &'static str) {
    RESETS.add(1, &[KeyValue::new(CCM_STREAM_RESET_REASON, reason)]);
}

/// Counts a stream that was refused.
pub(crate) fn stream_refused(limit: &'static str) {
    REFUSED.add(1, &[KeyValue::new(CCM_STREAM_LIMIT, limit)]);
}

/// Notes whether this gateway is reading a log.
pub(crate) fn source_connected(log: Log, is_connected: bool) {
    IS_CONNECTED[log as usize].store(u64::from(is_connected), Ordering::Relaxed);
}
