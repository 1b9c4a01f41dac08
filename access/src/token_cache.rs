//! The cache of verified tokens: the next request with the same token costs a BLAKE3 hash and no signature check. The
//! cache holds no token, only its hash.

use std::sync::Arc;

use http::HeaderValue;
use platform::clock::Micros;
use quick_cache::sync::Cache;

use crate::Caller;
use crate::keys::{Key, Keys};

/// About this many tokens are in the cache at most; beyond that, tokens that are used keep their place and others are evicted.
const CAPACITY: usize = 10_000;

/// BLAKE3 of a token: on a processor without instructions for SHA-256, that would take five times as long.
pub(crate) type TokenHash = [u8; 32];

pub(crate) fn hash(token: &str) -> TokenHash {
    blake3::hash(token.as_bytes()).into()
}

pub(crate) struct TokenCache {
    tokens: Cache<TokenHash, Verified>,
}

#[derive(Clone)]
struct Verified {
    /// Has an empty `authorization`; a caller that is found gets that of the request at hand.
    caller: Caller,
    /// The key that the token was signed with.
    key: Arc<Key>,
}

impl TokenCache {
    pub(crate) fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    fn with_capacity(capacity: usize) -> Self {
        Self { tokens: Cache::new(capacity) }
    }

    /// The caller of a token that was verified earlier. A token that is not accepted any more at `now`, or whose key is no longer
    /// one of `keys`, is removed and not found.
    pub(crate) fn find(
        &self,
        token: &TokenHash,
        now: Micros,
        keys: &Keys,
        authorization: &HeaderValue,
    ) -> Option<Caller> {
        let Verified { caller, key } = self.tokens.get(token)?;
        if caller.accepted_until <= now || !keys.contains(&key) {
            self.tokens.remove(token);
            return None;
        }
        Some(caller.with_authorization(authorization.clone()))
    }

    /// Caches the caller of a token whose signature was verified with `key`.
    pub(crate) fn insert(&self, token: TokenHash, caller: &Caller, key: Arc<Key>) {
        let caller = caller.with_authorization(HeaderValue::from_static(""));
        self.tokens.insert(token, Verified { caller, key });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::LocalIssuer;
    use crate::testing::caller_until;

    const NOW: Micros = Micros(1_000_000);

    fn caller(end: Micros) -> Caller {
        caller_until("ada", &[], None, end)
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
    fn a_token_is_found_until_it_expires() {
        let (cache, (keys, key)) = (TokenCache::new(), keys());
        cache.insert(hash("a"), &caller(Micros(2_000_000)), key);
        let known = found(&cache, "a", NOW, &keys).unwrap();
        assert_eq!((&*known.sub, known.authorization.as_bytes()), ("ada", &b"bearer second"[..]));
        assert!(found(&cache, "a", Micros(2_000_000), &keys).is_none());
        assert!(found(&cache, "b", NOW, &keys).is_none());
    }

    #[test]
    fn a_token_is_not_found_once_its_key_is_withdrawn() {
        let (cache, (before, key)) = (TokenCache::new(), keys());
        cache.insert(hash("a"), &caller(Micros(2_000_000)), key);
        assert!(found(&cache, "a", NOW, &before).is_some());
        assert!(found(&cache, "a", NOW, &keys().0).is_none());
        assert!(cache.tokens.is_empty());
    }

    #[test]
    fn the_cache_never_exceeds_its_capacity_and_keeps_a_token_that_is_used() {
        let (cache, (keys, key)) = (TokenCache::with_capacity(10), keys());
        cache.insert(hash("used"), &caller(Micros(2_000_000)), key.clone());
        for number in 0..100 {
            cache.insert(hash(&number.to_string()), &caller(Micros(2_000_000)), key.clone());
            assert!(found(&cache, "used", NOW, &keys).is_some(), "{number}");
            assert!(cache.tokens.len() <= 10);
        }
        assert!(found(&cache, "98", NOW, &keys).is_none());
        assert!(found(&cache, "99", NOW, &keys).is_some());
    }
}
