//! The rate limit of each caller.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use net::rate_limit::RateLimit;
use proto::error::v1::Reason;

use super::callers::Key;
use super::{Rate, is_health};
use crate::error::ApiError;

pub(crate) type CallerRateLimit = RateLimit<Key>;

pub(crate) fn new(rate: Rate) -> Arc<CallerRateLimit> {
    Arc::new(RateLimit::new(rate.per_second, rate.burst))
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

    use super::*;

    fn caller(issuer: &str, subject: &str) -> Key {
        Key::Caller { issuer: issuer.to_owned(), subject: subject.to_owned() }
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
