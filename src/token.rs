//! `ccm token`: a token signed with the local key.

use access::local::{Grant, LocalIssuer};
use anyhow::{Context as _, bail};
use platform::clock::Clock;

use crate::cli;

pub(crate) fn run(settings: &cli::Token) -> anyhow::Result<()> {
    if let Some(issuer) = &settings.oidc_issuer {
        bail!("tokens come from {issuer}: with CCM_OIDC_ISSUER set, no local one counts");
    }
    let issuer =
        LocalIssuer::open(&settings.data.data_dir).context("start `ccm up` once, it makes the local key")?;
    let grant = Grant {
        subject: settings.sub.clone(),
        roles: settings.roles.clone(),
        department: settings.department.clone(),
        lifetime: settings.ttl,
    };
    println!("{}", issuer.grant(&grant, &Clock::system())?);
    Ok(())
}
