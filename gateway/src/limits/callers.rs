//! The key of a request for limits: its caller if the token is verified, otherwise its address.

use std::net::{IpAddr, Ipv6Addr};

use access::grpc::authenticated;
use axum::http::Extensions;
use net::client_address::ClientAddress;

/// The key that limits count by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A verified caller, the same for all its tokens.
    Caller { issuer: String, subject: String },
    /// The address of the client, as trusted proxies report it; an IPv6 network of 64 bits counts as one address.
    Peer(IpAddr),
    /// A request without a verified token and without a [`ClientAddress`].
    Unknown,
}

impl Key {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        if let Ok(caller) = authenticated(extensions) {
            return Self::Caller { issuer: caller.issuer, subject: caller.sub };
        }
        extensions.get::<ClientAddress>().map_or(Self::Unknown, |it| Self::Peer(network(it.0)))
    }
}

/// An IPv6 client usually has a network of 64 bits to itself, so the whole network is one client.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(it) => IpAddr::V6(Ipv6Addr::from_bits(it.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one_peer() {
        let of = |it: &str| network(it.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
