//! Log lines about what a client can make happen without end: one a minute, with the number of times.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_mins(1);

/// Counts what happens, and says when a log line is due.
#[derive(Default)]
pub(crate) struct Rarely(Mutex<State>);

#[derive(Default)]
struct State {
    last: Option<Instant>,
    count: u64,
}

impl Rarely {
    /// Counts one more. If no line was due within the last minute, one is, with the number since the last one.
    pub(crate) fn count(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.count += 1;
        if state.last.is_some_and(|last| now.saturating_duration_since(last) < INTERVAL) {
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_time_is_told_at_once_and_the_others_once_a_minute() {
        let (rarely, start) = (Rarely::default(), Instant::now());
        assert_eq!(rarely.count(start), Some(1));
        for second in 1..60 {
            assert_eq!(rarely.count(start + Duration::from_secs(second)), None);
        }
        assert_eq!(rarely.count(start + Duration::from_mins(1)), Some(60));
    }
}
