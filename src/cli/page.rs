//! Settings of the page: how people sign in to it.

use clap::Args;
use gateway::PageClient;

/// The page as a client of the token issuer.
#[derive(Debug, Args)]
pub(crate) struct Page {
    /// Client id of the page at the token issuer, a public client without a secret; without it, people paste a token to sign in
    #[arg(long = "page-client-id", env = "CCM_PAGE_CLIENT_ID", value_name = "NAME", value_parser = super::name)]
    client_id: Option<String>,
    /// Scopes that the page asks the token issuer for, with spaces between them; `openid` must be one of them
    #[arg(long = "page-scope", env = "CCM_PAGE_SCOPE", default_value = "openid", value_name = "NAMES", value_parser = scope)]
    scope: String,
}

impl Page {
    pub(crate) fn client(self) -> Option<PageClient> {
        self.client_id.map(|id| PageClient { id, scope: self.scope })
    }
}

fn scope(text: &str) -> Result<String, String> {
    let names: Vec<&str> = text.split_ascii_whitespace().collect();
    if names.contains(&"openid") {
        Ok(names.join(" "))
    } else {
        Err("expected names with spaces between them, openid among them".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_has_openid() {
        assert_eq!(scope(" openid  offline_access"), Ok("openid offline_access".to_owned()));
        assert!(scope("profile").is_err() && scope("").is_err());
    }
}
