//! What became of the spans: the process counts by itself what was sent, what could not be, and what was dropped because
//! too many waited. The SDK's own count forgets failures.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Between two log lines about losses.
const INTERVAL: Duration = Duration::from_mins(1);

/// Counts of spans since the start. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Losses(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// Ended and sampled, and not dropped.
    accepted: AtomicU64,
    exported: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    said: Mutex<Said>,
}

#[derive(Debug, Default)]
struct Said {
    at: Option<Instant>,
    lost: u64,
}

impl Losses {
    /// Takes a span in, unless so many wait already; then it is dropped.
    pub(super) fn accept(&self, limit: u64) -> bool {
        let counts = &self.0;
        let done = counts.exported.load(Ordering::Relaxed) + counts.failed.load(Ordering::Relaxed);
        if counts.accepted.load(Ordering::Relaxed).saturating_sub(done) >= limit {
            counts.dropped.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        counts.accepted.fetch_add(1, Ordering::Relaxed);
        true
    }

    pub(super) fn exported(&self, spans: u64) {
        self.0.exported.fetch_add(spans, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, spans: u64) {
        self.0.failed.fetch_add(spans, Ordering::Relaxed);
    }

    /// Says what was lost since it was last said, once a minute at most.
    pub(super) fn say(&self, error: Option<&dyn std::fmt::Display>) {
        let (failed, dropped) =
            (self.0.failed.load(Ordering::Relaxed), self.0.dropped.load(Ordering::Relaxed));
        {
            let mut said = self.0.said.lock().unwrap_or_else(PoisonError::into_inner);
            let is_due = said.at.is_none_or(|at| at.elapsed() >= INTERVAL);
            if !is_due || said.lost == failed + dropped {
                return;
            }
            *said = Said { at: Some(Instant::now()), lost: failed + dropped };
        }
        let exported = self.0.exported.load(Ordering::Relaxed);
        let error = error.map(ToString::to_string);
        tracing::warn!(exported, failed, dropped, error, "spans were lost; the counts are since the start");
    }

    /// The last word, after the shutdown: what still waits has failed.
    pub(super) fn conclude(&self) {
        let (accepted, exported) =
            (self.0.accepted.load(Ordering::Relaxed), self.0.exported.load(Ordering::Relaxed));
        let (failed, dropped) = (accepted.saturating_sub(exported), self.0.dropped.load(Ordering::Relaxed));
        if failed + dropped > 0 {
            tracing::warn!(exported, failed, dropped, "spans were lost by the end");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_beyond_the_limit_is_dropped_and_counted() {
        let losses = Losses::default();
        let accepted = (0..5).filter(|_| losses.accept(3)).count();
        assert_eq!((accepted, losses.0.dropped.load(Ordering::Relaxed)), (3, 2));
        losses.exported(1);
        losses.failed(1);
        assert!(losses.accept(3) && losses.accept(3) && !losses.accept(3));
    }
}
