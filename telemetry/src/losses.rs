//! Counts exported, failed and dropped spans, and logs losses. The SDK does not count spans whose export failed.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Minimum time between two log lines about losses.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// Counters of the spans of one exporter since startup. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct SpanCounters(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// Sampled spans that ended and were put into the export queue.
    accepted: AtomicU64,
    exported: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    last_report: Mutex<LastReport>,
}

#[derive(Debug, Default)]
struct LastReport {
    at: Option<Instant>,
    lost: u64,
}

impl SpanCounters {
    /// Returns whether a span may be queued: fewer than `limit` spans are waiting. Otherwise, counts it as dropped.
    pub(super) fn accept(&self, limit: u64) -> bool {
        let may_wait = self.waiting() < limit;
        let counter = if may_wait { &self.0.accepted } else { &self.0.dropped };
        counter.fetch_add(1, Ordering::Relaxed);
        may_wait
    }

    /// The number of spans that are neither exported nor lost.
    pub(super) fn waiting(&self) -> u64 {
        let done = self.0.exported.load(Ordering::Relaxed) + self.0.failed.load(Ordering::Relaxed);
        self.0.accepted.load(Ordering::Relaxed).saturating_sub(done)
    }

    pub(super) fn exported(&self, spans: u64) {
        self.0.exported.fetch_add(spans, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, spans: u64) {
        self.0.failed.fetch_add(spans, Ordering::Relaxed);
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
        tracing::warn!(exported, failed, dropped, error, "spans were lost; counted since startup");
    }

    /// Logs all losses after the exporter was shut down. Spans that are still waiting count as failed.
    pub(super) fn report_total(&self) {
        let (accepted, exported) =
            (self.0.accepted.load(Ordering::Relaxed), self.0.exported.load(Ordering::Relaxed));
        let (failed, dropped) = (accepted.saturating_sub(exported), self.0.dropped.load(Ordering::Relaxed));
        if failed + dropped > 0 {
            tracing::warn!(exported, failed, dropped, "spans were lost, counted until shutdown");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_beyond_the_limit_are_dropped_and_counted() {
        let counters = SpanCounters::default();
        let accepted = (0..5).filter(|_| counters.accept(3)).count();
        assert_eq!((accepted, counters.0.dropped.load(Ordering::Relaxed)), (3, 2));
        counters.exported(1);
        counters.failed(1);
        assert!(counters.accept(3) && counters.accept(3) && !counters.accept(3));
    }
}
