//! Tokens that were verified, so that a caller's next request costs a hash and not a signature. Bounded, and holding no
//! token: the key is its SHA-256.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use platform::clock::Micros;
use sha2::{Digest as _, Sha256};

use crate::Caller;
use crate::keys::{Key, Keys};

/// Tokens held at most.
const CAPACITY: usize = 10_000;

/// What identifies a token.
pub(crate) type TokenHash = [u8; 32];

/// SHA-256 of a token.
pub(crate) fn hash(token: &str) -> TokenHash {
    Sha256::digest(token).into()
}

/// Two halves: what is used moves into the young one; when that is full it becomes the old one, and the old one is
/// forgotten. So the least recently used go first, without a list to keep.
pub(crate) struct TokenCache {
    halves: Mutex<Halves>,
    half: usize,
}

#[derive(Default)]
struct Halves {
    young: HashMap<TokenHash, Verified>,
    old: HashMap<TokenHash, Verified>,
}

#[derive(Clone)]
struct Verified {
    /// Without its `authorization`, which the request at hand has.
    caller: Arc<Caller>,
    key: Arc<Key>,
}

impl TokenCache {
    pub(crate) fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    fn with_capacity(capacity: usize) -> Self {
        Self { halves: Mutex::default(), half: capacity / 2 }
    }

    /// The caller of a token that was verified before, has not ended at `now`, and whose key is still one of `keys`.
    pub(crate) fn find(
        &self,
        token: &TokenHash,
        now: Micros,
        keys: &Keys,
        authorization: &HeaderValue,
    ) -> Option<Caller> {
        let found = self.touch(token)?;
        let counts = now < found.caller.expires_at && keys.holds(&found.key);
        counts.then(|| Caller { authorization: authorization.clone(), ..Caller::clone(&found.caller) })
    }

    fn touch(&self, token: &TokenHash) -> Option<Verified> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = halves.young.get(token) {
            return Some(found.clone());
        }
        let found = halves.old.remove(token)?;
        let forgotten = halves.put(*token, found.clone(), self.half);
        drop(halves);
        drop(forgotten);
        Some(found)
    }

    /// Keeps the caller of a token that `key` has signed.
    pub(crate) fn keep(&self, token: TokenHash, caller: &Caller, key: Arc<Key>) {
        let caller = Caller { authorization: HeaderValue::from_static(""), ..caller.clone() };
        let verified = Verified { caller: Arc::new(caller), key };
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = halves.put(token, verified, self.half);
        drop(halves);
        drop(forgotten);
    }
}

impl Halves {
    /// Answers what is forgotten for it, to be dropped without the lock.
    fn put(&mut self, token: TokenHash, verified: Verified, half: usize) -> HashMap<TokenHash, Verified> {
        let mut forgotten = HashMap::new();
        if self.young.len() >= half {
            forgotten = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
        }
        self.young.insert(token, verified);
        forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::LocalIssuer;

    const NOW: Micros = Micros(1_000_000);

    fn caller(expires_at: Micros) -> Caller {
        Caller {
            issuer: "urn:test".to_owned(),
            subject: "ada".to_owned(),
            roles: Vec::new(),
            department: None,
            expires_at,
            on_behalf_of: None,
            authorization: HeaderValue::from_static("Bearer first"),
        }
    }

    fn keys() -> (Keys, Arc<Key>) {
        let issuer = LocalIssuer::generate();
        let keys = Keys::from_set(&issuer.key_set());
        let key = keys.find(issuer.key_id()).unwrap();
        (keys, key)
    }

    fn found(cache: &TokenCache, token: &str, now: Micros, keys: &Keys) -> Option<Caller> {
        cache.find(&hash(token), now, keys, &HeaderValue::from_static("bearer second"))
    }

    #[test]
    fn a_caller_is_known_until_his_token_ends() {
        let (cache, (keys, key)) = (TokenCache::new(), keys());
        cache.keep(hash("a"), &caller(Micros(2_000_000)), key);
        let known = found(&cache, "a", NOW, &keys).unwrap();
        assert_eq!((known.subject.as_str(), known.authorization.as_bytes()), ("ada", &b"bearer second"[..]));
        assert!(found(&cache, "a", Micros(2_000_000), &keys).is_none());
        assert!(found(&cache, "b", NOW, &keys).is_none());
    }

    #[test]
    fn a_key_that_is_gone_takes_its_tokens_along() {
        let (cache, (before, key)) = (TokenCache::new(), keys());
        cache.keep(hash("a"), &caller(Micros(2_000_000)), key);
        assert!(found(&cache, "a", NOW, &before).is_some());
        assert!(found(&cache, "a", NOW, &keys().0).is_none());
    }

    #[test]
    fn it_never_holds_more_than_its_capacity_and_forgets_what_nobody_uses() {
        let (cache, (keys, key)) = (TokenCache::with_capacity(10), keys());
        cache.keep(hash("used"), &caller(Micros(2_000_000)), key.clone());
        cache.keep(hash("unused"), &caller(Micros(2_000_000)), key.clone());
        for number in 0..100 {
            cache.keep(hash(&number.to_string()), &caller(Micros(2_000_000)), key.clone());
            assert!(found(&cache, "used", NOW, &keys).is_some(), "{number}");
            let halves = cache.halves.lock().unwrap();
            assert!(halves.young.len() + halves.old.len() <= 10);
        }
        assert!(found(&cache, "unused", NOW, &keys).is_none());
        assert!(found(&cache, "0", NOW, &keys).is_none());
        assert!(found(&cache, "99", NOW, &keys).is_some());
    }
}
