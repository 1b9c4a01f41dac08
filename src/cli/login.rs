//! Settings of `ccm login`.

use access::{IssuerUrl, Role};
use clap::Args;

use super::Data;
use super::values::{department, role, subject};

/// Who signs in with the link.
#[derive(Debug, Args)]
pub(crate) struct Login {
    #[command(flatten)]
    pub(crate) data: Data,
    /// Role of the person: admin, manager, user or service; can be repeated
    #[arg(long = "role", default_value = "admin", value_name = "ROLE", value_parser = role)]
    pub(crate) roles: Vec<Role>,
    /// Department of the person, 1 to 100 characters
    #[arg(long, value_name = "NAME", value_parser = department)]
    pub(crate) department: Option<String>,
    /// Subject: the id of the person, 1 to 255 characters without control characters
    #[arg(long, default_value = "local", value_name = "SUBJECT", value_parser = subject)]
    pub(crate) sub: String,
    /// If an issuer is set, people sign in there and the command fails
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL", hide = true)]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
}
