//! How a command reaches a gateway, and as whom.

use std::path::PathBuf;

use access::IssuerUrl;
use clap::Args;

use super::Data;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Gateway and token")]
pub(crate) struct Connection {
    /// URL of the gateway
    #[arg(long, env = "CCM_GATEWAY", default_value = "http://127.0.0.1:8000", value_name = "URL")]
    pub(crate) gateway: String,
    /// Bearer token; without one, a token of an admin is signed with the local key of `ccm up`
    #[arg(
        long,
        env = "CCM_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN",
        conflicts_with = "token_file"
    )]
    pub(crate) token: Option<String>,
    /// File with a bearer token, which is read again for each connection
    #[arg(long, env = "CCM_TOKEN_FILE", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) data: Data,
    /// If an issuer is set, local tokens are not accepted and a token is required
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL", hide = true)]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
    /// Print each request with its status, duration and trace id to standard error
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
