//! Links that sign in to the page: the one in the first line that `up` prints, and those of `ccm login`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use access::local::LocalIssuer;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use tokio::task::JoinHandle;

use crate::cli::origin;
use crate::login::{self, Codes, Person, Source};

/// The server for `ccm login` and for the codes that the gateway gets.
pub(super) struct Logins {
    /// The link for the first line, or the address of the page.
    link: String,
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
                eprintln!("ccm: nobody can sign in with a link: {error:#}");
                return Ok(Self { link: origin(gateway), server: None });
            }
        };
        let (link, source) = match codes {
            Ok(codes) => {
                let link = login::link(gateway, &codes.make(Person::local_admin())?);
                (link, Source::Codes { codes: Box::new(codes), gateway })
            }
            Err(issuer) => (origin(gateway), Source::Issuer(issuer)),
        };
        let server = tokio::spawn(login::serve(listener, source, shutdown.clone()));
        Ok(Self { link, server: Some((server, path)) })
    }

    pub(super) fn link(&self) -> &str {
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
