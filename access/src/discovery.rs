//! The issuer's keys, asked for over HTTP: OpenID Connect Discovery 1.0, then the key set that it names. What the issuer
//! sends is not trusted further than it must be: its size, its time, its address and the name it gives itself are
//! checked.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use reqwest::{Client, StatusCode, Url, header, redirect};
use serde::Deserialize;

use crate::Keys;

/// From the connection to the last byte of an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A longer answer is not read to its end.
const MAX_BYTES: usize = 1024 * 1024;

/// Where an issuer is, which is also its name: `https`, or `http` on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerUrl {
    /// As it was written: `iss` is compared with it character by character.
    text: String,
    url: Url,
}

/// What is no issuer's URL.
#[derive(Debug, thiserror::Error)]
#[error("it takes an https URL without user, query or fragment; http on loopback only")]
pub struct NoIssuerUrl;

impl FromStr for IssuerUrl {
    type Err = NoIssuerUrl;

    fn from_str(text: &str) -> Result<Self, NoIssuerUrl> {
        let url: Url = text.parse().map_err(|_| NoIssuerUrl)?;
        let is_plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if is_plain && is_safe(&url) { Ok(Self { text: text.to_owned(), url }) } else { Err(NoIssuerUrl) }
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whoever can change what comes from there can sign any token.
fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

/// Why an issuer's keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// No HTTP client, for want of certificates for instance.
    #[error("no HTTPS client can be made")]
    Client(#[source] reqwest::Error),
    /// It does not answer, or not in time.
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    /// It does not answer 200. A redirection is not followed: neither document has a reason for one.
    #[error("{url} was answered {status}")]
    Status {
        /// What was asked for.
        url: Url,
        /// The answer.
        status: StatusCode,
    },
    /// It sends too much.
    #[error("{0} has more than {MAX_BYTES} bytes")]
    TooLong(Url),
    /// It is no discovery document.
    #[error("{0} is no discovery document")]
    Document(Url),
    /// It is somebody else.
    #[error("the discovery document is of the issuer {0:?}")]
    OtherIssuer(String),
    /// It wants its keys to be fetched from where anybody could change them.
    #[error("the key set at {0} is neither https nor on loopback")]
    Unsafe(String),
    /// There is nothing to verify with.
    #[error("{0} has no usable key (RS256, ES256 or EdDSA, with a kid)")]
    NoKeys(Url),
}

/// The members of the discovery document that matter here.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

/// Asks one issuer.
pub(crate) struct Discovery {
    issuer: IssuerUrl,
    document: Url,
    http: Client,
}

impl Discovery {
    pub(crate) fn new(issuer: &IssuerUrl) -> Result<Self, IssuerError> {
        let mut document = issuer.url.clone();
        let path = document.path().trim_end_matches('/').to_owned();
        document.set_path(&format!("{path}/.well-known/openid-configuration"));
        let mut http = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            // Asked every few minutes: a connection kept so long has been closed by somebody on the way.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("ccm/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&issuer.url) {
            http = http.no_proxy();
        }
        let http = http.build().map_err(IssuerError::Client)?;
        Ok(Self { issuer: issuer.clone(), document, http })
    }

    pub(crate) fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// The keys that the issuer publishes now; at least one.
    pub(crate) async fn keys(&self) -> Result<Keys, IssuerError> {
        let text = self.fetch(&self.document).await?;
        let document: Document =
            serde_json::from_slice(&text).map_err(|_| IssuerError::Document(self.document.clone()))?;
        if document.issuer != self.issuer.text {
            return Err(IssuerError::OtherIssuer(document.issuer.chars().take(256).collect()));
        }
        let place: Option<Url> = document.jwks_uri.parse().ok().filter(is_safe);
        let place =
            place.ok_or_else(|| IssuerError::Unsafe(document.jwks_uri.chars().take(256).collect()))?;
        let text = self.fetch(&place).await?;
        Keys::parse(&text).filter(|it| !it.is_empty()).ok_or(IssuerError::NoKeys(place))
    }

    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, IssuerError> {
        let request = self.http.get(url.clone()).header(header::ACCEPT, "application/json");
        let mut response = request.send().await?;
        if response.status() != StatusCode::OK {
            return Err(IssuerError::Status { url: url.clone(), status: response.status() });
        }
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if text.len() + chunk.len() > MAX_BYTES {
                return Err(IssuerError::TooLong(url.clone()));
            }
            text.extend_from_slice(&chunk);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::local::LocalIssuer;
    use crate::testing::{Answer, TestIssuer};

    #[test]
    fn an_issuer_is_https_or_on_loopback() {
        for good in [
            "https://id.example.com",
            "https://id.example.com/realms/lab/",
            "http://127.0.0.1:3000",
            "http://localhost/x",
            "http://[::1]:1",
        ] {
            assert_eq!(good.parse::<IssuerUrl>().unwrap().to_string(), good);
        }
        for bad in [
            "http://id.example.com",
            "http://127.0.0.1.example.com",
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

    async fn found(issuer: &TestIssuer) -> Result<Keys, IssuerError> {
        Discovery::new(&issuer.url()).unwrap().keys().await
    }

    #[tokio::test]
    async fn the_keys_are_found_where_the_discovery_document_says() {
        let issuer = TestIssuer::start().await;
        assert!(found(&issuer).await.unwrap().find(&issuer.key_id()).is_some());
    }

    #[tokio::test]
    async fn what_is_not_the_issuers_is_not_taken() {
        let issuer = TestIssuer::start().await;
        let keys = json!(LocalIssuer::generate().key_set()).to_string();
        let document =
            |name: &str, keys: &str| Answer::text(&json!({"issuer": name, "jwks_uri": keys}).to_string());
        let name = issuer.url().to_string();
        let elsewhere = TestIssuer::start().await.url().to_string();

        issuer.answers_discovery(document(&elsewhere, &format!("{name}/jwks")));
        assert!(matches!(found(&issuer).await, Err(IssuerError::OtherIssuer(_))));
        for unsafe_place in ["http://192.0.2.1/jwks", "file:///etc/passwd", "jwks"] {
            issuer.answers_discovery(document(&name, unsafe_place));
            assert!(matches!(found(&issuer).await, Err(IssuerError::Unsafe(_))), "{unsafe_place}");
        }
        issuer.answers_discovery(Answer::text("[]"));
        assert!(matches!(found(&issuer).await, Err(IssuerError::Document(_))));
        issuer.answers_discovery(Answer::redirect(&format!("{elsewhere}/.well-known/openid-configuration")));
        assert!(matches!(found(&issuer).await, Err(IssuerError::Status { .. })));

        issuer.answers_discovery(document(&name, &format!("{name}/jwks")));
        for no_keys in ["[]", r#"{"keys": []}"#] {
            issuer.answers_keys(Answer::text(no_keys));
            assert!(matches!(found(&issuer).await, Err(IssuerError::NoKeys(_))), "{no_keys}");
        }
        issuer.answers_keys(Answer::text(&format!("{}{keys}", " ".repeat(MAX_BYTES))));
        assert!(matches!(found(&issuer).await, Err(IssuerError::TooLong(_))));
        issuer.answers_keys(Answer::text(&keys));
        assert!(found(&issuer).await.is_ok());
    }
}
