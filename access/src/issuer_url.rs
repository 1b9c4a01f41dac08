//! The URL of a token issuer, and which URLs are safe to request.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

/// The URL of an issuer, which is also its name in `iss`: `https`, or `http` on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerUrl {
    /// The URL as it was configured: `iss` is compared with it character by character.
    pub(crate) text: String,
    pub(crate) url: Url,
}

/// The text is not the URL of an issuer.
#[derive(Debug, thiserror::Error)]
#[error("must be an https URL without user, query or fragment; http is allowed on loopback only")]
pub struct InvalidIssuerUrl;

impl FromStr for IssuerUrl {
    type Err = InvalidIssuerUrl;

    fn from_str(text: &str) -> Result<Self, InvalidIssuerUrl> {
        let url: Url = text.parse().map_err(|_| InvalidIssuerUrl)?;
        let is_plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if is_plain && is_safe(&url) {
            Ok(Self { text: text.to_owned(), url })
        } else {
            Err(InvalidIssuerUrl)
        }
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether responses from the URL cannot be changed on the way. Otherwise, an attacker could replace the key set and sign any token.
pub(crate) fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether the host is this machine: a loopback address, `localhost`, or a name below it, which no DNS server outside of the
/// machine may answer (RFC 6761 section 6.3).
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_https_or_on_loopback() {
        for good in [
            "https://id.example.com",
            "https://id.example.com/realms/lab/",
            "http://127.0.0.1:3000",
            "http://localhost/x",
            "http://keycloak.localhost:8080/realms/lab",
            "http://[::1]:1",
        ] {
            assert_eq!(good.parse::<IssuerUrl>().unwrap().to_string(), good);
        }
        for bad in [
            "http://id.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://notlocalhost",
            "https://user@id.example.com",
            "https://id.example.com/?a=b",
            "https://id.example.com/#a",
            "file:///etc/passwd",
            "id.example.com",
            "",
        ] {
            assert!(bad.parse::<IssuerUrl>().is_err(), "{bad}");
        }
    }
}
