//! Why a connection to another process could not be made or was lost, as a closed set: for spans and log lines, which
//! must tell the causes apart and must not carry the text of an error.

use std::error::Error;
use std::io;

use crate::causes::causes;

/// The cause of a failed connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionFailure {
    /// Nobody listens at the address.
    Refused,
    /// The peer or the network ended the connection without closing it.
    Reset,
    /// The peer closed the connection.
    Closed,
    /// The peer did not answer in time.
    TimedOut,
    /// No network leads to the address.
    Unreachable,
    /// The name of the host has no address.
    NameNotFound,
    /// The TLS handshake failed, or the peer rejected the certificate.
    Tls,
    /// None of the above.
    Other,
}

impl ConnectionFailure {
    /// Returns the value of the attribute `error.type`.
    #[must_use]
    pub fn error_type(self) -> &'static str {
        match self {
            Self::Refused => "connection_refused",
            Self::Reset => "connection_reset",
            Self::Closed => "connection_closed",
            Self::TimedOut => "timeout",
            Self::Unreachable => "network_unreachable",
            Self::NameNotFound => "name_not_found",
            Self::Tls => "tls",
            Self::Other => "connection_failed",
        }
    }

    /// Returns a description for people.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Reset => "connection reset",
            Self::Closed => "connection closed by the peer",
            Self::TimedOut => "no answer in time",
            Self::Unreachable => "network unreachable",
            Self::NameNotFound => "host name not found",
            Self::Tls => "TLS handshake failed",
            Self::Other => "connection failed",
        }
    }

    /// Classifies the error of a socket or of a name lookup.
    #[must_use]
    pub fn of_io(error: &io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            // A Unix socket that does not exist is not found.
            Kind::ConnectionRefused | Kind::NotFound => Self::Refused,
            Kind::ConnectionReset | Kind::BrokenPipe | Kind::ConnectionAborted => Self::Reset,
            Kind::UnexpectedEof | Kind::NotConnected => Self::Closed,
            Kind::TimedOut => Self::TimedOut,
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => Self::Unreachable,
            // rustls wraps its errors, the rejection of our certificate included, as invalid data.
            Kind::InvalidData => Self::Tls,
            // An error that wraps another one, as those of hyper-rustls do.
            Kind::Other if let Some(inner) = inner(error) => Self::of_io(inner),
            // The standard library has no kind for a failed lookup, only this text.
            _ if error.to_string().starts_with("failed to lookup address information") => Self::NameNotFound,
            _ => Self::Other,
        }
    }

    /// Returns `otherwise` if the cause is none of the known ones.
    #[must_use]
    pub fn or(self, otherwise: Self) -> Self {
        if self == Self::Other { otherwise } else { self }
    }

    /// Classifies an error by the first I/O error in its chain of causes.
    #[must_use]
    pub fn of_chain(error: &(dyn Error + 'static)) -> Self {
        causes(error).find_map(|it| it.downcast_ref::<io::Error>()).map_or(Self::Other, Self::of_io)
    }
}

fn inner(error: &io::Error) -> Option<&io::Error> {
    error.get_ref()?.downcast_ref()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, ToSocketAddrs as _};

    use super::*;

    #[test]
    fn a_refused_connection_and_an_unknown_name_are_told_apart() {
        let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let refused = TcpStream::connect(unused).unwrap_err();
        assert_eq!(ConnectionFailure::of_io(&refused), ConnectionFailure::Refused);
        let unknown = ("nobody.invalid", 1).to_socket_addrs().unwrap_err();
        assert_eq!(ConnectionFailure::of_io(&unknown), ConnectionFailure::NameNotFound);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, "UnknownIssuer"));
        assert_eq!(ConnectionFailure::of_io(&wrapped), ConnectionFailure::Tls);
    }
}
