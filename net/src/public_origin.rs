//! The origin (RFC 6454) at which the client of an HTTP request reached the server, which may be that of a proxy. Only headers
//! that a trusted proxy has sent count.

use std::net::IpAddr;

use http::header::{FORWARDED, HOST};
use http::uri::{Authority, Uri};
use http::{HeaderMap, HeaderName};

use crate::client_address::TrustedProxies;
use crate::forwarded;

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// A longer prefix is not believed.
const MAX_PREFIX_BYTES: usize = 256;

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

    /// The origin as a URL, without the scheme's default port: `https://lab.example`. `None` if the request names no valid
    /// host.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let (host, port) = self.site.as_ref()?;
        Some(match (self.is_https, port) {
            (true, 443) => format!("https://{host}"),
            (true, port) => format!("https://{host}:{port}"),
            (false, 80) => format!("http://{host}"),
            (false, port) => format!("http://{host}:{port}"),
        })
    }
}

/// The path under which proxies serve this server, and which they cut off before they pass a request on: `/ccm`, or nothing. It
/// has letters, digits and `-._~` between its slashes, and none at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathPrefix(String);

impl PathPrefix {
    /// The prefix, to be put before a path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a path needs no prefix.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `None` for a text that is no prefix.
    fn parse(text: &str) -> Option<Self> {
        let prefix = text.trim().trim_end_matches('/');
        let Some(rest) = prefix.strip_prefix('/') else { return prefix.is_empty().then(Self::default) };
        let is_segment = |segment: &str| {
            let allowed = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
            !["", ".", ".."].contains(&segment) && segment.bytes().all(allowed)
        };
        rest.split('/').all(is_segment).then(|| Self(prefix.to_owned()))
    }
}

impl TrustedProxies {
    /// The path under which the client of a request reached the server, by `X-Forwarded-Prefix` of a trusted proxy. The
    /// prefixes of several proxies stand behind each other. If one of them is none, there is no prefix at all.
    #[must_use]
    pub fn prefix(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> PathPrefix {
        if !self.is_trusted(peer) {
            return PathPrefix::default();
        }
        let told = headers.get_all(X_FORWARDED_PREFIX).iter().map(|it| it.to_str().ok());
        let parsed: Option<String> = told
            .map(|it| it?.split(',').map(PathPrefix::parse).collect::<Option<Vec<_>>>())
            .collect::<Option<Vec<_>>>()
            .map(|it| it.concat().iter().map(PathPrefix::as_str).collect());
        PathPrefix(parsed.filter(|it| it.len() <= MAX_PREFIX_BYTES).unwrap_or_default())
    }

    /// Whether a trusted proxy tells where the client of a request reached the server.
    #[must_use]
    pub fn tell_origin(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
        let told = [X_FORWARDED_HOST, X_FORWARDED_PROTO, X_FORWARDED_PREFIX, FORWARDED];
        self.is_trusted(peer) && told.iter().any(|it| headers.contains_key(it))
    }

    fn is_trusted(&self, peer: Option<IpAddr>) -> bool {
        peer.is_some_and(|it| self.trust(it.to_canonical()))
    }

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
        let is_trusted = self.is_trusted(peer);
        let text = |name: &HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
        let reported = |name: &HeaderName, parameter: &str| {
            let first = text(name).and_then(|it| it.split(',').next()).map(|it| it.trim().to_owned());
            first.or_else(|| forwarded::first(text(&FORWARDED)?, parameter)).filter(|_| is_trusted)
        };
        let is_https =
            match reported(&X_FORWARDED_PROTO, "proto").map(|it| it.to_ascii_lowercase()).as_deref() {
                Some("https") => true,
                Some("http") => false,
                // Another scheme is not believed.
                _ => is_tls,
            };
        let named = || target.authority().map(Authority::as_str).or_else(|| text(&HOST));
        let reported = reported(&X_FORWARDED_HOST, "host").and_then(|it| site(&it, is_https));
        PublicOrigin { is_https, site: reported.or_else(|| site(named()?, is_https)) }
    }
}

