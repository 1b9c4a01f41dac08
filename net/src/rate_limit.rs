//! A rate limit for each key, such as a caller or an address, in memory: each process counts only its own requests.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// Number of requests between two removals of keys whose full burst is available again.
const CLEANUP_INTERVAL: u32 = 4_096;

/// Counts the requests of each key. A key whose burst is available in full again is removed in time, so the number of entries is
/// at most [`CLEANUP_INTERVAL`] more than the keys of the last `burst / rate` seconds.
pub struct RateLimit<K: Clone + Eq + Hash, C: Clock = DefaultClock> {
    limiter: RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    checked: AtomicU32,
}

impl<K: Clone + Eq + Hash> RateLimit<K> {
    /// So many requests of a key per second, and so many at once after it was idle.
    #[must_use]
    pub fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        Self::with_clock(per_second, burst, DefaultClock::default())
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> RateLimit<K, C> {
    fn with_clock(per_second: NonZeroU32, burst: NonZeroU32, clock: C) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Self { limiter, clock, checked: AtomicU32::new(0) }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long to wait until one is allowed, if the key is beyond its rate; the request is not counted then.
    pub fn check(&self, key: &K) -> Result<(), Duration> {
        if self.checked.fetch_add(1, Ordering::Relaxed) % CLEANUP_INTERVAL == CLEANUP_INTERVAL - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|it| it.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limit(per_second: u32, burst: u32) -> (RateLimit<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let of = |it| NonZeroU32::new(it).unwrap();
        (RateLimit::with_clock(of(per_second), of(burst), clock.clone()), clock)
    }

    #[test]
    fn a_burst_passes_then_one_request_each_interval() {
        let (limit, clock) = limit(2, 3);
        assert!((0..3).all(|_| limit.check(&1).is_ok()));
        assert_eq!(limit.check(&1), Err(Duration::from_millis(500)));
        clock.advance(Duration::from_millis(500));
        assert!(limit.check(&1).is_ok());
        assert!(limit.check(&1).is_err());
    }

    #[test]
    fn a_key_has_a_burst_and_a_rate_and_others_are_not_affected() {
        let (limit, clock) = limit(20, 200);
        let taken = |key| (0..1_000).take_while(|_| limit.check(&key).is_ok()).count();
        assert_eq!(taken(1), 200);
        assert_eq!(taken(1), 0);
        assert_eq!(taken(2), 200);
        clock.advance(Duration::from_secs(1));
        assert_eq!(taken(1), 20);
        clock.advance(Duration::from_mins(1));
        assert_eq!(taken(1), 200);
    }

    #[test]
    fn keys_that_were_quiet_are_forgotten() {
        let (limit, clock) = limit(10, 10);
        for number in 0..3 * CLEANUP_INTERVAL {
            assert!(limit.check(&number).is_ok());
            clock.advance(Duration::from_millis(1));
        }
        assert!(limit.limiter.len() <= CLEANUP_INTERVAL as usize + 100, "{}", limit.limiter.len());
    }
}
