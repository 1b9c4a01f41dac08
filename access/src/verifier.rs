//! From a request's `authorization` to a [`Caller`], or the reason why not.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use jsonwebtoken::{Validation, decode, decode_header};
use platform::admission::{Admission, Authenticate};
use platform::clock::{Clock, Micros};
use serde_json::{Map, Value};

use crate::{Caller, Keys, Role};

/// A token of one's own clock may be this many seconds ahead or behind.
const LEEWAY_SECONDS: i64 = 10;
/// Longer ones are not looked at.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Why nobody can be named. The texts are for the client and repeat nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// There is no token.
    #[error("a bearer token is needed")]
    Missing,
    /// It is no token.
    #[error("the authorization is no bearer token")]
    Malformed,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Somebody else issued it.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// It is for somebody else.
    #[error("the token is for another audience")]
    WrongAudience,
    /// Its key is not one of the issuer's.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// Its signature is wrong, or made with another algorithm than the key's.
    #[error("the token's signature is not valid")]
    BadSignature,
}

/// Verifies the tokens of one issuer. Clones share its keys.
#[derive(Clone)]
pub struct Verifier {
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    audience: String,
    keys: Keys,
    clock: Clock,
}

impl Verifier {
    /// A verifier of the tokens that `issuer` signs with one of `keys` for `audience`.
    #[must_use]
    pub fn new(issuer: &str, audience: &str, keys: Keys, clock: Clock) -> Self {
        let shared = Shared { issuer: issuer.to_owned(), audience: audience.to_owned(), keys, clock };
        Self { shared: Arc::new(shared) }
    }

    /// The caller that these headers, or this metadata, name.
    pub fn verify(&self, headers: &HeaderMap) -> Result<Caller, Unauthenticated> {
        let authorization = only(headers)?;
        let token = bearer(authorization)?;
        let claims = self.signed_claims(token)?;
        let Shared { issuer, audience, clock, .. } = &*self.shared;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(issuer) {
            return Err(Unauthenticated::WrongIssuer);
        }
        if !is_for(claims.get("aud"), audience) {
            return Err(Unauthenticated::WrongAudience);
        }
        let now = clock.now().seconds();
        let instant = |name: &str| claims.get(name).and_then(seconds);
        let expires = instant("exp").ok_or(Unauthenticated::Malformed)?;
        if expires.saturating_add(LEEWAY_SECONDS) <= now {
            return Err(Unauthenticated::Expired);
        }
        if instant("nbf").is_some_and(|it| it > now.saturating_add(LEEWAY_SECONDS)) {
            return Err(Unauthenticated::NotYetValid);
        }
        Ok(Caller {
            issuer: issuer.clone(),
            subject: text("sub").filter(|it| is_name(it, 255)).ok_or(Unauthenticated::Malformed)?.to_owned(),
            roles: roles(&claims),
            department: text("department").filter(|it| is_name(it, 100)).map(ToOwned::to_owned),
            expires_at: Micros(expires.saturating_mul(1_000_000)),
            authorization: authorization.clone(),
        })
    }

    fn signed_claims(&self, token: &str) -> Result<Map<String, Value>, Unauthenticated> {
        let header = decode_header(token).map_err(|_| Unauthenticated::Malformed)?;
        let id = header.kid.ok_or(Unauthenticated::UnknownKey)?;
        let (key, algorithm) = self.shared.keys.find(&id).ok_or(Unauthenticated::UnknownKey)?;
        // The key says which algorithm, never the token.
        let mut validation = Validation::new(*algorithm);
        // Times, issuer and audience are checked above, by our clock and with a reason each.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        decode(token, key, &validation).map(|it| it.claims).map_err(|_| Unauthenticated::BadSignature)
    }
}

impl Authenticate for Verifier {
    type Caller = Caller;
    type Refusal = Unauthenticated;

    async fn authenticate(&self, headers: &HeaderMap) -> Admission<Self> {
        self.verify(headers)
    }
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

fn is_for(claim: Option<&Value>, audience: &str) -> bool {
    match claim {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(all)) => all.iter().any(|it| it.as_str() == Some(audience)),
        _ => false,
    }
}

/// RFC 7519 allows fractions of a second in instants.
fn seconds(claim: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut at the ends of i64")]
    claim.as_i64().or_else(|| claim.as_f64().map(|it| it as i64))
}

fn roles(claims: &Map<String, Value>) -> Vec<Role> {
    let claim = claims.get("realm_access").and_then(|it| it.get("roles")).and_then(Value::as_array);
    let names = claim.into_iter().flatten().filter_map(Value::as_str);
    let mut roles: Vec<Role> = names.filter_map(Role::from_name).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// A name goes into rows, logs and answers.
fn is_name(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
