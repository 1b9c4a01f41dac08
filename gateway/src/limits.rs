//! The limits on clients; docs/limits.md lists them with the answer to a client beyond each.

pub(crate) mod caller_rate;
pub(crate) mod callers;
pub(crate) mod header;
pub(crate) mod in_flight;
pub(crate) mod reads;

use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use net::server::ConnectionLimits;

/// Bytes of a header that a connection reads. If a client sends more, it is answered 431 without a body, or its connection is closed.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;

/// The limits that the configuration sets.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Maximum number of open connections, of all clients and of one address.
    pub connections: ConnectionLimits,
    /// From the accept, or the first byte of a later request, to the last byte of the request's header.
    pub header_timeout: Duration,
    /// From the end of a request to the first byte of the next one on the same connection.
    pub idle_timeout: Duration,
    /// From the header to the answer; also the deadline of the gRPC calls made for it.
    pub request_timeout: Duration,
    /// How long a client may read nothing of a response before its connection is closed.
    pub write_timeout: Duration,
    /// Bytes per second, on average over the write timeout, that a client has to read of an event stream while there are more
    /// to send; 0 sets no minimum.
    pub stream_rate: u32,
    /// Maximum size of a request's target and header fields, up to [`MAX_HEADER_BYTES`].
    pub header_bytes: usize,
    /// Maximum size of a request body.
    pub body_bytes: usize,
    /// Maximum number of in-flight requests of all clients, and of those whose bodies are still to arrive; further ones are
    /// rejected at once.
    pub requests: usize,
    /// The share of one caller in `requests`; 0 sets none.
    pub requests_per_caller: usize,
    /// Maximum number of bytes in memory for all clients: of responses that were not read yet, and of bodies. Above the limit,
    /// reads and bodies are rejected.
    pub untaken_bytes: usize,
    /// The share of one caller in `untaken_bytes`; 0 sets none.
    pub untaken_bytes_per_caller: usize,
    /// The rate limit of one caller; `None` sets none.
    pub caller_rate: Option<Rate>,
}

/// A token bucket: a sustained rate and a burst.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Sustained number of requests per second.
    pub per_second: NonZeroU32,
    /// Number of requests that a caller may send at once after a pause.
    pub burst: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |per_second, burst| Some(Rate { per_second, burst });
        Self {
            connections: ConnectionLimits::of(4_096),
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            request_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(20),
            stream_rate: 1_024,
            // A token and the session cookies with an earlier one, each of up to 16 KiB, and as much for the rest.
            header_bytes: 48 * 1024,
            // The largest worker, with an escape sequence for each character, has 230 kB.
            body_bytes: 256 * 1024,
            requests: 1_024,
            requests_per_caller: 128,
            untaken_bytes: 256 * 1024 * 1024,
            untaken_bytes_per_caller: 32 * 1024 * 1024,
            caller_rate: NonZeroU32::new(200).zip(NonZeroU32::new(400)).and_then(|(a, b)| rate(a, b)),
        }
    }
}

/// Whether a request is a health check, which no limit applies to.
fn is_health(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    route.is_some_and(|it| matches!(it.as_str(), "/livez" | "/readyz"))
}
