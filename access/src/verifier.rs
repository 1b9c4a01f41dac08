//! Verifies the bearer token of a request and makes a [`Caller`] of it.

use std::sync::Arc;

use http::HeaderMap;
use net::admission::{Admission, Authenticate, Waits};
use platform::clock::Clock;
use telemetry::span::{SpanBuilder, SpanKind};

use crate::bearer;
use crate::claims::ExpectedClaims;
use crate::discovery::{Discovery, IssuerError};
use crate::issuer_keys::{IssuerKeys, Timing};
use crate::jws::Unverified;
use crate::keys::Key;
use crate::token_cache::{self, TokenCache};
use crate::{Caller, IssuerLogin, IssuerUrl, Keys, Refusal};

/// Verifies the tokens of one issuer. Clones share the keys and the cache of verified tokens.
#[derive(Clone)]
pub struct Verifier {
    shared: Arc<Shared>,
}

struct Shared {
    expected: ExpectedClaims,
    keys: KeySource,
    cache: TokenCache,
    clock: Clock,
}

enum KeySource {
    Given(Arc<Keys>),
    Issuer(IssuerKeys),
}

impl Verifier {
    /// A verifier for tokens with the `expected` claims, signed with one of `keys`.
    #[must_use]
    pub fn with_keys(expected: ExpectedClaims, keys: Keys, clock: Clock) -> Self {
        Self::new(expected, KeySource::Given(Arc::new(keys)), clock)
    }

    /// A verifier for tokens with the `expected` claims, signed with a key that `issuer` publishes. The keys are
    /// fetched in the background, from now until the last clone is dropped; the issuer may be unreachable at first.
    ///
    /// # Panics
    /// Outside of a tokio runtime, and when rustls has no default crypto provider.
    pub fn with_issuer(
        issuer: &IssuerUrl,
        expected: ExpectedClaims,
        clock: Clock,
    ) -> Result<Self, IssuerError> {
        let keys = IssuerKeys::start(Discovery::new(issuer)?, Timing::default(), clock.clone());
        Ok(Self::new(expected, KeySource::Issuer(keys), clock))
    }

    fn new(expected: ExpectedClaims, keys: KeySource, clock: Clock) -> Self {
        Self { shared: Arc::new(Shared { expected, keys, cache: TokenCache::new(), clock }) }
    }

    /// Where people sign in to get a token, if the tokens are those of an issuer.
    #[must_use]
    pub fn login(&self) -> Option<IssuerLogin> {
        match &self.shared.keys {
            KeySource::Given(_) => None,
            KeySource::Issuer(keys) => Some(keys.login()),
        }
    }

    /// Authenticates a request by its headers (HTTP) or metadata (gRPC). May wait for the issuer when the key is
    /// unknown.
    pub async fn verify(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let waits = Waits::default();
        let verified = self.verify_waiting(headers, &waits).await;
        if !waits.is_empty() {
            // No request has a span for it.
            let root = SpanBuilder::new(SpanKind::Internal).child_of(opentelemetry::Context::new());
            waits.record(&root.start(|it| it.name("verify token")));
        }
        verified
    }

    /// [`Verifier::verify`]; `waits` gets the fetches of keys that the verification waits for.
    async fn verify_waiting(&self, headers: &HeaderMap, waits: &Waits) -> Result<Caller, Refusal> {
        let Shared { expected, keys, cache, clock } = &*self.shared;
        let (authorization, token) = bearer::of(headers)?;
        let (hash, now) = (token_cache::hash(token), clock.now());
        if let Some(current) = keys.current()
            && let Some(caller) = cache.find(&hash, now, &current, authorization)
        {
            return Ok(caller);
        }
        let token = Unverified::parse(token)?;
        // A token that does not name the issuer cannot have one of its keys: the issuer is not asked for it.
        expected.check_issuer(token.unverified_claims())?;
        let key = self.find_key(token.key_id(), waits).await?;
        let caller = expected.caller(&token.verified(&key)?, now, authorization)?;
        cache.insert(hash, &caller, key);
        Ok(caller)
    }

    async fn find_key(&self, id: &str, waits: &Waits) -> Result<Arc<Key>, Refusal> {
        match &self.shared.keys {
            KeySource::Given(keys) => Ok(keys.find(id).ok_or_else(|| keys.refusal(id))?),
            KeySource::Issuer(keys) => keys.find(id, waits).await,
        }
    }
}

impl KeySource {
    fn current(&self) -> Option<Arc<Keys>> {
        match self {
            Self::Given(keys) => Some(keys.clone()),
            Self::Issuer(keys) => keys.current(),
        }
    }
}

impl Authenticate for Verifier {
    type Caller = Caller;
    type Refusal = Refusal;

    async fn authenticate(&self, headers: &HeaderMap, waits: &Waits) -> Admission<Self> {
        self.verify_waiting(headers, waits).await
    }
}

#[cfg(test)]
mod tests;
