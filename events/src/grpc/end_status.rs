//! The statuses with which a watch ends.

use std::time::Duration;

use net::grpc::status::{self, Reason};
use tonic::Status;

pub(super) fn history_gone() -> Status {
    let text = "the event log cannot be resumed from this position; request a snapshot";
    status::with_reason(Reason::HistoryGone, text)
}

pub(super) fn stream_ended() -> Status {
    let text = "the server is ending this connection; resume after the last position received";
    status::with_retry(Reason::StreamEnded, text, Duration::ZERO)
}

pub(super) fn deadline_expired() -> Status {
    let text = "the deadline of the call has expired; resume after the last position received";
    status::with_reason(Reason::TimedOut, text)
}

pub(super) fn token_expired() -> Status {
    let text = "the token has expired; resume with a new token after the last position received";
    status::with_reason(Reason::Unauthenticated, text)
}

pub(super) fn subscriber_too_slow() -> Status {
    let text = "the subscriber read nothing for too long; resume after the last position received";
    status::with_retry(Reason::ReaderTooSlow, text, Duration::from_secs(1))
}

pub(super) fn too_many_subscribers() -> Status {
    let text = "this process has reached its maximum number of subscribers";
    status::with_retry(Reason::TooManyWatchers, text, Duration::from_secs(5))
}

pub(super) fn too_many_watches_of_caller() -> Status {
    let text = "this caller has reached its share of the subscribers of this process";
    status::with_retry(Reason::TooManyWatchers, text, Duration::from_secs(5))
}

pub(super) fn too_many_snapshots() -> Status {
    let text = "this process is busy with the snapshots of other subscribers; resume where this one ended";
    status::with_retry(Reason::TooManySnapshots, text, Duration::from_secs(1))
}
