//! How a watch ends, as its reader is told.

use std::time::Duration;

use net::grpc::status;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// Reason of an OUT_OF_RANGE: the log does not go on from there.
pub const HISTORY_GONE: &str = "HISTORY_GONE";
/// Reason of an UNAVAILABLE: the stream ended as all do at some time.
pub const STREAM_ENDED: &str = "STREAM_ENDED";
/// Reason of a RESOURCE_EXHAUSTED: the reader has taken nothing for too long.
pub const READER_TOO_SLOW: &str = "READER_TOO_SLOW";
/// Reason of a RESOURCE_EXHAUSTED: as many watch as may.
pub const TOO_MANY_WATCHERS: &str = "TOO_MANY_WATCHERS";
/// Reason of a RESOURCE_EXHAUSTED: as many take a snapshot as may.
pub const TOO_MANY_SNAPSHOTS: &str = "TOO_MANY_SNAPSHOTS";

pub(super) fn history_gone() -> Status {
    let text = "the log does not go on from there; ask for a snapshot";
    status::with_reason(Code::OutOfRange, HISTORY_GONE, text)
}

pub(super) fn stream_ended() -> Status {
    let text = "the connection ends; go on after the last position received";
    with_retry(Code::Unavailable, STREAM_ENDED, text, Duration::ZERO)
}

pub(super) fn token_ended() -> Status {
    let text = "the token has ended; go on after the last position received with a new one";
    status::with_reason(Code::Unauthenticated, access::grpc::UNAUTHENTICATED, text)
}

pub(super) fn too_slow() -> Status {
    let text = "nothing was taken for too long; go on after the last position received";
    with_retry(Code::ResourceExhausted, READER_TOO_SLOW, text, Duration::from_secs(1))
}

pub(super) fn too_many() -> Status {
    let text = "too many watch this process already";
    with_retry(Code::ResourceExhausted, TOO_MANY_WATCHERS, text, Duration::from_secs(5))
}

pub(super) fn too_many_snapshots() -> Status {
    let text = "too many take a snapshot already, or you do";
    with_retry(Code::ResourceExhausted, TOO_MANY_SNAPSHOTS, text, Duration::from_secs(1))
}

fn with_retry(code: Code, reason: &'static str, text: &str, after: Duration) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, status::DOMAIN, std::collections::HashMap::new());
    details.set_retry_info(Some(after));
    Status::with_error_details(code, text, details)
}
