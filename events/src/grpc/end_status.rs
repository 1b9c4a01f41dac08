//! How a watch ends, as its reader is told.

use std::time::Duration;

use net::grpc::status::{self, Reason};
use tonic::Status;

pub(super) fn history_gone() -> Status {
    let text = "the log does not go on from there; ask for a snapshot";
    status::with_reason(Reason::HistoryGone, text)
}

pub(super) fn stream_ended() -> Status {
    let text = "the connection ends; go on after the last position received";
    status::with_retry(Reason::StreamEnded, text, Duration::ZERO)
}

pub(super) fn token_ended() -> Status {
    let text = "the token has ended; go on after the last position received with a new one";
    status::with_reason(Reason::Unauthenticated, text)
}

pub(super) fn too_slow() -> Status {
    let text = "nothing was taken for too long; go on after the last position received";
    status::with_retry(Reason::ReaderTooSlow, text, Duration::from_secs(1))
}

pub(super) fn too_many() -> Status {
    let text = "too many watch this process already";
    status::with_retry(Reason::TooManyWatchers, text, Duration::from_secs(5))
}

pub(super) fn too_many_snapshots() -> Status {
    let text = "too many take a snapshot already, or you do";
    status::with_retry(Reason::TooManySnapshots, text, Duration::from_secs(1))
}
