//! The issuer, asked over HTTP: OpenID Connect Discovery 1.0, then the key set or the token endpoint that it names. What it
//! sends is not trusted further than it must be: its size, its time, its address and the name it gives itself are
//! checked.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, Url, header, redirect};
use serde::Deserialize;

use crate::issuer_url::{is_loopback, is_safe};
use crate::{IssuerUrl, Keys};

/// From the connection to the last byte of an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A longer answer is not read to its end.
const MAX_BYTES: usize = 1024 * 1024;

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
    /// It sends us to where anybody could change what we get, or read what we send.
    #[error("{what} {place:?} is neither https nor on loopback")]
    Unsafe {
        /// What is there.
        what: &'static str,
        /// Where.
        place: String,
    },
    /// It gives no tokens.
    #[error("{0} names no token_endpoint")]
    NoTokens(Url),
    /// There is nothing to verify with.
    #[error("{0} has no usable key (RS256, ES256 or EdDSA, with a kid)")]
    NoKeys(Url),
}

/// The members of the discovery document that matter here.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
    token_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Where tokens are to be had, and how a client says there who it is.
pub(crate) struct TokenEndpoint {
    pub(crate) url: Url,
    /// By HTTP Basic, which is the rule; else in the form.
    pub(crate) takes_basic: bool,
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
        let place = safe("the key set", &self.document().await?.jwks_uri)?;
        let text = self.fetch(&place).await?;
        Keys::parse(&text).filter(|it| !it.is_empty()).ok_or(IssuerError::NoKeys(place))
    }

    /// Where it gives tokens.
    pub(crate) async fn token_endpoint(&self) -> Result<TokenEndpoint, IssuerError> {
        let document = self.document().await?;
        let place = document.token_endpoint.ok_or_else(|| IssuerError::NoTokens(self.document.clone()))?;
        // OpenID Connect Discovery 1.0 section 3: absent means basic.
        let methods = document.token_endpoint_auth_methods_supported;
        let takes_basic = methods.is_none_or(|it| it.iter().any(|it| it == "client_secret_basic"));
        Ok(TokenEndpoint { url: safe("the token endpoint", &place)?, takes_basic })
    }

    /// A form sent to one of the issuer's places, and what came back, whatever its status.
    pub(crate) async fn post(
        &self,
        url: &Url,
        authorization: Option<String>,
        form: String,
    ) -> Result<(StatusCode, Vec<u8>), IssuerError> {
        let request = self.http.post(url.clone()).header(header::ACCEPT, "application/json");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let request = match authorization {
            Some(value) => request.header(header::AUTHORIZATION, value),
            None => request,
        };
        exchange(url, request).await
    }

    async fn document(&self) -> Result<Document, IssuerError> {
        let text = self.fetch(&self.document).await?;
        let document: Document =
            serde_json::from_slice(&text).map_err(|_| IssuerError::Document(self.document.clone()))?;
        if document.issuer != self.issuer.text {
            return Err(IssuerError::OtherIssuer(document.issuer.chars().take(256).collect()));
        }
        Ok(document)
    }

    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, IssuerError> {
        let request = self.http.get(url.clone()).header(header::ACCEPT, "application/json");
        match exchange(url, request).await? {
            (StatusCode::OK, text) => Ok(text),
            (status, _) => Err(IssuerError::Status { url: url.clone(), status }),
        }
    }
}

fn safe(what: &'static str, place: &str) -> Result<Url, IssuerError> {
    let url: Option<Url> = place.parse().ok().filter(is_safe);
    url.ok_or_else(|| IssuerError::Unsafe { what, place: place.chars().take(256).collect() })
}

async fn exchange(url: &Url, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), IssuerError> {
    let mut response = request.send().await?;
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if text.len() + chunk.len() > MAX_BYTES {
            return Err(IssuerError::TooLong(url.clone()));
        }
        text.extend_from_slice(&chunk);
    }
    Ok((response.status(), text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::local::LocalIssuer;
    use crate::testing::{Answer, TestIssuer};

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
            assert!(matches!(found(&issuer).await, Err(IssuerError::Unsafe { .. })), "{unsafe_place}");
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
