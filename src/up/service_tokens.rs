//! A token of its own for each child, in a file that is renewed for as long as `up` runs. With an issuer the children get
//! theirs from it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use access::Role;
use access::local::{Grant, LocalIssuer};
use platform::clock::{Clock, Micros};
use tokio::task::JoinHandle;

/// After a file could not be written.
const RETRY: Duration = Duration::from_secs(5);
/// A longer sleep would not notice that the clock was set, or the machine suspended.
const DOZE: Duration = Duration::from_secs(30);

/// Renews the tokens of those that were added, until it is dropped.
pub(super) struct ServiceTokens {
    minted: Vec<Minted>,
    renewal: JoinHandle<()>,
}

/// The file of one child.
#[derive(Clone)]
struct Minted {
    name: &'static str,
    file: PathBuf,
}

impl ServiceTokens {
    /// Tokens of `services`, each good for `lifetime`, in files under `directory`.
    pub(super) fn mint(
        issuer: LocalIssuer,
        services: &[&'static str],
        directory: &Path,
        lifetime: Duration,
    ) -> anyhow::Result<Self> {
        let file = |name: &str| directory.join(format!("{name}.token"));
        let minted: Vec<_> = services.iter().map(|&name| Minted { name, file: file(name) }).collect();
        for it in &minted {
            it.renew(&issuer, lifetime)?;
        }
        let kept = minted.clone();
        let renewal = tokio::spawn(async move {
            let clock = Clock::system();
            loop {
                // Whoever reads it when a third is left finds the next one.
                wait_until(clock.now() + lifetime / 2, &clock).await;
                for it in &kept {
                    while let Err(error) = it.renew(&issuer, lifetime) {
                        eprintln!("ccm: {error:#}; it is tried again");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        });
        Ok(Self { minted, renewal })
    }

    /// Where the token of a service lies.
    pub(super) fn file_of(&self, service: &str) -> Option<&Path> {
        self.minted.iter().find(|it| it.name == service).map(|it| it.file.as_path())
    }
}

/// By the clock that tokens end by: a machine that was suspended finds them ended.
async fn wait_until(at: Micros, clock: &Clock) {
    loop {
        let left = at - clock.now();
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(DOZE)).await;
    }
}

impl Minted {
    fn renew(&self, issuer: &LocalIssuer, lifetime: Duration) -> anyhow::Result<()> {
        let grant =
            Grant { subject: self.name.to_owned(), roles: vec![Role::Service], department: None, lifetime };
        let token = issuer.grant(&grant, &Clock::system())?;
        Ok(access::local::write_private(&self.file, token.as_bytes())?)
    }
}

impl Drop for ServiceTokens {
    fn drop(&mut self) {
        self.renewal.abort();
        // Nobody needs them any more.
        for it in &self.minted {
            let _ = std::fs::remove_file(&it.file);
        }
    }
}
