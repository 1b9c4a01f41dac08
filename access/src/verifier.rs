//! Verifies the bearer token of a request and makes a [`Caller`] of it.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Validation, decode, decode_header};
use net::admission::{Admission, Authenticate, Waits};
use platform::clock::Clock;
use telemetry::span::{SpanBuilder, SpanKind};

use crate::claims::{Claims, ExpectedClaims};
use crate::discovery::{Discovery, IssuerError};
use crate::issuer_keys::{IssuerKeys, Timing};
use crate::keys::Key;
use crate::token_cache::{self, TokenCache};
use crate::{Caller, IssuerLogin, IssuerUrl, Keys, Refusal, Unauthenticated};

/// Longer tokens are refused as malformed.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

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
        let authorization = single_authorization(headers)?;
        let token = bearer(authorization)?;
        let (hash, now) = (token_cache::hash(token), clock.now());
        if let Some(current) = keys.current()
            && let Some(caller) = cache.find(&hash, now, &current, authorization)
        {
            return Ok(caller);
        }
        let key = self.find_key(token, waits).await?;
        let caller = expected.caller(&signed_claims(token, &key)?, now, authorization)?;
        cache.insert(hash, &caller, key);
        Ok(caller)
    }

    async fn find_key(&self, token: &str, waits: &Waits) -> Result<Arc<Key>, Refusal> {
        let header = decode_header(token).map_err(|_| Unauthenticated::Malformed)?;
        let id = header.kid.ok_or(Unauthenticated::UnknownKey)?;
        match &self.shared.keys {
            KeySource::Given(keys) => Ok(keys.find(&id).ok_or(Unauthenticated::UnknownKey)?),
            KeySource::Issuer(keys) => {
                if let Some(key) = keys.current().and_then(|it| it.find(&id)) {
                    return Ok(key);
                }
                // A token that does not name the issuer cannot have one of its keys: no request is made for it.
                let claims: Claims = insecure_decode_claims(token).map_err(|_| Unauthenticated::Malformed)?;
                if !self.shared.expected.is_from_issuer(&claims) {
                    return Err(Unauthenticated::UnknownKey.into());
                }
                keys.find(&id, waits).await
            }
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

fn signed_claims(token: &str, key: &Key) -> Result<Claims, Unauthenticated> {
    // The algorithm is that of the key, never the one that the token names.
    let mut validation = Validation::new(key.algorithm);
    // Times, issuer and audience are checked in claims.rs, by our clock and with a reason for each.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode(token, &key.decoding, &validation).map(|it| it.claims).map_err(|_| Unauthenticated::BadSignature)
}

/// The `authorization` header. Several are refused, because another process might pick a different one.
fn single_authorization(headers: &HeaderMap) -> Result<&HeaderValue, Unauthenticated> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let first = all.next().ok_or(Unauthenticated::Missing)?;
    if all.next().is_some() { Err(Unauthenticated::Malformed) } else { Ok(first) }
}

fn bearer(authorization: &HeaderValue) -> Result<&str, Unauthenticated> {
    let text = authorization.to_str().map_err(|_| Unauthenticated::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(Unauthenticated::Malformed)?;
    let token = token.trim();
    let is_bearer =
        scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= MAX_TOKEN_BYTES;
    if is_bearer { Ok(token) } else { Err(Unauthenticated::Malformed) }
}

#[cfg(test)]
mod tests;
