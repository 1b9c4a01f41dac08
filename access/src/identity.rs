//! The identity of a process for calls that no request of a user caused, such as retries: a caller with role `service`,
//! with a token that is renewed before it expires. The process verifies its token as its peers will, so that a wrong
//! configuration shows at the start and not at the first call.

mod client_credentials;
mod token_file;

use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use platform::causes::chain;
use platform::clock::{Clock, Micros};
use tokio::sync::watch;

pub use client_credentials::{ClientCredentials, ClientSecret};

use crate::discovery::IssuerError;
use crate::{Caller, Refusal, Role, Unauthenticated, Verifier};

/// Pause after a failed attempt to get a token; it doubles up to [`MAX_RETRY`].
const MIN_RETRY: Duration = Duration::from_secs(1);
const MAX_RETRY: Duration = Duration::from_secs(30);
/// Shortest time between two warnings of an outage.
const WARN_INTERVAL: Duration = Duration::from_mins(1);
/// How often the current token is verified again, and the longest sleep: a timer does not notice that the clock was set
/// or that the machine was suspended.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// Where a process gets its own token from.
#[derive(Debug)]
pub enum TokenSource {
    /// A file that another process keeps renewed, as `ccm up` does for its children. It is read again when it changes.
    File(PathBuf),
    /// The token endpoint of the issuer, with the client_credentials grant.
    Issuer(Box<ClientCredentials>),
}

impl TokenSource {
    /// Gets a token once, which is not verified.
    pub async fn token(&self) -> Result<String, NoTokenOfSource> {
        self.read().await.map_err(NoTokenOfSource)
    }

    async fn read(&self) -> Result<String, IdentityError> {
        match self {
            Self::File(path) => token_file::read(path).await,
            Self::Issuer(credentials) => credentials.token().await,
        }
    }
}

/// Why a [`TokenSource`] gives no token.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NoTokenOfSource(IdentityError);

/// Why a process could not get a token of its own.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IdentityError {
    #[error("the token file {path} cannot be read")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the token file {0} does not contain exactly one token")]
    NoToken(PathBuf),
    #[error("the client secret file {path} cannot be read")]
    Secret { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// With `error` of RFC 6749 section 5.2.
    #[error("the issuer rejected the token request: {0}")]
    Refused(String),
    #[error("the token response of the issuer contains no bearer token")]
    NoBearer,
    /// Peers would refuse the token for this reason.
    #[error("this process's own token would be rejected: {0}")]
    NotAccepted(Unauthenticated),
    #[error("the token cannot be verified, because the issuer is unreachable")]
    NotVerified,
    /// With the `sub` of the token.
    #[error("the token of {0:?} does not have the role service")]
    NotAService(String),
}

/// The process has no valid token at the moment; the log has the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this process has no valid token of its own at the moment")]
pub struct TokenUnavailable;

/// The process as a caller. Clones share the token.
#[derive(Clone, Debug)]
pub struct Identity {
    current: watch::Receiver<Option<Caller>>,
    clock: Clock,
}

impl Identity {
    /// Gets a token in the background and keeps it renewed until the last clone is dropped. `verifier` must be that of
    /// the process, because its peers verify with the same settings.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn start(source: TokenSource, verifier: Verifier, clock: Clock) -> Self {
        let (publish, current) = watch::channel(None);
        let renewer = Renewer { source, verifier, clock: clock.clone(), current: publish };
        tokio::spawn(renewer.run());
        Self { current, clock }
    }

    /// The process as a caller, while its token is valid.
    pub fn caller(&self) -> Result<Caller, TokenUnavailable> {
        let now = self.clock.now();
        self.current.borrow().as_ref().filter(|it| it.expires_at > now).cloned().ok_or(TokenUnavailable)
    }

    /// The `authorization` of the process, while its token is valid.
    #[must_use]
    pub fn authorization(&self) -> Option<HeaderValue> {
        self.caller().ok().map(|it| it.authorization)
    }

    /// The process as a caller on behalf of a person, given by their `sub`. Recorded in events; gives no rights.
    pub fn on_behalf_of(&self, person: &str) -> Result<Caller, TokenUnavailable> {
        Ok(self.caller()?.acting_for(person))
    }
}