/// Host and port, with the scheme's default port if there is none.
fn site(authority: &str, is_https: bool) -> Option<(String, u16)> {
    let authority: Authority = authority.parse().ok().filter(|_| !authority.contains('@'))?;
    let host = authority.host();
    // A URL of this host is written into answers.
    let is_name = |it: u8| it.is_ascii_alphanumeric() || b"-._[]:".contains(&it);
    if host.is_empty() || !host.bytes().all(is_name) {
        return None;
    }
    let default = if is_https { 443 } else { 80 };
    Some((host.to_ascii_lowercase(), authority.port_u16().unwrap_or(default)))
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

    /// The prefix of a request from a proxy at 10.0.0.1 with these values of `X-Forwarded-Prefix`.
    fn prefix(trusted: &str, values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(X_FORWARDED_PREFIX, value.parse().unwrap());
        }
        let proxies: TrustedProxies = trusted.parse().unwrap();
        proxies.prefix(Some([10, 0, 0, 1].into()), &headers).as_str().to_owned()
    }

    #[test]
    fn a_trusted_proxy_tells_the_prefix_and_nobody_else_does() {
        assert_eq!(prefix("10.0.0.1", &["/ccm"]), "/ccm");
        assert_eq!(prefix("10.0.0.1", &["/ccm/"]), "/ccm");
        assert_eq!(prefix("10.0.0.1", &["/"]), "");
        assert_eq!(prefix("10.0.0.1", &["/lab/v1.0, /ccm"]), "/lab/v1.0/ccm");
        assert_eq!(prefix("10.0.0.1", &["/lab", "/ccm"]), "/lab/ccm");
        assert_eq!(prefix("192.0.2.1", &["/ccm"]), "");
    }

    #[test]
    fn a_prefix_that_is_none_does_not_count() {
        let long = format!("/{}", "a".repeat(MAX_PREFIX_BYTES));
        for value in [
            "ccm",
            "//evil.example",
            "/ccm//x",
            "/../x",
            "/.",
            "/ccm?x",
            "/ccm#x",
            "/a b",
            "/%0d%0a",
            "/\"><script>",
            "https://evil.example/",
            "/ccm, evil",
            &long,
        ] {
            assert_eq!(prefix("10.0.0.1", &[value]), "", "{value}");
        }
    }

    #[test]
    fn a_proxy_that_tells_nonsense_is_not_believed() {
        for told in [
            [("x-forwarded-proto", "javascript"), ("x-forwarded-host", "a/b")],
            [("x-forwarded-proto", ""), ("x-forwarded-host", "user@evil.example")],
            [("x-forwarded-proto", "ftp"), ("x-forwarded-host", "<evil>")],
        ] {
            assert_eq!(
                origin("10.0.0.1", &told).url().as_deref(),
                Some("http://example.com:8000"),
                "{told:?}"
            );
        }
    }

    #[test]
    fn a_url_has_no_default_port() {
        let of =
            |host| origin("10.0.0.1", &[("x-forwarded-proto", "https"), ("x-forwarded-host", host)]).url();
        assert_eq!(of("lab.example:443").as_deref(), Some("https://lab.example"));
        assert_eq!(of("[2001:db8::1]:8443").as_deref(), Some("https://[2001:db8::1]:8443"));
    }

    #[test]
    fn a_url_has_the_port_unless_it_is_that_of_the_scheme() {
        let url = |host| origin("10.0.0.1", &[("x-forwarded-host", host)]).url();
        assert_eq!(url("lab.example:8000").unwrap(), "http://lab.example:8000");
        assert_eq!(url("Lab.Example").unwrap(), "http://lab.example");
        assert_eq!(url("[::1]:8000").unwrap(), "http://[::1]:8000");
        let over_tls = [("x-forwarded-proto", "https"), ("x-forwarded-host", "lab.example")];
        assert_eq!(origin("10.0.0.1", &over_tls).url().unwrap(), "https://lab.example");
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
