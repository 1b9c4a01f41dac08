//! The rate limit of each caller.

use axum::extract::Request;
use net::rate_limit::RateLimit;
use proto::error::v1::Reason;

use super::callers::Key;
use super::{Rate, is_health};
use crate::error::ApiError;

pub(crate) type CallerRateLimit = RateLimit<Key>;

pub(crate) fn new(rate: Rate) -> CallerRateLimit {
    RateLimit::new(rate.per_second, rate.burst)
}

/// Refuses a request of a caller that exceeds its rate limit, by 429; other callers are not affected. Health checks are not limited.
pub(crate) fn check(limit: Option<&CallerRateLimit>, request: &Request) -> Result<(), ApiError> {
    let Some(limit) = limit.filter(|_| !is_health(request)) else { return Ok(()) };
    limit.check(&Key::of(request.extensions())).map_err(|wait| {
        let detail = "this caller exceeds its rate limit";
        // Whole seconds, rounded up.
        ApiError::new(Reason::RateLimited, detail).after(wait.as_secs() + 1)
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn caller(issuer: &str, subject: &str) -> Key {
        Key::Caller(access::testing::caller_of(issuer, subject).key())
    }

    #[test]
    fn callers_do_not_take_from_each_other() {
        let limit = new(Rate { per_second: NonZeroU32::MIN, burst: NonZeroU32::MIN });
        assert!(limit.check(&caller("https://issuer", "ada")).is_ok());
        assert!(limit.check(&caller("https://issuer", "ada")).is_err());
        assert!(limit.check(&caller("https://issuer", "bob")).is_ok());
        assert!(limit.check(&caller("https://another", "ada")).is_ok());
    }
}