struct Renewer {
    source: TokenSource,
    verifier: Verifier,
    clock: Clock,
    current: watch::Sender<Option<Caller>>,
}

impl Renewer {
    async fn run(self) {
        let (mut retry, mut last_warning) = (MIN_RETRY, None);
        while !self.current.is_closed() {
            let now = self.clock.now();
            let next = match self.token().await {
                Ok((token, caller)) => {
                    (retry, last_warning) = (MIN_RETRY, None);
                    let next = renewal(now, caller.expires_at);
                    self.publish(caller);
                    self.wait_while_valid(&token, next).await;
                    continue;
                }
                Err(error) => {
                    if last_warning.is_none_or(|it: Micros| (it + WARN_INTERVAL) <= now || it > now) {
                        last_warning = Some(now);
                        let error = chain(&error);
                        tracing::warn!(error, "cannot get a token for this process; retrying");
                    }
                    let pause = retry;
                    retry = (retry * 2).min(MAX_RETRY);
                    now + pause
                }
            };
            self.wait_until(next, || async { true }).await;
        }
    }

    async fn token(&self) -> Result<(String, Caller), IdentityError> {
        let token = self.source.read().await?;
        let caller = self.verified(&token).await?;
        Ok((token, caller))
    }

    async fn verified(&self, token: &str) -> Result<Caller, IdentityError> {
        let bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| IdentityError::NoBearer)?;
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer)]);
        let caller = self.verifier.verify(&headers).await.map_err(|refusal| match refusal {
            Refusal::Unauthenticated(reason) => IdentityError::NotAccepted(reason),
            Refusal::IssuerUnavailable => IdentityError::NotVerified,
        })?;
        // The verifier grants a leeway; a new token must be valid without it.
        if caller.expires_at <= self.clock.now() {
            return Err(IdentityError::NotAccepted(Unauthenticated::Expired));
        }
        if caller.is(Role::Service) {
            Ok(caller)
        } else {
            Err(IdentityError::NotAService(caller.sub.to_string()))
        }
    }

    /// Returns when the token is due for renewal, is no longer accepted (its key was withdrawn, for example), or its
    /// file has another token.
    async fn wait_while_valid(&self, token: &str, renewal: Micros) {
        let is_valid = || async {
            let is_in_file = match &self.source {
                TokenSource::File(path) => token_file::read(path).await.is_ok_and(|it| it == token),
                TokenSource::Issuer(_) => true,
            };
            is_in_file && !matches!(self.verified(token).await, Err(IdentityError::NotAccepted(_)))
        };
        self.wait_until(renewal, is_valid).await;
    }

    /// Makes the token current. It is logged once: an issuer or a file may give the same token again.
    fn publish(&self, caller: Caller) {
        let current_until = self.current.borrow().as_ref().map(|it| it.expires_at);
        if current_until != Some(caller.expires_at) {
            let until = caller.expires_at.to_rfc3339();
            tracing::info!(sub = &*caller.sub, until, "got a new token for this process");
        }
        self.current.send_replace(Some(caller));
    }

    /// Waits until `at`, or until `goes_on` answers false; asks it every [`CHECK_INTERVAL`].
    async fn wait_until<F: Future<Output = bool> + Send>(&self, at: Micros, goes_on: impl Fn() -> F + Send) {
        while self.clock.now() < at && !self.current.is_closed() {
            let left = at - self.clock.now();
            tokio::select! {
                () = tokio::time::sleep(left.min(CHECK_INTERVAL)) => {}
                () = self.current.closed() => {}
            }
            if !goes_on().await {
                return;
            }
        }
    }
}

/// When to renew a token that ends at `end`: after two thirds of the remaining time, which leaves time for retries, and
/// never at once.
fn renewal(now: Micros, end: Micros) -> Micros {
    now + ((end - now) * 2 / 3).max(MIN_RETRY)
}

#[cfg(test)]
mod tests;
