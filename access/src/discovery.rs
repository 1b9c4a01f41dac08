//! HTTP client of the token issuer: fetches the discovery document (OpenID Connect Discovery 1.0) and then the key set
//! or the token endpoint that it names. Responses are limited in size and time, redirects are not followed, and the
//! issuer name and the URLs in the document are checked.

use std::time::Duration;

use platform::connection_failure::ConnectionFailure;
use reqwest::{Client, RequestBuilder, StatusCode, Url, header, redirect};
use serde::Deserialize;

use crate::issuer_url::{is_loopback, is_safe};
use crate::issuer_wait::{Failure, IssuerWait, Purpose};
use crate::login::Members;
use crate::{IssuerUrl, Keys, LoginEndpoints};

/// From the start of a request to the last byte of its response.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest response body; a longer one is an error and is not read further.
const MAX_BYTES: usize = 1024 * 1024;

/// Why neither the keys nor the token endpoint of the issuer could be fetched.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The HTTP client could not be built, for example because no root certificate was found.
    #[error("the HTTPS client cannot be built")]
    Client(#[source] reqwest::Error),
    /// The request failed or timed out.
    #[error("the request to the issuer failed")]
    Http(#[from] reqwest::Error),
    /// The status was not 200. Redirects are not followed.
    #[error("{url} answered with status {status}")]
    Status {
        /// The URL that was requested.
        url: Url,
        /// The status of the response.
        status: StatusCode,
    },
    /// The response body was longer than 1 MiB.
    #[error("the response of {0} is longer than {MAX_BYTES} bytes")]
    TooLong(Url),
    /// The response is not JSON or lacks a required member.
    #[error("the response of {0} is not an OpenID Connect discovery document")]
    NotADocument(Url),
    /// The document names another issuer than the configured one.
    #[error("the discovery document names a different issuer: {0:?}")]
    OtherIssuer(String),
    /// The document names a URL whose traffic others could read or change.
    #[error("the URL of {endpoint} is neither https nor on loopback: {url:?}")]
    UnsafeUrl {
        /// The member of the document, such as the key set, in words.
        endpoint: &'static str,
        /// The URL as the document has it, cut to 256 characters.
        url: String,
    },
    /// The document has no `token_endpoint`.
    #[error("the discovery document {0} has no token_endpoint")]
    NoTokenEndpoint(Url),
    /// The response is not a JSON Web Key Set. An empty one is: no key is valid any more.
    #[error("the response of {0} is not a JSON Web Key Set")]
    NotAKeySet(Url),
}

impl IssuerError {
    /// What is wrong, for spans: a text of a closed set, without text of the issuer.
    fn kind(&self) -> &'static str {
        match self {
            Self::Client(_) => "no HTTPS client",
            Self::Http(_) => "no complete response",
            Self::Status { .. } => "unexpected status",
            Self::TooLong(_) => "response too long",
            Self::NotADocument(_) => "not a discovery document",
            Self::OtherIssuer(_) => "document of a different issuer",
            Self::UnsafeUrl { .. } => "URL neither https nor on loopback",
            Self::NoTokenEndpoint(_) => "document without token endpoint",
            Self::NotAKeySet(_) => "not a key set",
        }
    }

    /// Marks the last response as the one that caused this error.
    fn reject(&self, wait: &IssuerWait) {
        wait.reject(self.kind());
    }
}

/// The members of the discovery document that are used here.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
    token_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(flatten)]
    login: Members,
}

/// What the issuer publishes.
pub(crate) struct Published {
    /// The usable keys; none if the issuer has withdrawn them all.
    pub(crate) keys: Keys,
    /// Where people sign in, if the document says so.
    pub(crate) login: Option<LoginEndpoints>,
}

/// The token endpoint of the issuer and the client authentication it supports.
pub(crate) struct TokenEndpoint {
    pub(crate) url: Url,
    /// Whether the client authenticates with HTTP Basic; otherwise its id and secret go into the form.
    pub(crate) supports_basic: bool,
}

/// HTTP client of one issuer.
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
            // Requests are minutes apart: by then a proxy or firewall has closed an idle connection.
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

    /// Fetches the discovery document and the keys.
    pub(crate) async fn published(&self, wait: &IssuerWait) -> Result<Published, IssuerError> {
        let document = self.document(wait).await?;
        let url = safe("the key set", &document.jwks_uri).inspect_err(|it| it.reject(wait))?;
        let body = self.fetch(Purpose::KeySet, &url, wait).await?;
        let keys = Keys::parse(&body).ok_or(IssuerError::NotAKeySet(url));
        let keys = keys.inspect_err(|it| it.reject(wait))?;
        Ok(Published { keys, login: document.login.endpoints(document.token_endpoint.as_deref()) })
    }

    pub(crate) async fn token_endpoint(&self, wait: &IssuerWait) -> Result<TokenEndpoint, IssuerError> {
        let document = self.document(wait).await?;
        let url = document.token_endpoint.ok_or_else(|| IssuerError::NoTokenEndpoint(self.document.clone()));
        let url = url.and_then(|it| safe("the token endpoint", &it)).inspect_err(|it| it.reject(wait))?;
        // OpenID Connect Discovery 1.0 section 3: without this member, the method is client_secret_basic.
        let methods = document.token_endpoint_auth_methods_supported;
        let supports_basic = methods.is_none_or(|it| it.iter().any(|it| it == "client_secret_basic"));
        Ok(TokenEndpoint { url, supports_basic })
    }

    /// Posts a form to the token endpoint; returns the status and the body, also of an error.
    pub(crate) async fn post(
        &self,
        url: &Url,
        authorization: Option<String>,
        form: String,
        wait: &IssuerWait,
    ) -> Result<(StatusCode, Vec<u8>), IssuerError> {
        let request = self.http.post(url.clone()).header(header::ACCEPT, "application/json");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let request = match authorization {
            Some(value) => request.header(header::AUTHORIZATION, value),
            None => request,
        };
        exchange(Purpose::Token, url, request, wait).await
    }

    async fn document(&self, wait: &IssuerWait) -> Result<Document, IssuerError> {
        let body = self.fetch(Purpose::Discovery, &self.document, wait).await?;
        self.parse_document(&body).inspect_err(|it| it.reject(wait))
    }

    fn parse_document(&self, body: &[u8]) -> Result<Document, IssuerError> {
        let document: Document =
            serde_json::from_slice(body).map_err(|_| IssuerError::NotADocument(self.document.clone()))?;
        if document.issuer != self.issuer.text {
            return Err(IssuerError::OtherIssuer(document.issuer.chars().take(256).collect()));
        }
        Ok(document)
    }

    async fn fetch(&self, purpose: Purpose, url: &Url, wait: &IssuerWait) -> Result<Vec<u8>, IssuerError> {
        let request = self.http.get(url.clone()).header(header::ACCEPT, "application/json");
        match exchange(purpose, url, request, wait).await? {
            (StatusCode::OK, text) => Ok(text),
            (status, _) => Err(IssuerError::Status { url: url.clone(), status }),
        }
    }
}

