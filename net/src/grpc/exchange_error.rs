//! Why a call has no response, and whether the peer can have processed it.

use std::error::Error;

use h2::Reason;
use platform::causes::causes;
use platform::connection_failure::ConnectionFailure;
use tower::BoxError;

/// A call that ended without a complete response.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    /// There is no connection, so nothing was sent.
    #[error("no connection to {endpoint}")]
    NotConnected { endpoint: String, failure: ConnectionFailure, source: BoxError },
    /// The connection ended before the peer accepted the request, so nothing was processed.
    #[error("{endpoint} accepted no more requests on this connection")]
    NotTaken { endpoint: String, source: hyper::Error },
    /// The connection ended during the call, so the peer may have processed it.
    #[error("the connection to {endpoint} was lost")]
    Lost { endpoint: String, source: hyper::Error },
}

impl ExchangeError {
    pub(super) fn after_connecting(endpoint: String, source: hyper::Error) -> Self {
        if source.is_canceled() || causes(&source).any(is_refusal) {
            Self::NotTaken { endpoint, source }
        } else {
            Self::Lost { endpoint, source }
        }
    }

    /// Why the peer did not answer.
    pub(super) fn failure(&self) -> ConnectionFailure {
        match self {
            Self::NotConnected { failure, .. } => *failure,
            Self::NotTaken { .. } => ConnectionFailure::Closed,
            // HTTP/2 keep-alive: the peer hangs, or the network to it is gone.
            Self::Lost { source, .. } if source.is_timeout() || is_keep_alive(source) => {
                ConnectionFailure::TimedOut
            }
            Self::Lost { source, .. } => ConnectionFailure::of_chain(source).or(ConnectionFailure::Closed),
        }
    }

    /// Whether the peer has certainly not processed the request.
    pub(super) fn nothing_done(&self) -> bool {
        !matches!(self, Self::Lost { .. })
    }
}

/// RFC 9113: a stream above the last one of a GOAWAY (section 6.8), or refused (section 8.7), was not processed.
fn is_refusal(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<h2::Error>().is_some_and(|it| {
        let refused = it.is_reset() && it.reason() == Some(Reason::REFUSED_STREAM);
        let gone_away = it.is_go_away() && it.reason() == Some(Reason::NO_ERROR);
        it.is_remote() && (refused || gone_away)
    })
}

/// hyper has no public type for a keep-alive timeout within an error of h2.
fn is_keep_alive(error: &hyper::Error) -> bool {
    causes(error).any(|it| it.to_string().contains("keep-alive timed out"))
}
