//! Counts what the exporters of a process exported, failed to export and dropped, and logs losses. The SDK does not count
//! what it could not export.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Minimum time between two log lines about losses.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// One of the three kinds of telemetry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Data points of metrics.
    Metrics,
    /// Log records.
    Logs,
}

impl Signal {
    /// Returns `traces`, `metrics` or `logs`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }

    /// What the receiver of this signal receives.
    pub(super) fn item(self) -> &'static str {
        match self {
            Self::Traces => "span",
            Self::Metrics => "metric",
            Self::Logs => "log",
        }
    }

    /// What an exporter of this signal counts.
    pub(super) fn items(self) -> &'static str {
        match self {
            Self::Traces => "spans",
            Self::Metrics => "data points",
            Self::Logs => "log records",
        }
    }
}

/// All exporters of this process, in the order in which they were made.
static EXPORTERS: Mutex<Vec<Counters>> = Mutex::new(Vec::new());

/// Returns the state of every exporter of this process.
#[must_use]
pub fn exporters() -> Vec<ExporterState> {
    EXPORTERS.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Counters::state).collect()
}

/// What an exporter has done since startup.
#[derive(Clone, Copy, Debug)]
pub struct ExporterState {
    /// What it exports.
    pub signal: Signal,
    /// `otlp_grpc_span_exporter`, for example: the type of the component in the semantic conventions.
    pub exporter: &'static str,
    /// Items that wait for export, those that are being exported included.
    pub waiting: u64,
    /// Number of items that may wait; `None` if nothing waits, because each export has the newest values.
    pub capacity: Option<u64>,
    /// Exported items.
    pub exported: u64,
    /// Items that the receiver rejected or that were lost at the shutdown.
    pub failed: u64,
    /// Items that were dropped because too many waited.
    pub dropped: u64,
    /// Exports that failed, those included that were repeated.
    pub failed_attempts: u64,
    /// The time since the last successful export; since the start, if there was none.
    pub age: Duration,
    /// Whether there was a successful export.
    pub has_exported: bool,
    /// Whether the receiver was unreachable at the last export.
    pub is_unreachable: bool,
}

/// Counters of one exporter since startup. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Counters(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    signal: Signal,
    exporter: &'static str,
    capacity: AtomicU64,
    /// Items that were put into the export queue.
    accepted: AtomicU64,
    exported: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    failed_attempts: AtomicU64,
    /// Milliseconds from `started` to the last successful export.
    last_export: AtomicU64,
    is_unreachable: std::sync::atomic::AtomicBool,
    started: Instant,
    last_report: Mutex<LastReport>,
}

#[derive(Debug, Default)]
struct LastReport {
    at: Option<Instant>,
    lost: u64,
}

impl Counters {
    pub(super) fn new(signal: Signal, exporter: &'static str) -> Self {
        let counters = Self(Arc::new(Counts {
            signal,
            exporter,
            capacity: AtomicU64::default(),
            accepted: AtomicU64::default(),
            exported: AtomicU64::default(),
            failed: AtomicU64::default(),
            dropped: AtomicU64::default(),
            failed_attempts: AtomicU64::default(),
            last_export: AtomicU64::default(),
            is_unreachable: false.into(),
            started: Instant::now(),
            last_report: Mutex::default(),
        }));
        EXPORTERS.lock().unwrap_or_else(PoisonError::into_inner).push(counters.clone());
        counters
    }

    pub(super) fn signal(&self) -> Signal {
        self.0.signal
    }

    /// Sets the number of items that may wait.
    pub(super) fn set_capacity(&self, capacity: u64) {
        self.0.capacity.store(capacity, Ordering::Relaxed);
    }

    /// Returns whether an item may be queued: fewer than the capacity are waiting. Otherwise, counts it as dropped.
    pub(super) fn accept(&self) -> bool {
        let may_wait = self.waiting() < self.0.capacity.load(Ordering::Relaxed);
        let counter = if may_wait { &self.0.accepted } else { &self.0.dropped };
        counter.fetch_add(1, Ordering::Relaxed);
        may_wait
    }

