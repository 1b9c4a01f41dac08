//! The address of the client of an HTTP request, which may have come through proxies. Only headers that a trusted proxy
//! has sent count; everybody else could write any address into them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use http::{HeaderMap, HeaderName, header::FORWARDED};
use ipnet::IpNet;

use crate::forwarded;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of a request's client, in the request's extensions: that of the connection, or the one that trusted proxies
/// report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The key of a client without a caller, for limits. An IPv6 client usually has a network of 64 bits to itself, so the
/// whole network is one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(it) => IpAddr::V6(Ipv6Addr::from_bits(it.to_bits() >> 64 << 64)),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// The networks of the proxies whose `X-Forwarded-For` and `Forwarded` headers count.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that is neither an address block nor an address.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a CIDR block or an IP address")]
pub struct TrustedProxiesError(String);

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    /// Parses a comma-separated list of CIDR blocks; a single address stands for itself.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let blocks = text.split(',').map(str::trim).filter(|it| !it.is_empty());
        let parsed = blocks.map(|block| {
            let single = |_| block.parse::<IpAddr>().map(IpNet::from);
            block.parse::<IpNet>().or_else(single).map_err(|_| TrustedProxiesError(block.to_owned()))
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    pub(crate) fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|it| it.contains(&address))
    }

    /// The client of a request that arrived from `peer`: the rightmost address of the chain of proxies that is not
    /// trusted. If both headers are there and disagree, a proxy passed one of them on unchecked, and neither counts.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let peer = peer.to_canonical();
        if !self.trust(peer) {
            return ClientAddress(peer);
        }
        let by = |name: &HeaderName, hops: fn(&str) -> Vec<Option<IpAddr>>| {
            headers.contains_key(name).then(|| self.walk(peer, headers, name, hops))
        };
        let client = match (by(&X_FORWARDED_FOR, of_x_forwarded_for), by(&FORWARDED, forwarded::addresses)) {
            (Some(one), Some(other)) if one != other => peer,
            (Some(client), _) | (None, Some(client)) => client,
            (None, None) => peer,
        };
        ClientAddress(client)
    }

    /// Follows the addresses of a header from the right for as long as they are trusted. A part that is no address ends
    /// the walk at the last proxy.
    fn walk(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        name: &HeaderName,
        hops: fn(&str) -> Vec<Option<IpAddr>>,
    ) -> IpAddr {
        let mut client = peer;
        // A header that is repeated is one list (RFC 9110 section 5.3).
        for value in headers.get_all(name).iter().rev() {
            for hop in hops(value.to_str().unwrap_or_default()).into_iter().rev() {
                let Some(hop) = hop else { return client };
                client = hop.to_canonical();
                if !self.trust(client) {
                    return client;
                }
            }
        }
        client
    }
}

fn of_x_forwarded_for(value: &str) -> Vec<Option<IpAddr>> {
    value.split(',').map(|it| address(it.trim())).collect()
}

/// An address with or without a port, of IPv6 with or without brackets.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text).parse().ok();
    bare.or_else(|| text.parse().ok().map(|it: SocketAddr| it.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let trusted: TrustedProxies = trusted.parse().unwrap();
        trusted.client(peer.parse().unwrap(), &map).0.to_string()
    }

    #[test]
    fn addresses_of_one_network_are_one_client() {
        let of = |it: &str| Network::of(it.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn the_headers_of_a_stranger_do_not_count() {
        let headers = [("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=203.0.113.7")];
        assert_eq!(client("", "198.51.100.1", &headers), "198.51.100.1");
        assert_eq!(client("10.0.0.0/8", "198.51.100.1", &headers), "198.51.100.1");
    }

    #[test]
    fn the_rightmost_address_that_is_not_trusted_is_the_client() {
        let of = |value| client("10.0.0.0/8, 192.0.2.1, fd00::/8", "10.0.0.1", &[("x-forwarded-for", value)]);
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("1.1.1.1, 203.0.113.7, 10.2.3.4,192.0.2.1"), "203.0.113.7");
        assert_eq!(of("203.0.113.7:4711, fd00::1"), "203.0.113.7");
        assert_eq!(of("2001:db8::7, [fd00::1]:80"), "2001:db8::7");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(of("10.9.9.9"), "10.9.9.9");
    }

    #[test]
    fn a_part_that_is_no_address_ends_the_walk() {
        let of = |value| client("10.0.0.0/8", "10.0.0.1", &[("x-forwarded-for", value)]);
        assert_eq!(of("203.0.113.7, unknown"), "10.0.0.1");
        assert_eq!(of("203.0.113.7, unknown, 10.0.0.2"), "10.0.0.2");
        assert_eq!(of(""), "10.0.0.1");
    }

    #[test]
    fn the_standard_header_is_read_too() {
        let of = |value| client("10.0.0.0/8", "10.0.0.1", &[("forwarded", value)]);
        assert_eq!(of("for=203.0.113.7;proto=https, For=\"10.0.0.9:80\""), "203.0.113.7");
        assert_eq!(of("for=\"[2001:db8::7]:4711\""), "2001:db8::7");
        assert_eq!(of("for=203.0.113.7, for=_hidden"), "10.0.0.1");
        assert_eq!(of("for=203.0.113.7;host=\"x,for=6.6.6.6\""), "203.0.113.7");
    }

    #[test]
    fn headers_that_disagree_name_nobody_but_the_proxy() {
        let both =
            |one, other| client("10.0.0.0/8", "10.0.0.1", &[("x-forwarded-for", one), ("forwarded", other)]);
        assert_eq!(both("203.0.113.7", "for=203.0.113.7"), "203.0.113.7");
        assert_eq!(both("203.0.113.7", "for=198.51.100.9"), "10.0.0.1");
    }

    #[test]
    fn a_repeated_header_is_one_list() {
        let headers = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "10.0.0.2")];
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &headers), "203.0.113.7");
    }

    #[test]
    fn a_block_that_is_none_is_named() {
        let error = "10.0.0.0/8,proxy".parse::<TrustedProxies>().unwrap_err();
        assert_eq!(error.to_string(), "\"proxy\" is not a CIDR block or an IP address");
    }
}
