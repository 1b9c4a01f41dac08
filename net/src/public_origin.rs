//! The origin (RFC 6454) at which the client of an HTTP request reached the server, which may be that of a proxy. Only headers
//! that a trusted proxy has sent count.

use std::net::IpAddr;

use http::header::{FORWARDED, HOST};
use http::uri::{Authority, Uri};
use http::{HeaderMap, HeaderName};

use crate::client_address::TrustedProxies;
use crate::forwarded;

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Scheme, host and port at which a client reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin {
    /// Whether the scheme is `https`, and not `http`.
    pub is_https: bool,
    /// `None` if the request names no valid host.
    site: Option<(String, u16)>,
}

impl PublicOrigin {
    /// Whether this is the origin that an `Origin` header names. `null` is no origin.
    #[must_use]
    pub fn is(&self, origin: &str) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let is_https = scheme.eq_ignore_ascii_case("https");
        let has_scheme = is_https || scheme.eq_ignore_ascii_case("http");
        let site = site(authority, is_https);
        has_scheme && is_https == self.is_https && site.is_some() && site == self.site
    }
}

impl TrustedProxies {
    /// The origin at which the client of a request reached the server. `peer` is the address that the request arrived from,
    /// and `is_tls` says whether that connection is encrypted. Of several proxies, the word of the first one counts.
    #[must_use]
    pub fn origin(
        &self,
        peer: Option<IpAddr>,
        is_tls: bool,
        target: &Uri,
        headers: &HeaderMap,
    ) -> PublicOrigin {
        let is_trusted = peer.is_some_and(|it| self.trust(it.to_canonical()));
        let text = |name: &HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
        let reported = |name: &HeaderName, parameter: &str| {
            let first = text(name).and_then(|it| it.split(',').next()).map(|it| it.trim().to_owned());
            first.or_else(|| forwarded::first(text(&FORWARDED)?, parameter)).filter(|_| is_trusted)
        };
        let scheme = reported(&X_FORWARDED_PROTO, "proto");
        let is_https = scheme.map_or(is_tls, |it| it.eq_ignore_ascii_case("https"));
        let named = || target.authority().map(Authority::as_str).or_else(|| text(&HOST));
        let host = reported(&X_FORWARDED_HOST, "host").or_else(|| named().map(ToOwned::to_owned));
        PublicOrigin { is_https, site: host.and_then(|it| site(&it, is_https)) }
    }
}

/// Host and port, with the scheme's default port if there is none.
fn site(authority: &str, is_https: bool) -> Option<(String, u16)> {
    let authority: Authority = authority.parse().ok().filter(|_| !authority.contains('@'))?;
    let default = if is_https { 443 } else { 80 };
    Some((authority.host().to_ascii_lowercase(), authority.port_u16().unwrap_or(default)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The origin of a request to `example.com:8000` over plain HTTP from a proxy at 10.0.0.1.
    fn origin(trusted: &str, headers: &[(&'static str, &'static str)]) -> PublicOrigin {
        let headers = headers.iter().chain(&[("host", "example.com:8000")]);
        let headers = headers.map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let (proxies, peer): (TrustedProxies, IpAddr) = (trusted.parse().unwrap(), [10, 0, 0, 1].into());
        proxies.origin(Some(peer), false, &Uri::from_static("/api/me"), &headers.collect())
    }

    #[test]
    fn scheme_host_and_port_have_to_be_the_same() {
        let own = origin("", &[]);
        assert!(own.is("http://example.com:8000") && own.is("HTTP://Example.COM:8000"));
        for other in [
            "https://example.com:8000",
            "http://example.com",
            "http://example.com:8001",
            "http://example.org:8000",
            "http://example.com:8000@evil.example",
            "http://evil@example.com:8000",
            "ws://example.com:8000",
            "null",
            "",
            "example.com:8000",
        ] {
            assert!(!own.is(other), "{other}");
        }
    }

    #[test]
    fn a_trusted_proxy_tells_the_origin_and_nobody_else_does() {
        let x = [("x-forwarded-proto", "https"), ("x-forwarded-host", "lab.example, inner.example")];
        let forwarded = [("forwarded", "for=203.0.113.7;proto=https;host=\"lab.example:443\", for=10.0.0.9")];
        for headers in [x.as_slice(), &forwarded] {
            let told = origin("10.0.0.0/8", headers);
            assert!(told.is("https://lab.example") && told.is_https, "{told:?}");
            let own = origin("192.0.2.0/24", headers);
            assert!(own.is("http://example.com:8000") && !own.is("https://lab.example"), "{own:?}");
        }
        // Many proxies pass the host on and tell the scheme only.
        assert!(origin("10.0.0.1", &[x[0]]).is("https://example.com:8000"));
    }

    #[test]
    fn a_request_without_a_host_has_no_origin() {
        let proxies = TrustedProxies::default();
        let own = proxies.origin(None, true, &Uri::from_static("/"), &HeaderMap::new());
        assert!(own.is_https && !own.is("https://") && !own.is("https://example.com"));
        let absolute = Uri::from_static("https://example.com/");
        assert!(proxies.origin(None, true, &absolute, &HeaderMap::new()).is("https://example.com"));
    }
}
