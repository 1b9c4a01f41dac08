//! The key of a request for limits: its caller if the token is verified, otherwise its address.

use access::CallerKey;
use access::grpc::authenticated;
use axum::http::Extensions;
use net::client_address::{ClientAddress, Network};

/// The key that limits count by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A verified caller, the same for all its tokens.
    Caller(CallerKey),
    /// The address of the client, as trusted proxies report it; an IPv6 network of 64 bits counts as one address.
    Peer(Network),
    /// A request without a verified token and without a [`ClientAddress`].
    Unknown,
}

impl Key {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        if let Ok(caller) = authenticated(extensions) {
            return Self::Caller(caller.key());
        }
        extensions.get::<ClientAddress>().map_or(Self::Unknown, |it| Self::Peer(Network::of(it.0)))
    }
}
