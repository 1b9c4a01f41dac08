//! What is going on in a whole server, or towards a peer: how many calls there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is in flight. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Activity(Arc<AtomicUsize>);

impl Activity {
    /// Something begins; it ends when the answer is dropped.
    #[must_use]
    pub fn begin(&self) -> InFlight {
        self.0.fetch_add(1, Ordering::SeqCst);
        InFlight(self.clone())
    }

    /// How much is in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Something in flight, until dropped.
#[derive(Debug)]
pub struct InFlight(Activity);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
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
