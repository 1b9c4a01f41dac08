//! Who a process is when it works without anybody's request: a caller with role `service`, by a token of its own that is
//! renewed before it ends. It checks the token itself as its peers will: one that nobody would take is found at the start,
//! and not by the first retry at night.

mod client_credentials;
mod token_file;

use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use platform::clock::{Clock, Micros};
use tokio::sync::watch;

pub use client_credentials::{ClientCredentials, ClientSecret};

use crate::discovery::IssuerError;
use crate::{Caller, Refusal, Role, Unauthenticated, Verifier};

/// Between two attempts to get a token, at first and at most.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// An outage is logged as often at most.
const COMPLAIN: Duration = Duration::from_mins(1);
/// How often it is looked whether a token still counts. A longer sleep would not notice either that the clock was set, or
/// the machine suspended.
const DOZE: Duration = Duration::from_secs(10);

/// Where a process gets its own token.
#[derive(Debug)]
pub enum TokenSource {
    /// From a file that somebody else renews; `ccm up` does for its children.
    File(PathBuf),
    /// From the issuer, by the client_credentials grant.
    Issuer(Box<ClientCredentials>),
}

/// Why a process has no token of its own.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IdentityError {
    /// The file.
    #[error("the token file {path} cannot be read")]
    File { path: PathBuf, source: std::io::Error },
    /// The file again.
    #[error("the token file {0} holds no token")]
    NoToken(PathBuf),
    /// The secret's file.
    #[error("the client secret {path} cannot be read")]
    Secret { path: PathBuf, source: std::io::Error },
    /// The issuer cannot be asked.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// It gives no token: `error` of RFC 6749 section 5.2.
    #[error("the issuer refuses a token: {0}")]
    Refused(String),
    /// Its answer is no token response.
    #[error("the issuer's answer holds no bearer token")]
    NoBearer,
    /// Peers would refuse the token.
    #[error("the token does not count here: {0}")]
    NotTaken(Unauthenticated),
    /// For now nobody can tell whether they would.
    #[error("the token cannot be verified, for the issuer is away")]
    NotVerified,
    /// It would give too few rights.
    #[error("the token is one of {0:?}, without the role service")]
    NoService(String),
}

/// There is no token for now; the log says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this process has no token of its own for now")]
pub struct NoIdentity;

/// A process as a caller. Clones share its token.
#[derive(Clone, Debug)]
pub struct Identity {
    current: watch::Receiver<Option<Caller>>,
    clock: Clock,
}

impl Identity {
    /// Gets a token and keeps it renewed until the last clone is dropped. `verifier` is to be that of the process: its
    /// peers go by the same settings.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(source: TokenSource, verifier: Verifier, clock: Clock) -> Self {
        let (known, current) = watch::channel(None);
        let keeper = Keeper { source, verifier, clock: clock.clone(), known };
        tokio::spawn(keeper.run());
        Self { current, clock }
    }

    /// The process itself.
    pub fn caller(&self) -> Result<Caller, NoIdentity> {
        let now = self.clock.now();
        self.current.borrow().as_ref().filter(|it| it.expires_at > now).cloned().ok_or(NoIdentity)
    }

    /// The process at work for a person, by the person's subject: for the record, it gives no rights.
    pub fn on_behalf_of(&self, person: &str) -> Result<Caller, NoIdentity> {
        Ok(Caller { on_behalf_of: Some(person.to_owned()), ..self.caller()? })
    }
}

/// Renews the token.
struct Keeper {
    source: TokenSource,
    verifier: Verifier,
    clock: Clock,
    known: watch::Sender<Option<Caller>>,
}

impl Keeper {
    async fn run(self) {
        let (mut retry, mut complained) = (RETRY.0, None);
        while !self.known.is_closed() {
            let now = self.clock.now();
            let next = match self.token().await {
                Ok((token, caller)) => {
                    (retry, complained) = (RETRY.0, None);
                    let next = renewal(now, caller.expires_at);
                    self.keep(caller);
                    self.wait_while_good(&token, next).await;
                    continue;
                }
                Err(error) => {
                    if complained.is_none_or(|it: Micros| (it + COMPLAIN) <= now || it > now) {
                        complained = Some(now);
                        let error: &dyn std::error::Error = &error;
                        tracing::warn!(error, "no new token for this process; it tries again");
                    }
                    let pause = retry;
                    retry = (retry * 2).min(RETRY.1);
                    now + pause
                }
            };
            self.wait_until(next, || async { true }).await;
        }
    }

    async fn token(&self) -> Result<(String, Caller), IdentityError> {
        let token = match &self.source {
            TokenSource::File(path) => token_file::read(path).await?,
            TokenSource::Issuer(credentials) => credentials.token().await?,
        };
        let caller = self.verified(&token).await?;
        Ok((token, caller))
    }

    async fn verified(&self, token: &str) -> Result<Caller, IdentityError> {
        let bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| IdentityError::NoBearer)?;
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer)]);
        let caller = self.verifier.verify(&headers).await.map_err(|refusal| match refusal {
            Refusal::Unauthenticated(reason) => IdentityError::NotTaken(reason),
            Refusal::IssuerAway => IdentityError::NotVerified,
        })?;
        // Peers whose clocks are a little off would take it for a moment.
        if caller.expires_at <= self.clock.now() {
            return Err(IdentityError::NotTaken(Unauthenticated::Expired));
        }
        if caller.is(Role::Service) { Ok(caller) } else { Err(IdentityError::NoService(caller.subject)) }
    }

    /// Until a token is to be renewed, or no longer counts, its key withdrawn say, or its file holds another one.
    async fn wait_while_good(&self, token: &str, renewal: Micros) {
        let is_good = || async {
            let is_in_file = match &self.source {
                TokenSource::File(path) => token_file::read(path).await.is_ok_and(|it| it == token),
                TokenSource::Issuer(_) => true,
            };
            is_in_file && !matches!(self.verified(token).await, Err(IdentityError::NotTaken(_)))
        };
        self.wait_until(renewal, is_good).await;
    }

    /// An issuer, or a file, may well give the same token twice.
    fn keep(&self, caller: Caller) {
        let known_until = self.known.borrow().as_ref().map(|it| it.expires_at);
        if known_until != Some(caller.expires_at) {
            let until = caller.expires_at.to_rfc3339();
            tracing::info!(subject = caller.subject, until, "this process has a token of its own");
        }
        self.known.send_replace(Some(caller));
    }

    /// Waits until then, as long as `goes_on`.
    async fn wait_until<F: Future<Output = bool> + Send>(&self, at: Micros, goes_on: impl Fn() -> F + Send) {
        while self.clock.now() < at && !self.known.is_closed() {
            let left = at - self.clock.now();
            tokio::select! {
                () = tokio::time::sleep(left.min(DOZE)) => {}
                () = self.known.closed() => {}
            }
            if !goes_on().await {
                return;
            }
        }
    }
}

/// When two thirds of what is left are over: there is time for some attempts then. Not at once, however soon it ends.
fn renewal(now: Micros, end: Micros) -> Micros {
    now + ((end - now) * 2 / 3).max(RETRY.0)
}

#[cfg(test)]
mod tests;
