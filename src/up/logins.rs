//! Links that sign in to the page: the one in the first line that `up` prints, and those of `ccm login`.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use access::local::LocalIssuer;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use tokio::task::JoinHandle;

use crate::cli::origin;
use crate::console;
use crate::login::{self, Codes, Person, Source};

/// The link in the first line, which is followed by what it does.
pub(super) enum Link {
    /// It signs in once.
    SignsIn(String),
    /// The address of the page. People sign in there, at the issuer or with a token.
    Page(String),
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(url) => f.write_str(url),
            Self::SignsIn(url) => write!(
                f,
                "{url}\n(signs in as an admin: once, within 5 minutes; for another link: ccm login)"
            ),
        }
    }
}

/// The server for `ccm login` and for the codes that the gateway gets.
pub(super) struct Logins {
    link: Link,
    /// The server and the path of its socket; none if the socket cannot be used.
    server: Option<(JoinHandle<()>, PathBuf)>,
}

impl Logins {
    /// Starts the server. Without `codes`, people sign in at the issuer.
    pub(super) fn start(
        data: &Path,
        codes: Result<Codes, String>,
        gateway: SocketAddr,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let path = login::socket(data);
        let listener = match login::bind(&path) {
            Ok(listener) => listener,
            Err(error) => {
                console::report(format_args!("nobody can sign in with a link: {error:#}"));
                return Ok(Self { link: Link::Page(origin(gateway)), server: None });
            }
        };
        let (link, source) = match codes {
            Ok(codes) => {
                let link = login::link(gateway, &codes.make(Person::local_admin())?);
                (Link::SignsIn(link), Source::Codes { codes: Box::new(codes), gateway })
            }
            Err(issuer) => (Link::Page(origin(gateway)), Source::Issuer(issuer)),
        };
        let server = tokio::spawn(login::serve(listener, source, shutdown.clone()));
        Ok(Self { link, server: Some((server, path)) })
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Removes the socket after the shutdown.
    pub(super) async fn stopped(self) {
        let Some((server, path)) = self.server else { return };
        let _ = tokio::time::timeout(Duration::from_secs(1), server).await;
        let _ = std::fs::remove_file(path);
    }
}

/// The codes for the tokens of a local issuer.
pub(super) fn codes(issuer: LocalIssuer, lifetime: Duration, token_lifetime: Duration) -> Codes {
    #[expect(clippy::disallowed_methods, reason = "a code must be unpredictable, and tests use other bytes")]
    let fresh = platform::clock::random;
    Codes::new(issuer, Clock::system(), lifetime, token_lifetime, fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_link_promises_to_sign_in_only_if_its_code_can_be_used() {
        let directory = tempfile::tempdir().unwrap();
        let printed = |data: &Path| {
            let codes = codes(LocalIssuer::generate(), Duration::from_mins(5), Duration::from_mins(5));
            let gateway = SocketAddr::from(([127, 0, 0, 1], 8000));
            let shutdown = Shutdown::new();
            let logins = Logins::start(data, Ok(codes), gateway, &shutdown).unwrap();
            logins.link().to_string()
        };
        let link = printed(directory.path());
        assert!(link.contains("/#code=") && link.contains("(signs in as an admin: once"), "{link}");
        // Longer than the path of a socket may be.
        let data = directory.path().join("x".repeat(120));
        std::fs::create_dir(&data).unwrap();
        assert_eq!(printed(&data), "http://localhost:8000");
    }
}
