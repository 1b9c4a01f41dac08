//! Signing in to the page of `ccm up` with a one-time code: the codes, the socket on which `ccm up` makes and takes them, and
//! `ccm login`, which asks for one. The link has the code in its fragment, which browsers send to no server.

mod codes;
mod socket;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use access::Role;
use anyhow::bail;
use serde::{Deserialize, Serialize};

pub(crate) use self::codes::Codes;
pub(crate) use self::socket::{Source, bind, exchange, serve};
use crate::cli::{self, origin};
use crate::console;

/// Path of the socket on which `ccm up` makes and takes codes.
pub(crate) fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("login.sock")
}

/// What is asked of `ccm up`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// A code for this person.
    Make(Person),
    /// The token of the person for whom this code was made.
    Redeem { code: String },
}

/// Who is signed in with a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    sub: String,
    /// The names of the roles.
    roles: Vec<String>,
    department: Option<String>,
}

impl Person {
    pub(crate) fn new(sub: &str, roles: &[Role], department: Option<&str>) -> Self {
        let roles = roles.iter().map(|it| <&str>::from(it).to_owned()).collect();
        Self { sub: sub.to_owned(), roles, department: department.map(ToOwned::to_owned) }
    }

    /// The person for whom `ccm up` prints a link.
    pub(crate) fn local_admin() -> Self {
        Self::new("local", &[Role::Admin], None)
    }
}

/// The reply to [`Request::Make`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Made {
    /// The link that signs in.
    Link(String),
    /// `ccm up` signs no tokens: this issuer does.
    TokensOf(String),
    /// The request cannot be carried out, for this reason.
    Refused(String),
}

/// The link that signs in with a code.
pub(crate) fn link(gateway: SocketAddr, code: &str) -> String {
    format!("{}/#code={code}", origin(gateway))
}

/// Prints a link that signs in to the page of the `ccm up` that runs on the data directory.
pub(crate) async fn run(settings: &cli::login::Login) -> anyhow::Result<()> {
    if let Some(issuer) = &settings.oidc_issuer {
        bail!("CCM_OIDC_ISSUER is set to {issuer}: open the page of the gateway and sign in there");
    }
    let person = Person::new(&settings.sub, &settings.roles, settings.department.as_deref());
    match exchange(&socket(&settings.data.data_dir), &Request::Make(person)).await? {
        Made::Link(link) => console::print(&format!("{link}\n")),
        Made::TokensOf(issuer) => {
            bail!("`ccm up` takes the tokens of {issuer}: open the page of the gateway and sign in there")
        }
        Made::Refused(why) => bail!("{why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_one_that_a_browser_on_this_machine_can_open() {
        let of = |address: &str| link(address.parse().unwrap(), "abc");
        assert_eq!(of("127.0.0.1:8000"), "http://localhost:8000/#code=abc");
        assert_eq!(of("0.0.0.0:8000"), "http://localhost:8000/#code=abc");
        assert_eq!(of("192.0.2.1:80"), "http://192.0.2.1:80/#code=abc");
        assert_eq!(of("[2001:db8::1]:80"), "http://[2001:db8::1]:80/#code=abc");
    }
}
