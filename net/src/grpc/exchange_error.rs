//! Why a call has no response, and whether the peer can have processed it.

use h2::Reason;
use platform::connection_failure::ConnectionFailure;
use tower::BoxError;

use super::connection::ConnectionError;

/// A call that ended without a complete response.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    /// There is no connection, so nothing was sent.
    #[error("no connection to {endpoint}")]
    NotConnected { endpoint: String, failure: ConnectionFailure, source: BoxError },
    /// The connection ended before the peer accepted the request, so nothing was processed.
    #[error("{endpoint} accepted no more requests on this connection")]
    NotTaken { endpoint: String, source: ConnectionError },
    /// The connection ended during the call, so the peer may have processed it.
    #[error("the connection to {endpoint} was lost")]
    Lost { endpoint: String, source: ConnectionError },
}

impl ExchangeError {
    pub(super) fn after_connecting(endpoint: String, source: ConnectionError) -> Self {
        match &source {
            ConnectionError::Ended => Self::NotTaken { endpoint, source },
            ConnectionError::Http(error) if is_refusal(error) => Self::NotTaken { endpoint, source },
            _ => Self::Lost { endpoint, source },
        }
    }

    /// Why the peer did not answer.
    pub(super) fn failure(&self) -> ConnectionFailure {
        match self {
            Self::NotConnected { failure, .. } => *failure,
            Self::NotTaken { .. } => ConnectionFailure::Closed,
            Self::Lost { source, .. } => ConnectionFailure::of_chain(source).or(ConnectionFailure::Closed),
        }
    }

    /// Whether the peer has certainly not processed the request.
    pub(super) fn nothing_done(&self) -> bool {
        !matches!(self, Self::Lost { .. })
    }
}

/// RFC 9113: a stream above the last one of a GOAWAY (section 6.8), or refused (section 8.7), was not processed.
fn is_refusal(error: &h2::Error) -> bool {
    let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    let gone_away = error.is_go_away() && error.reason() == Some(Reason::NO_ERROR);
    error.is_remote() && (refused || gone_away)
}
