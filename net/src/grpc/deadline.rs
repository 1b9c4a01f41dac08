//! The deadline of the request being served. A service gets it with `grpc-timeout`, the gateway sets it; every call made
//! for the request carries the time that is left.

use std::future::Future;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::task::futures::TaskLocalFuture;

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

tokio::task_local! {
    static DEADLINE: Instant;
}

/// Runs `future` under a deadline. An earlier deadline that is in force when this is called stays in force. When the
/// deadline passes, nothing is cancelled; the caller has to do that.
pub fn within<F: Future>(deadline: Instant, future: F) -> TaskLocalFuture<Instant, F> {
    let deadline = current().map_or(deadline, |outer| outer.min(deadline));
    DEADLINE.scope(deadline, future)
}

/// The deadline in force in this task.
#[must_use]
pub fn current() -> Option<Instant> {
    DEADLINE.try_with(|it| *it).ok()
}

/// The time left until the deadline in force; zero when it has passed.
#[must_use]
pub fn remaining() -> Option<Duration> {
    current().map(|it| it.saturating_duration_since(Instant::now()))
}

/// The timeout of a gRPC request; `None` if it has none or a malformed one.
pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_hours(amount),
        "M" => Duration::from_mins(amount),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

/// Adds the time left to a request as `grpc-timeout`. A timeout that the caller has set itself stays.
pub(crate) fn to_headers(remaining: Duration, headers: &mut HeaderMap) {
    if headers.contains_key(GRPC_TIMEOUT) {
        return;
    }
    // Eight digits at most: microseconds up to 99 s, else milliseconds up to a day.
    let micros = remaining.as_micros();
    let text = if micros < 100_000_000 {
        format!("{micros}u")
    } else {
        format!("{}m", remaining.as_millis().min(86_400_000))
    };
    if let Ok(mut value) = HeaderValue::try_from(text) {
        // HTTP/2 does not keep it for further requests, which have another one: looking through what is kept would take longer.
        value.set_sensitive(true);
        headers.insert(GRPC_TIMEOUT, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(GRPC_TIMEOUT, HeaderValue::from_static(text));
        from_headers(&headers)
    }

    #[test]
    fn timeouts_are_read_as_the_grpc_protocol_writes_them() {
        assert_eq!(parsed("250m"), Some(Duration::from_millis(250)));
        assert_eq!(parsed("2H"), Some(Duration::from_hours(2)));
        for bad in ["", "m", "1", "-1S", "123456789S", "1x", "1.5S"] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_timeout_written_is_the_timeout_read() {
        for sent in [Duration::from_micros(1), Duration::from_secs(10), Duration::from_hours(1)] {
            let mut headers = HeaderMap::new();
            to_headers(sent, &mut headers);
            assert_eq!(from_headers(&headers), Some(sent));
        }
    }

    #[tokio::test]
    async fn an_inner_deadline_never_outlives_the_outer_one() {
        let soon = Instant::now() + Duration::from_secs(1);
        let late = soon + Duration::from_secs(9);
        let inner = within(soon, async { within(late, async { current() }).await }).await;
        assert_eq!(inner, Some(soon));
    }
}
