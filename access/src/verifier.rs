//! From a request's `authorization` to a [`Caller`], or the reason why not.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Validation, decode, decode_header};
use net::admission::{Admission, Authenticate};
use platform::clock::Clock;

use crate::claims::{Claims, Expected};
use crate::discovery::{Discovery, IssuerError};
use crate::issuer_keys::{IssuerKeys, Pace};
use crate::keys::Key;
use crate::token_cache::{self, TokenCache};
use crate::{Caller, IssuerUrl, Keys, Refusal, Unauthenticated};

/// Longer ones are not looked at.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Verifies the tokens of one issuer. Clones share its keys and what they have verified.
#[derive(Clone)]
pub struct Verifier {
    shared: Arc<Shared>,
}

struct Shared {
    expected: Expected,
    keys: Source,
    verified: TokenCache,
    clock: Clock,
}

enum Source {
    Given(Arc<Keys>),
    Issuer(IssuerKeys),
}

impl Verifier {
    /// A verifier of the tokens that say what is `expected` and are signed with one of `keys`.
    #[must_use]
    pub fn of_keys(expected: Expected, keys: Keys, clock: Clock) -> Self {
        Self::new(expected, Source::Given(Arc::new(keys)), clock)
    }

    /// A verifier of the tokens that say what is `expected` and are signed with a key that `issuer` publishes at the
    /// time. It begins to ask at once and goes on until the last clone is dropped; the issuer need not be there.
    ///
    /// # Panics
    /// Outside of a tokio runtime, and when the process has no default provider of rustls.
    pub fn of_issuer(issuer: &IssuerUrl, expected: Expected, clock: Clock) -> Result<Self, IssuerError> {
        let keys = IssuerKeys::start(Discovery::new(issuer)?, Pace::default(), clock.clone());
        Ok(Self::new(expected, Source::Issuer(keys), clock))
    }

    fn new(expected: Expected, keys: Source, clock: Clock) -> Self {
        Self { shared: Arc::new(Shared { expected, keys, verified: TokenCache::new(), clock }) }
    }

    /// The caller that these headers, or this metadata, name.
    pub async fn verify(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let Shared { expected, keys, verified, clock } = &*self.shared;
        let authorization = only(headers)?;
        let token = bearer(authorization)?;
        let (hash, now) = (token_cache::hash(token), clock.now());
        if let Some(known) = keys.now()
            && let Some(caller) = verified.find(&hash, now, &known, authorization)
        {
            return Ok(caller);
        }
        let key = self.key_of(token).await?;
        let caller = expected.caller(&signed_claims(token, &key)?, now, authorization)?;
        verified.insert(hash, &caller, key);
        Ok(caller)
    }

    async fn key_of(&self, token: &str) -> Result<Arc<Key>, Refusal> {
        let header = decode_header(token).map_err(|_| Unauthenticated::Malformed)?;
        let id = header.kid.ok_or(Unauthenticated::UnknownKey)?;
        match &self.shared.keys {
            Source::Given(keys) => Ok(keys.find(&id).ok_or(Unauthenticated::UnknownKey)?),
            Source::Issuer(keys) => {
                if let Some(key) = keys.now().and_then(|it| it.find(&id)) {
                    return Ok(key);
                }
                // What does not even claim to be the issuer's is not worth a question to it.
                let claims: Claims = insecure_decode_claims(token).map_err(|_| Unauthenticated::Malformed)?;
                if !self.shared.expected.is_from_issuer(&claims) {
                    return Err(Unauthenticated::UnknownKey.into());
                }
                keys.find(&id).await
            }
        }
    }
}

impl Source {
    fn now(&self) -> Option<Arc<Keys>> {
        match self {
            Self::Given(keys) => Some(keys.clone()),
            Self::Issuer(keys) => keys.now(),
        }
    }
}

impl Authenticate for Verifier {
    type Caller = Caller;
    type Refusal = Refusal;

    async fn authenticate(&self, headers: &HeaderMap) -> Admission<Self> {
        self.verify(headers).await
    }
}

fn signed_claims(token: &str, key: &Key) -> Result<Claims, Unauthenticated> {
    // The key says which algorithm, never the token.
    let mut validation = Validation::new(key.algorithm);
    // Times, issuer and audience are checked elsewhere, by our clock and with a reason each.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode(token, &key.decoding, &validation).map(|it| it.claims).map_err(|_| Unauthenticated::BadSignature)
}

/// The one `authorization`: with two of them nobody knows which one the next process would take.
fn only(headers: &HeaderMap) -> Result<&HeaderValue, Unauthenticated> {
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