/// Fetches the discovery document and the keys once, as a process does, and returns the number of usable keys.
pub async fn published_keys(issuer: &IssuerUrl) -> Result<usize, IssuerError> {
    Ok(Discovery::new(issuer)?.published(&IssuerWait::default()).await?.keys.len())
}

/// The URL, when it is https or on loopback.
fn safe(endpoint: &'static str, text: &str) -> Result<Url, IssuerError> {
    let url: Option<Url> = text.parse().ok().filter(is_safe);
    url.ok_or_else(|| IssuerError::UnsafeUrl { endpoint, url: text.chars().take(256).collect() })
}

async fn exchange(
    purpose: Purpose,
    url: &Url,
    request: RequestBuilder,
    wait: &IssuerWait,
) -> Result<(StatusCode, Vec<u8>), IssuerError> {
    wait.begin(purpose, url);
    let answered = answer(url, request, wait).await;
    wait.end(match &answered {
        Ok(_) => Ok(()),
        Err(IssuerError::Http(error)) if error.is_timeout() => {
            Err(Failure::NoAnswer(ConnectionFailure::TimedOut))
        }
        Err(IssuerError::Http(error)) => Err(Failure::NoAnswer(ConnectionFailure::of_chain(error))),
        Err(error) => Err(Failure::Rejected(error.kind())),
    });
    answered
}

async fn answer(
    url: &Url,
    request: RequestBuilder,
    wait: &IssuerWait,
) -> Result<(StatusCode, Vec<u8>), IssuerError> {
    let mut response = request.send().await?;
    wait.answered(response.status());
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

    async fn fetch_keys(issuer: &TestIssuer) -> Result<Keys, IssuerError> {
        Ok(Discovery::new(&issuer.url()).unwrap().published(&IssuerWait::default()).await?.keys)
    }

    #[tokio::test]
    async fn the_keys_are_found_where_the_discovery_document_says() {
        let issuer = TestIssuer::start().await;
        assert!(fetch_keys(&issuer).await.unwrap().find(&issuer.key_id()).is_some());
    }

    #[tokio::test]
    async fn documents_and_keys_that_are_not_the_issuers_are_refused() {
        let issuer = TestIssuer::start().await;
        let keys = json!(LocalIssuer::generate().key_set()).to_string();
        let document =
            |name: &str, keys: &str| Answer::text(&json!({"issuer": name, "jwks_uri": keys}).to_string());
        let name = issuer.url().to_string();
        let elsewhere = TestIssuer::start().await.url().to_string();

        issuer.answers_discovery(document(&elsewhere, &format!("{name}/jwks")));
        assert!(matches!(fetch_keys(&issuer).await, Err(IssuerError::OtherIssuer(_))));
        for unsafe_place in ["http://192.0.2.1/jwks", "file:///etc/passwd", "jwks"] {
            issuer.answers_discovery(document(&name, unsafe_place));
            assert!(
                matches!(fetch_keys(&issuer).await, Err(IssuerError::UnsafeUrl { .. })),
                "{unsafe_place}"
            );
        }
        issuer.answers_discovery(Answer::text("[]"));
        assert!(matches!(fetch_keys(&issuer).await, Err(IssuerError::NotADocument(_))));
        issuer.answers_discovery(Answer::redirect(&format!("{elsewhere}/.well-known/openid-configuration")));
        assert!(matches!(fetch_keys(&issuer).await, Err(IssuerError::Status { .. })));

        issuer.answers_discovery(document(&name, &format!("{name}/jwks")));
        for no_keys in ["[]", "{}", r#"{"keys": {}}"#, r#"{"keys": null}"#, "<html>"] {
            issuer.answers_keys(Answer::text(no_keys));
            assert!(matches!(fetch_keys(&issuer).await, Err(IssuerError::NotAKeySet(_))), "{no_keys}");
        }
        issuer.answers_keys(Answer::text(&format!("{}{keys}", " ".repeat(MAX_BYTES))));
        assert!(matches!(fetch_keys(&issuer).await, Err(IssuerError::TooLong(_))));
        issuer.answers_keys(Answer::text(&keys));
        assert!(fetch_keys(&issuer).await.is_ok());
    }
}
