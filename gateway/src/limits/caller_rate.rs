//! How often one caller may ask: by who it is once its token is verified, otherwise by where it connects from.

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

/// Requests after which callers who were quiet are forgotten.
const TIDY_EVERY: u32 = 4_096;

/// What each caller has left. A caller who has everything left is as good as unknown and forgotten in time, so what is
/// kept is at most [`TIDY_EVERY`] more than the requests of the last `1 / rate` seconds.
pub(crate) struct Callers<C: Clock = DefaultClock> {
    left: RateLimiter<Key, HashMapStateStore<Key>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    checked: AtomicU32,
}

impl Callers {
    pub(crate) fn new(rate: Rate) -> Arc<Self> {
        Arc::new(Self::with_clock(rate, DefaultClock::default()))
    }
}

impl<C: Clock + Clone> Callers<C> {
    fn with_clock(rate: Rate, clock: C) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        let left = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Self { left, clock, checked: AtomicU32::new(0) }
    }

    /// Takes one of what the caller has left, or tells how long it has to wait for the next.
    fn take(&self, key: &Key) -> Result<(), Duration> {
        if self.checked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.left.retain_recent();
            self.left.shrink_to_fit();
        }
        self.left.check_key(key).map_err(|it| it.wait_time_from(self.clock.now()))
    }
}

/// Answers 429 to a caller who asks more often than it may; the others do not notice.
pub(crate) async fn admit(
    State(callers): State<Option<Arc<Callers>>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(callers) = callers.filter(|_| !is_health(&request)) else { return next.run(request).await };
    match callers.take(&Key::of(request.extensions())) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            let detail = "this caller sends requests faster than it may";
            let refused = ApiError::new(Reason::RateLimited, detail);
            // Whole seconds, never too few.
            refused.after(wait.as_secs() + 1).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn callers(per_second: u32, burst: u32) -> (Callers<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let of = |it| NonZeroU32::new(it).unwrap();
        let rate = Rate { per_second: of(per_second), burst: of(burst) };
        (Callers::with_clock(rate, clock.clone()), clock)
    }

    fn caller(subject: &str) -> Key {
        Key::Caller { issuer: "https://issuer".to_owned(), subject: subject.to_owned() }
    }

    #[test]
    fn a_burst_passes_then_one_request_each_interval() {
        let (callers, clock) = callers(2, 3);
        let ada = caller("ada");
        assert!((0..3).all(|_| callers.take(&ada).is_ok()));
        assert_eq!(callers.take(&ada), Err(Duration::from_millis(500)));
        clock.advance(Duration::from_millis(500));
        assert!(callers.take(&ada).is_ok());
        assert!(callers.take(&ada).is_err());
    }

    #[test]
    fn callers_do_not_take_from_each_other() {
        let (callers, _) = callers(1, 1);
        assert!(callers.take(&caller("ada")).is_ok());
        assert!(callers.take(&caller("ada")).is_err());
        assert!(callers.take(&caller("bob")).is_ok());
        let other = Key::Caller { issuer: "https://another".to_owned(), subject: "ada".to_owned() };
        assert!(callers.take(&other).is_ok());
    }

    #[test]
    fn callers_who_were_quiet_are_forgotten() {
        let (callers, clock) = callers(10, 10);
        for number in 0..3 * TIDY_EVERY {
            assert!(callers.take(&caller(&number.to_string())).is_ok());
            clock.advance(Duration::from_millis(1));
        }
        assert!(callers.left.len() <= TIDY_EVERY as usize + 100, "{}", callers.left.len());
    }
}
