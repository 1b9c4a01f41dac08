//! What clients may take, and how one who takes more is told. docs/limits.md is the list.

pub(crate) mod caller_rate;
pub(crate) mod callers;
pub(crate) mod header;
pub(crate) mod in_flight;

use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};

/// What a connection takes of a header; a client that sends more is cut, or answered without a body.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;

/// What clients may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once; further ones wait to be accepted.
    pub connections: usize,
    /// From the accept, or the end of the request before, to the last byte of a request's header.
    pub header_timeout: Duration,
    /// From the header to the answer; what is left of it is the deadline of the gRPC calls.
    pub request_timeout: Duration,
    /// Without any of an answer being taken, before the connection is cut.
    pub write_timeout: Duration,
    /// Bytes of a request's target and header fields, up to [`MAX_HEADER_BYTES`].
    pub header_bytes: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Requests being answered at once, of all clients; further ones are refused, none waits.
    pub requests: usize,
    /// Bytes of answers that clients have not taken yet; of who reads more is refused.
    pub untaken_bytes: usize,
    /// How often one caller may ask; `None` for as often as it likes.
    pub caller_rate: Option<Rate>,
}

/// How often one caller may ask.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Requests a second, for long.
    pub per_second: NonZeroU32,
    /// Requests at once, of a caller who was quiet.
    pub burst: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let rate = |per_second, burst| Some(Rate { per_second, burst });
        Self {
            connections: 4_096,
            header_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(20),
            header_bytes: 32 * 1024,
            body_bytes: 1024 * 1024,
            requests: 1_024,
            untaken_bytes: 256 * 1024 * 1024,
            caller_rate: NonZeroU32::new(200).zip(NonZeroU32::new(400)).and_then(|(a, b)| rate(a, b)),
        }
    }
}

/// Whether this is how an orchestrator looks after the process: answered however loaded it is.
fn is_health(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    route.is_some_and(|it| matches!(it.as_str(), "/livez" | "/readyz"))
}
