//! Why no connection to a replica could be made.

use std::io;
use std::time::Duration;

use platform::connection_failure::ConnectionFailure;
use tower::BoxError;

/// A failed attempt to connect, by the step that failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    /// Name lookup, TCP connect, or the first read.
    #[error("the connection failed")]
    Socket(#[source] io::Error),
    #[error("the TLS handshake failed")]
    Tls(#[source] BoxError),
    #[error("the server closed the connection before it sent anything")]
    Closed,
    #[error("the server sent nothing within {0:?}")]
    TimedOut(Duration),
    #[error("the HTTP/2 handshake failed")]
    Http(#[source] h2::Error),
}

impl ConnectError {
    pub(super) fn failure(&self) -> ConnectionFailure {
        match self {
            Self::Socket(error) => ConnectionFailure::of_io(error),
            Self::Tls(error) => ConnectionFailure::of_chain(error.as_ref()).or(ConnectionFailure::Tls),
            Self::Closed => ConnectionFailure::Closed,
            Self::TimedOut(_) => ConnectionFailure::TimedOut,
            Self::Http(error) => error.get_io().map_or(ConnectionFailure::Other, ConnectionFailure::of_io),
        }
    }
}
