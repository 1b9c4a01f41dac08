//! The rate limit of each caller, in memory: each process counts only its own requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use proto::error::v1::Reason;

use super::callers::Key;
use super::{Rate, is_health};
use crate::error::ApiError;

/// Number of requests between two removals of callers whose full burst is available again.
const CLEANUP_INTERVAL: u32 = 4_096;

/// Counts the requests of each caller. A caller whose burst is available in full again is removed in time, so the number
/// of entries is at most [`CLEANUP_INTERVAL`] more than the callers of the last `burst / rate` seconds.
pub(crate) struct CallerRateLimit<C: Clock = DefaultClock> {
    limiter: RateLimiter<Key, HashMapStateStore<Key>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    checked: AtomicU32,
}

impl CallerRateLimit {
    pub(crate) fn new(rate: Rate) -> Arc<Self> {
        Arc::new(Self::with_clock(rate, DefaultClock::default()))
    }
}

impl<C: Clock + Clone> CallerRateLimit<C> {
    fn with_clock(rate: Rate, clock: C) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Self { limiter, clock, checked: AtomicU32::new(0) }
    }

    /// Counts a request, or returns how long the caller has to wait until one is allowed.
    fn check(&self, key: &Key) -> Result<(), Duration> {
        if self.checked.fetch_add(1, Ordering::Relaxed) % CLEANUP_INTERVAL == CLEANUP_INTERVAL - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|it| it.wait_time_from(self.clock.now()))
    }
}

/// Answers 429 to a caller that exceeds its rate limit; other callers are not affected. Health checks are not limited.
pub(crate) async fn limit_caller_rate(
    State(limit): State<Option<Arc<CallerRateLimit>>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(limit) = limit.filter(|_| !is_health(&request)) else { return next.run(request).await };
    match limit.check(&Key::of(request.extensions())) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            let detail = "this caller exceeds its rate limit";
            let refused = ApiError::new(Reason::RateLimited, detail);
            // Whole seconds, rounded up.
            refused.after(wait.as_secs() + 1).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limit(per_second: u32, burst: u32) -> (CallerRateLimit<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let of = |it| NonZeroU32::new(it).unwrap();
        let rate = Rate { per_second: of(per_second), burst: of(burst) };
        (CallerRateLimit::with_clock(rate, clock.clone()), clock)
    }

    fn caller(subject: &str) -> Key {
        Key::Caller { issuer: "https://issuer".to_owned(), subject: subject.to_owned() }
    }

    #[test]
    fn a_burst_passes_then_one_request_each_interval() {
        let (limit, clock) = limit(2, 3);
        let ada = caller("ada");
        assert!((0..3).all(|_| limit.check(&ada).is_ok()));
        assert_eq!(limit.check(&ada), Err(Duration::from_millis(500)));
        clock.advance(Duration::from_millis(500));
        assert!(limit.check(&ada).is_ok());
        assert!(limit.check(&ada).is_err());
    }

    #[test]
    fn callers_do_not_take_from_each_other() {
        let (limit, _) = limit(1, 1);
        assert!(limit.check(&caller("ada")).is_ok());
        assert!(limit.check(&caller("ada")).is_err());
        assert!(limit.check(&caller("bob")).is_ok());
        let other = Key::Caller { issuer: "https://another".to_owned(), subject: "ada".to_owned() };
        assert!(limit.check(&other).is_ok());
    }

    #[test]
    fn callers_who_were_quiet_are_forgotten() {
        let (limit, clock) = limit(10, 10);
        for number in 0..3 * CLEANUP_INTERVAL {
            assert!(limit.check(&caller(&number.to_string())).is_ok());
            clock.advance(Duration::from_millis(1));
        }
        assert!(limit.limiter.len() <= CLEANUP_INTERVAL as usize + 100, "{}", limit.limiter.len());
    }
}
