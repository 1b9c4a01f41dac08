//! `ccm token`: prints a token that the local issuer signs.

use access::local::{LocalIssuer, TokenClaims};
use anyhow::{Context as _, bail};
use platform::clock::Clock;

use crate::{cli, console};

pub(crate) fn run(settings: &cli::Token) -> anyhow::Result<()> {
    if let Some(issuer) = &settings.oidc_issuer {
        bail!("CCM_OIDC_ISSUER is set to {issuer}: local tokens are not accepted, get one from the issuer");
    }
    let issuer = LocalIssuer::open(&settings.data.data_dir)
        .context("cannot read the local key: start `ccm up` once to create it")?;
    let claims = TokenClaims {
        sub: settings.sub.clone(),
        roles: settings.roles.clone(),
        department: settings.department.clone(),
        lifetime: settings.ttl,
    };
    console::print(&format!("{}\n", issuer.issue(&claims, &Clock::system())?))
}
