//! The service tokens of the children without a configured issuer: one file per child, renewed while `up` runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use access::Role;
use access::local::{LocalIssuer, TokenClaims};
use platform::clock::{Clock, Micros};
use tokio::task::JoinHandle;

use crate::console;

/// Pause after a token file could not be written.
const RETRY: Duration = Duration::from_secs(5);
/// Longest sleep: a timer does not notice that the clock was set or that the machine was suspended.
const MAX_SLEEP: Duration = Duration::from_secs(30);

/// Renews the token files until this is dropped, which removes them.
pub(super) struct ServiceTokens {
    files: Vec<TokenFile>,
    renewal: JoinHandle<()>,
}

/// The token file of one child.
#[derive(Clone)]
struct TokenFile {
    name: &'static str,
    path: PathBuf,
}

impl ServiceTokens {
    /// Writes a token of `lifetime` for each of `services` to a file in `directory`, and renews it after half of that
    /// time.
    pub(super) fn start(
        issuer: LocalIssuer,
        services: &[&'static str],
        directory: &Path,
        lifetime: Duration,
    ) -> anyhow::Result<Self> {
        let path = |name: &str| directory.join(format!("{name}.token"));
        let files: Vec<_> = services.iter().map(|&name| TokenFile { name, path: path(name) }).collect();
        for it in &files {
            it.renew(&issuer, lifetime)?;
        }
        let renewed = files.clone();
        let renewal = tokio::spawn(async move {
            let clock = Clock::system();
            loop {
                // A child reads its file again when a third of the lifetime is left.
                wait_until(clock.now() + lifetime / 2, &clock).await;
                for it in &renewed {
                    while let Err(error) = it.renew(&issuer, lifetime) {
                        let name = it.name;
                        console::report(format_args!(
                            "cannot renew the token of {name}, retrying: {error:#}"
                        ));
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        });
        Ok(Self { files, renewal })
    }

    /// The path of the token file of a service.
    pub(super) fn file_of(&self, service: &str) -> Option<&Path> {
        self.files.iter().find(|it| it.name == service).map(|it| it.path.as_path())
    }
}

/// Waits by the clock that tokens expire by, which goes on while the machine is suspended.
async fn wait_until(at: Micros, clock: &Clock) {
    loop {
        let left = at - clock.now();
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(MAX_SLEEP)).await;
    }
}

impl TokenFile {
    fn renew(&self, issuer: &LocalIssuer, lifetime: Duration) -> anyhow::Result<()> {
        let claims =
            TokenClaims { sub: self.name.to_owned(), roles: vec![Role::Service], department: None, lifetime };
        let token = issuer.issue(&claims, &Clock::system())?;
        Ok(access::local::write_private(&self.path, token.as_bytes())?)
    }
}

impl Drop for ServiceTokens {
    fn drop(&mut self) {
        self.renewal.abort();
        for it in &self.files {
            let _ = std::fs::remove_file(&it.path);
        }
    }
}
