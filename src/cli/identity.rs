//! Settings of a process's own token, for work that no request triggers.

use std::path::PathBuf;

use access::{ClientCredentials, ClientSecret, IssuerError, IssuerUrl, TokenSource};
use clap::Args;

/// Where a process gets its own token.
#[derive(Debug, Args)]
pub(crate) struct ServiceIdentity {
    /// File with the process's own token, which another program renews
    #[arg(long, env = "CCM_SERVICE_TOKEN_FILE", value_name = "FILE", conflicts_with = "oidc_client_id")]
    service_token_file: Option<PathBuf>,
    /// Client id of the process at the issuer, to request its own tokens
    #[arg(
        long,
        env = "CCM_OIDC_CLIENT_ID",
        value_name = "ID",
        value_parser = super::name,
        requires_all = ["oidc_issuer", "Secret"],
    )]
    oidc_client_id: Option<String>,
    #[command(flatten)]
    secret: Secret,
    /// Additional parameters of token requests, in query-string form: `scope=…&resource=…&audience=…`
    #[arg(
        long,
        env = "CCM_OIDC_TOKEN_PARAMETERS",
        hide_env_values = true,
        default_value = "",
        value_name = "PARAMETERS"
    )]
    oidc_token_parameters: String,
}

/// The client's secret.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Secret {
    /// Client secret; prefer the variable or a file, since other users can read command-line flags
    #[arg(long, env = "CCM_OIDC_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    oidc_client_secret: Option<String>,
    /// File with the client secret, which is read again for each token request
    #[arg(long, env = "CCM_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    oidc_client_secret_file: Option<PathBuf>,
}

impl ServiceIdentity {
    /// The source of the process's own tokens, if one is configured.
    pub(crate) fn source(&self, issuer: Option<&IssuerUrl>) -> Result<Option<TokenSource>, IssuerError> {
        if let Some(file) = &self.service_token_file {
            return Ok(Some(TokenSource::File(file.clone())));
        }
        let secret = self.secret.oidc_client_secret.clone().map(ClientSecret::Text);
        let secret = secret.or_else(|| self.secret.oidc_client_secret_file.clone().map(ClientSecret::File));
        let (Some(issuer), Some(id), Some(secret)) = (issuer, self.oidc_client_id.clone(), secret) else {
            return Ok(None);
        };
        let parameters = form_urlencoded::parse(self.oidc_token_parameters.as_bytes()).into_owned().collect();
        ClientCredentials::new(issuer, id, secret, parameters)
            .map(|it| Some(TokenSource::Issuer(Box::new(it))))
    }
}
