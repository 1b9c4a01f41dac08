//! Counts what happens to workers. Nothing exports the counts yet.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::worker::OutcomeResult;

static CONVERGED: AtomicU64 = AtomicU64::new(0);
static FAILED: AtomicU64 = AtomicU64::new(0);
static CONVERGING_MICROS: AtomicU64 = AtomicU64::new(0);
static PROVIDER_CALLS: AtomicU64 = AtomicU64::new(0);
static PROVIDER_ERRORS: AtomicU64 = AtomicU64::new(0);
static SWEEPS: AtomicU64 = AtomicU64::new(0);

/// A generation ended, this long after it began.
pub(crate) fn generation_ended(result: OutcomeResult, after: Duration) {
    match result {
        OutcomeResult::Converged => {
            CONVERGED.fetch_add(1, Ordering::Relaxed);
            let micros = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
            CONVERGING_MICROS.fetch_add(micros, Ordering::Relaxed);
        }
        OutcomeResult::Failed => {
            FAILED.fetch_add(1, Ordering::Relaxed);
        }
        OutcomeResult::Superseded => {}
    }
}

/// A provider was called.
pub(crate) fn provider_called(succeeded: bool) {
    PROVIDER_CALLS.fetch_add(1, Ordering::Relaxed);
    if !succeeded {
        PROVIDER_ERRORS.fetch_add(1, Ordering::Relaxed);
    }
}

/// A provider was swept.
pub(crate) fn swept() {
    SWEEPS.fetch_add(1, Ordering::Relaxed);
}
