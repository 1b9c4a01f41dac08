//! Where a command gets its token.

use std::path::PathBuf;
use std::time::Duration;

use access::Role;
use access::local::{LocalIssuer, TokenClaims};
use anyhow::{Context as _, bail};
use platform::clock::Clock;

use super::token_file;
use crate::cli::connection::Connection;

/// Lifetime of a local token; each connection gets a new one.
const LIFETIME: Duration = Duration::from_hours(12);

/// Gives a token for each connection.
pub(super) enum Token {
    /// The one that was given.
    Fixed(String),
    /// In a file that another program renews.
    File(PathBuf),
    /// Signed with the key of the `ccm up` on this machine.
    Local(LocalIssuer),
}

/// Where the next token comes from.
pub(super) enum Renewal {
    Impossible,
    /// From another program, which has not written it yet.
    Awaited,
    Possible,
}

impl Token {
    pub(super) fn of(settings: &Connection) -> anyhow::Result<Self> {
        if let Some(token) = &settings.token {
            return Ok(Self::Fixed(token.trim().to_owned()));
        }
        if let Some(file) = &settings.token_file {
            // What is read from a pipe is gone: its token is the only one.
            let is_read_once = std::fs::metadata(file).is_ok_and(|it| !it.is_file() && !it.is_dir());
            return if is_read_once {
                token_file::read(file).map(Self::Fixed)
            } else {
                Ok(Self::File(file.clone()))
            };
        }
        if let Some(issuer) = &settings.oidc_issuer {
            bail!("there is no token: tokens are issued by {issuer} (CCM_OIDC_ISSUER)");
        }
        let issuer = LocalIssuer::open(&settings.data.data_dir).context("there is no token")?;
        Ok(Self::Local(issuer))
    }

    pub(super) fn get(&self) -> anyhow::Result<String> {
        match self {
            Self::Fixed(token) => Ok(token.clone()),
            Self::File(file) => token_file::read(file),
            Self::Local(issuer) => {
                let claims = TokenClaims {
                    sub: "local".to_owned(),
                    roles: vec![Role::Admin],
                    department: None,
                    lifetime: LIFETIME,
                };
                Ok(issuer.issue(&claims, &Clock::system())?)
            }
        }
    }

    /// Whether there is another token than the one that was used last.
    pub(super) fn renewal(&self, last: &str) -> anyhow::Result<Renewal> {
        Ok(match self {
            Self::Fixed(_) => Renewal::Impossible,
            Self::File(_) => match self.get()? {
                // A file that is being written may be empty.
                token if token.is_empty() || token == last => Renewal::Awaited,
                _ => Renewal::Possible,
            },
            Self::Local(_) => Renewal::Possible,
        })
    }
}
