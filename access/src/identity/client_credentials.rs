//! A token by the client_credentials grant (RFC 6749 section 4.4), at the endpoint that discovery names.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{IdentityError, token_file};
use crate::IssuerUrl;
use crate::discovery::{Discovery, IssuerError};

/// How the process is known to the issuer.
pub struct ClientCredentials {
    issuer: Discovery,
    id: String,
    secret: ClientSecret,
    parameters: Vec<(String, String)>,
}

/// The secret of a client.
pub enum ClientSecret {
    /// As it is.
    Text(String),
    /// In a file, which is read again for each token.
    File(PathBuf),
}

/// RFC 6749 sections 5.1 and 5.2.
#[derive(Deserialize)]
struct Response {
    access_token: Option<String>,
    token_type: Option<String>,
    error: Option<String>,
}

impl ClientCredentials {
    /// Those of a client of `issuer`. `parameters` go along with each request, form-encoded: `scope=…`, `resource=…`,
    /// `audience=…`, whatever the issuer wants to hear.
    ///
    /// # Panics
    /// When the process has no default provider of rustls.
    pub fn new(
        issuer: &IssuerUrl,
        id: String,
        secret: ClientSecret,
        parameters: Vec<(String, String)>,
    ) -> Result<Self, IssuerError> {
        Ok(Self { issuer: Discovery::new(issuer)?, id, secret, parameters })
    }

    pub(super) async fn token(&self) -> Result<String, IdentityError> {
        let secret = match &self.secret {
            ClientSecret::Text(text) => text.clone(),
            ClientSecret::File(path) => {
                let text = token_file::text(path).await;
                let text = text.map_err(|source| IdentityError::Secret { path: path.clone(), source })?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
        };
        let endpoint = self.issuer.token_endpoint().await?;
        let authorization = endpoint.takes_basic.then(|| basic(&self.id, &secret));
        let form = self.form((!endpoint.takes_basic).then_some(&secret));
        let (status, text) = self.issuer.post(&endpoint.url, authorization, form).await?;
        let answer: Response = match serde_json::from_slice(&text) {
            Ok(answer) => answer,
            Err(_) if status.is_success() => return Err(IdentityError::NoBearer),
            Err(_) => return Err(IssuerError::Status { url: endpoint.url, status }.into()),
        };
        if let Some(error) = answer.error {
            return Err(IdentityError::Refused(
                error.chars().filter(char::is_ascii_graphic).take(64).collect(),
            ));
        }
        let is_bearer = answer.token_type.is_some_and(|it| it.eq_ignore_ascii_case("bearer"));
        answer.access_token.filter(|_| status.is_success() && is_bearer).ok_or(IdentityError::NoBearer)
    }

    /// The request, with the secret where it is not in a header.
    fn form(&self, secret: Option<&String>) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials").extend_pairs(&self.parameters);
        if let Some(secret) = secret {
            form.append_pair("client_id", &self.id).append_pair("client_secret", secret);
        }
        form.finish()
    }
}

/// RFC 6749 section 2.3.1: both are form-encoded first.
fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
}

/// Without the secret, nor what goes along with it.
impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}
