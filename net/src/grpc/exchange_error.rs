//! Why a peer gave no answer, and whether it can have seen the request.

use std::error::Error;

use h2::Reason;
use platform::causes::causes;
use tower::BoxError;

/// No answer, or half of one.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    /// Nothing was sent: there was no connection.
    #[error("no connection to {endpoint}")]
    NotConnected { endpoint: String, source: BoxError },
    /// Nothing was done: the connection ended before the request was taken.
    #[error("{endpoint} took no more requests")]
    NotTaken { endpoint: String, source: hyper::Error },
    /// The connection ended, and nobody knows what was done.
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

    /// Whether the peer has certainly not seen the request.
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