    /// Counts items that are about to be exported without having waited.
    pub(super) fn accept_all(&self, items: u64) {
        self.0.accepted.fetch_add(items, Ordering::Relaxed);
    }

    /// The number of items that are neither exported nor lost.
    pub(super) fn waiting(&self) -> u64 {
        let done = self.0.exported.load(Ordering::Relaxed) + self.0.failed.load(Ordering::Relaxed);
        self.0.accepted.load(Ordering::Relaxed).saturating_sub(done)
    }

    pub(super) fn exported(&self, items: u64) {
        self.0.exported.fetch_add(items, Ordering::Relaxed);
        let now = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.last_export.store(now.max(1), Ordering::Relaxed);
    }

    pub(super) fn failed(&self, items: u64) {
        self.0.failed.fetch_add(items, Ordering::Relaxed);
    }

    pub(super) fn attempt_failed(&self) {
        self.0.failed_attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes whether the receiver can be reached, and returns whether that has changed.
    pub(super) fn set_unreachable(&self, is_unreachable: bool) -> bool {
        self.0.is_unreachable.swap(is_unreachable, Ordering::Relaxed) != is_unreachable
    }

    fn state(&self) -> ExporterState {
        let of = |it: &AtomicU64| it.load(Ordering::Relaxed);
        let (capacity, last_export) = (of(&self.0.capacity), of(&self.0.last_export));
        ExporterState {
            signal: self.0.signal,
            exporter: self.0.exporter,
            waiting: self.waiting(),
            capacity: Some(capacity).filter(|it| *it > 0),
            exported: of(&self.0.exported),
            failed: of(&self.0.failed),
            dropped: of(&self.0.dropped),
            failed_attempts: of(&self.0.failed_attempts),
            age: self.0.started.elapsed().saturating_sub(Duration::from_millis(last_export)),
            has_exported: last_export > 0,
            is_unreachable: self.0.is_unreachable.load(Ordering::Relaxed),
        }
    }

    /// Logs the losses since the last report, at most once a minute.
    pub(super) fn report(&self, error: Option<&dyn std::fmt::Display>) {
        let (failed, dropped) =
            (self.0.failed.load(Ordering::Relaxed), self.0.dropped.load(Ordering::Relaxed));
        {
            let mut last = self.0.last_report.lock().unwrap_or_else(PoisonError::into_inner);
            let is_due = last.at.is_none_or(|at| at.elapsed() >= LOG_INTERVAL);
            if !is_due || last.lost == failed + dropped {
                return;
            }
            *last = LastReport { at: Some(Instant::now()), lost: failed + dropped };
        }
        let exported = self.0.exported.load(Ordering::Relaxed);
        let error = error.map(ToString::to_string);
        let items = self.0.signal.items();
        tracing::warn!(exported, failed, dropped, error, "{items} were lost; counted since startup");
    }

    /// Logs all losses after the exporter was shut down. What is still waiting counts as failed.
    pub(super) fn report_total(&self) {
        let (accepted, exported) =
            (self.0.accepted.load(Ordering::Relaxed), self.0.exported.load(Ordering::Relaxed));
        let (failed, dropped) = (accepted.saturating_sub(exported), self.0.dropped.load(Ordering::Relaxed));
        if failed + dropped > 0 {
            let items = self.0.signal.items();
            tracing::warn!(exported, failed, dropped, "{items} were lost, counted until shutdown");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_beyond_the_capacity_are_dropped_and_counted() {
        let counters = Counters::new(Signal::Traces, "test");
        counters.set_capacity(3);
        let accepted = (0..5).filter(|_| counters.accept()).count();
        assert_eq!((accepted, counters.state().dropped), (3, 2));
        counters.exported(1);
        counters.failed(1);
        assert!(counters.accept() && counters.accept() && !counters.accept());
        let state = counters.state();
        assert_eq!((state.waiting, state.exported, state.failed, state.dropped), (3, 1, 1, 3));
        assert!(state.has_exported);
    }
}
