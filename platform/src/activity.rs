//! What is going on: on a connection, or in a whole server. It tells when one may end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Counts what is in flight and remembers when something last went on. Clones share it.
#[derive(Clone, Debug)]
pub struct Activity(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    since: Instant,
    in_flight: AtomicUsize,
    /// Milliseconds after `since`.
    last_progress: AtomicU64,
}

impl Default for Activity {
    fn default() -> Self {
        let (in_flight, last_progress) = (AtomicUsize::new(0), AtomicU64::new(0));
        Self(Arc::new(Shared { since: Instant::now(), in_flight, last_progress }))
    }
}

impl Activity {
    /// Something begins; it ends when the answer is dropped.
    #[must_use]
    pub fn begin(&self) -> InFlight {
        self.0.in_flight.fetch_add(1, Ordering::SeqCst);
        self.progress();
        InFlight(self.clone())
    }

    /// Something went on.
    pub fn progress(&self) {
        let millis = u64::try_from(self.0.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.last_progress.store(millis, Ordering::SeqCst);
    }

    /// How much is in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::SeqCst)
    }

    /// How long ago something last went on.
    #[must_use]
    pub fn quiet_for(&self) -> Duration {
        let last = Duration::from_millis(self.0.last_progress.load(Ordering::SeqCst));
        self.0.since.elapsed().saturating_sub(last)
    }
}

/// Something in flight, until dropped.
#[derive(Debug)]
pub struct InFlight(Activity);

impl InFlight {
    /// It goes on.
    pub fn progress(&self) {
        self.0.progress();
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.progress();
        self.0.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_begun_is_in_flight_until_it_is_dropped() {
        let activity = Activity::default();
        let (first, second) = (activity.begin(), activity.clone().begin());
        assert_eq!(activity.in_flight(), 2);
        drop(first);
        assert_eq!(activity.in_flight(), 1);
        drop(second);
        assert_eq!(activity.in_flight(), 0);
    }
}
