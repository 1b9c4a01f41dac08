//! Gets a token with the client_credentials grant (RFC 6749 section 4.4) from the token endpoint that discovery names.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{IdentityError, token_file};
use crate::IssuerUrl;
use crate::discovery::{Discovery, IssuerError};
use crate::issuer_wait::IssuerWait;

/// The client id and secret of the process at an issuer.
pub struct ClientCredentials {
    issuer: Discovery,
    id: String,
    secret: ClientSecret,
    parameters: Vec<(String, String)>,
}

/// Where the secret of the client comes from.
pub enum ClientSecret {
    /// The secret itself.
    Text(String),
    /// A file with the secret, read again for each token request. Line breaks at its end are ignored.
    File(PathBuf),
}

/// A token response or an error response: RFC 6749 sections 5.1 and 5.2.
#[derive(Deserialize)]
struct TokenResponse {
    access_token: Option<String>,
    token_type: Option<String>,
    error: Option<String>,
}

impl ClientCredentials {
    /// The credentials of a client of `issuer`. `parameters` are added to each token request, such as `scope`,
    /// `resource` or `audience`.
    ///
    /// # Panics
    /// When rustls has no default crypto provider.
    pub fn new(
        issuer: &IssuerUrl,
        id: String,
        secret: ClientSecret,
        parameters: Vec<(String, String)>,
    ) -> Result<Self, IssuerError> {
        Ok(Self { issuer: Discovery::new(issuer)?, id, secret, parameters })
    }

    /// Requests a token, in a trace of its own.
    pub(super) async fn token(&self) -> Result<String, IdentityError> {
        let wait = IssuerWait::default();
        let token = self.request_token(&wait).await;
        wait.record_in_own_trace("renew service token");
        token
    }

    async fn request_token(&self, wait: &IssuerWait) -> Result<String, IdentityError> {
        let secret = match &self.secret {
            ClientSecret::Text(text) => text.clone(),
            ClientSecret::File(path) => {
                let text = token_file::text(path).await;
                let text = text.map_err(|source| IdentityError::Secret { path: path.clone(), source })?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
        };
        let endpoint = self.issuer.token_endpoint(wait).await?;
        let authorization = endpoint.supports_basic.then(|| basic(&self.id, &secret));
        let form = self.form((!endpoint.supports_basic).then_some(&secret));
        let (status, text) = self.issuer.post(&endpoint.url, authorization, form, wait).await?;
        let response: TokenResponse = match serde_json::from_slice(&text) {
            Ok(response) => response,
            Err(_) if status.is_success() => return Err(IdentityError::NoBearer),
            Err(_) => return Err(IssuerError::Status { url: endpoint.url, status }.into()),
        };
        if let Some(error) = response.error {
            return Err(IdentityError::Refused(
                error.chars().filter(char::is_ascii_graphic).take(64).collect(),
            ));
        }
        let is_bearer = response.token_type.is_some_and(|it| it.eq_ignore_ascii_case("bearer"));
        response.access_token.filter(|_| status.is_success() && is_bearer).ok_or(IdentityError::NoBearer)
    }

    /// The form of a token request, with id and secret when they are not sent in a header.
    fn form(&self, secret: Option<&String>) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials").extend_pairs(&self.parameters);
        if let Some(secret) = secret {
            form.append_pair("client_id", &self.id).append_pair("client_secret", secret);
        }
        form.finish()
    }
}

/// RFC 6749 section 2.3.1: id and secret are form-encoded before base64.
fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
}

/// Leaves out the secret and the parameters, which may hold one.
impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}
