//! The span of the delivery of an event to the clients of this gateway: a child of the span that caused the event.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use platform::shutdown::Shutdown;
use telemetry::propagation::Cause;
use telemetry::semconv;
use telemetry::span::{SpanBuilder, SpanKind, Timestamp};

use super::ring::{EntryKind, Ring};
use super::told::Shared;

/// How long after an event its deliveries are counted. Slower clients are not in its span.
const WINDOW: Duration = Duration::from_secs(2);
const INTERVAL: Duration = Duration::from_millis(500);
/// Number of newest entries whose spans may be due.
const MAX_DUE: usize = 5_000;

/// The deliveries of one event.
pub(super) struct Fanout {
    cause: Cause,
    /// From the change to its arrival here.
    lag: Duration,
    started: Timestamp,
    matched: AtomicU32,
    delivered: AtomicU32,
    /// Nanoseconds from `started` to the end of the last delivery; 0 before the first one, and after the span was made.
    last: AtomicU64,
}

impl Fanout {
    pub(super) fn new(cause: Cause, lag: Duration) -> Self {
        Self {
            cause,
            lag,
            started: Timestamp::now(),
            matched: AtomicU32::new(0),
            delivered: AtomicU32::new(0),
            last: AtomicU64::new(0),
        }
    }

    /// Counts a client whose filters match and that may see the event.
    pub(super) fn matched(&self) {
        self.matched.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a client whose connection has taken the event.
    pub(super) fn delivered(&self) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
        let elapsed = self.started.elapsed();
        if elapsed < WINDOW {
            // WINDOW is far below the 584 years that fit.
            let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX).max(1);
            self.last.fetch_max(nanos, Ordering::Relaxed);
        }
    }
}

/// Makes the spans of events some time after they were received, until `stop`.
pub(super) async fn run(ring: Arc<Ring>, stop: Shutdown) {
    loop {
        let ended = tokio::time::timeout(INTERVAL, stop.cancelled()).await.is_ok();
        for entry in ring.newest(MAX_DUE) {
            if let EntryKind::Event(told) = &entry.kind
                && (ended || told.fanout.started.elapsed() >= WINDOW)
            {
                span(told);
            }
        }
        if ended {
            return;
        }
    }
}

fn span(told: &Shared) {
    let fanout = &told.fanout;
    let last = fanout.last.swap(0, Ordering::Relaxed);
    if last == 0 {
        return;
    }
    let context = fanout.cause.context();
    let span =
        SpanBuilder::new(SpanKind::Producer).child_of(context).started_at(fanout.started).start(|it| {
            it.name("sse.fanout");
            it.set(semconv::CCM_EVENT_TYPE, told.kind.clone());
            it.set(told.log.id_attribute(), told.subject.to_string());
            it.set(semconv::CCM_STREAM_MATCHED, i64::from(fanout.matched.load(Ordering::Relaxed)));
            it.set(semconv::CCM_STREAM_DELIVERED, i64::from(fanout.delivered.load(Ordering::Relaxed)));
            it.set(semconv::CCM_STREAM_LAG, fanout.lag.as_secs_f64());
        });
    span.end_at(fanout.started.after(Duration::from_nanos(last)));
}
