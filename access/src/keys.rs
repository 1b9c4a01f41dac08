//! The public keys that verify tokens, read from a JSON Web Key Set (RFC 7517).

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, KeyOperations, PublicKeyUse,
    RSAKeyParameters, ThumbprintHash,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use crate::Unauthenticated;

/// Bits of an RSA modulus: fewer are too weak (RFC 7518 section 3.3), and more are not supported.
const RSA_BITS: RangeInclusive<usize> = 2_048..=4_096;

/// The usable keys of a key set, by key id.
#[derive(Clone, Default)]
pub struct Keys {
    by_id: HashMap<String, Arc<Key>>,
    /// Ids of keys that must not be used.
    unusable: HashSet<String>,
}

/// A public key with the one algorithm that it is used with.
pub(crate) struct Key {
    id: String,
    pub(crate) decoding: DecodingKey,
    pub(crate) algorithm: Algorithm,
    /// RFC 7638; tells apart two keys with the same id.
    thumbprint: String,
}

impl Key {
    /// The key, when it has an id and is for signatures of a supported algorithm.
    fn of(jwk: &Jwk) -> Option<Self> {
        // RFC 7517 sections 4.2 and 4.3: a key without these members is for any use.
        let is_for_signing =
            jwk.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature)
                && jwk.common.key_operations.as_ref().is_none_or(|it| it.contains(&KeyOperations::Verify));
        Some(Self {
            id: jwk.common.key_id.clone()?,
            algorithm: algorithm_of(jwk).filter(|_| is_for_signing)?,
            decoding: DecodingKey::from_jwk(jwk).ok()?,
            thumbprint: jwk.thumbprint(ThumbprintHash::SHA256).ok()?,
        })
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.id, self.algorithm, &self.thumbprint) == (&other.id, other.algorithm, &other.thumbprint)
    }
}

/// A key set as received. The keys are parsed one by one, so that a key of an unknown type does not fail the set.
#[derive(Deserialize)]
struct RawKeySet {
    keys: Vec<Value>,
}

/// Why no keys could be read from a file.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("the key set {path} cannot be read")]
    Read {
        /// Path of the file.
        path: String,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The file is not a key set, or has no usable key.
    #[error(
        "{0} is not a JSON Web Key Set with a usable key (RS256 with 2,048 to 4,096 bits, ES256 or EdDSA, with a kid)"
    )]
    Format(String),
}

impl Keys {
    /// Reads a key set from a file; at least one key must be usable.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let shown = path.display().to_string();
        let text = platform::regular_file::read(path)
            .map_err(|source| KeyError::Read { path: shown.clone(), source })?;
        Self::parse(&text).filter(|it| !it.is_empty()).ok_or(KeyError::Format(shown))
    }

    /// The usable keys of a key set in JSON; `None` when the text is not a key set.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let set: RawKeySet = serde_json::from_slice(text).ok()?;
        let mut keys = Self::default();
        for raw in set.keys {
            let id = raw.get("kid").and_then(Value::as_str).map(ToOwned::to_owned);
            keys.add(id, serde_json::from_value(raw).ok().as_ref().and_then(Key::of));
        }
        Some(keys)
    }

    /// The usable keys of a set. Encryption keys and keys of other algorithms or a wrong length are skipped.
    #[must_use]
    pub fn from_set(set: &JwkSet) -> Self {
        let mut keys = Self::default();
        for jwk in &set.keys {
            keys.add(jwk.common.key_id.clone(), Key::of(jwk));
        }
        keys
    }

    fn add(&mut self, id: Option<String>, key: Option<Key>) {
        match key {
            Some(key) => _ = self.by_id.insert(key.id.clone(), Arc::new(key)),
            None => self.unusable.extend(id),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn find(&self, id: &str) -> Option<Arc<Key>> {
        self.by_id.get(id).cloned()
    }

    /// Why a token with this key id is refused, if [`Self::find`] finds none.
    pub(crate) fn refusal(&self, id: &str) -> Unauthenticated {
        if self.unusable.contains(id) { Unauthenticated::UnusableKey } else { Unauthenticated::UnknownKey }
    }

    /// Whether the set has this key, and not another one with the same id.
    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.by_id.get(&key.id).is_some_and(|it| it.is_same(key))
    }

    /// Whether both sets have the same keys.
    pub(crate) fn are_same(&self, others: &Self) -> bool {
        self.by_id.len() == others.by_id.len() && self.by_id.values().all(|it| others.contains(it))
    }
}

/// The algorithm of a key, by its type and curve; `None` when it is not supported or contradicts `alg`.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    let (algorithm, name) = match &jwk.algorithm {
        AlgorithmParameters::RSA(it) if RSA_BITS.contains(&bits(it)) => {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        // The verifier panics on a shorter key and truncates a longer one.
        AlgorithmParameters::OctetKeyPair(it)
            if it.curve == EllipticCurve::Ed25519
                && URL_SAFE_NO_PAD.decode(&it.x).is_ok_and(|x| x.len() == 32) =>
        {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        _ => return None,
    };
    jwk.common.key_algorithm.is_none_or(|it| it == name).then_some(algorithm)
}

/// The size of the modulus; 0 if it is not base64url.
fn bits(key: &RSAKeyParameters) -> usize {
    let modulus = URL_SAFE_NO_PAD.decode(&key.n).unwrap_or_default();
    let leading = modulus.iter().take_while(|it| **it == 0).count();
    let first = modulus.get(leading).map_or(0, |it| it.leading_zeros() as usize);
    (modulus.len() - leading) * 8 - first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usable(jwk: &Value) -> bool {
        let text = serde_json::json!({ "keys": [jwk] }).to_string();
        Keys::parse(text.as_bytes()).unwrap().find("k").is_some()
    }

    fn ed25519(change: impl FnOnce(&mut serde_json::Value)) -> serde_json::Value {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let mut jwk = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x});
        change(&mut jwk);
        jwk
    }

    #[test]
    fn without_alg_the_type_of_a_key_decides_its_algorithm() {
        assert!(usable(&ed25519(|_| {})));
        assert!(usable(&ed25519(|it| it["alg"] = "EdDSA".into())));
    }

    #[test]
    fn keys_of_a_wrong_length_use_or_algorithm_are_skipped() {
        assert!(!usable(&ed25519(|it| it["x"] = "AAAA".into())));
        assert!(!usable(&ed25519(|it| it["x"] = URL_SAFE_NO_PAD.encode([7; 33]).into())));
        assert!(!usable(&ed25519(|it| it["use"] = "enc".into())));
        assert!(!usable(&ed25519(|it| it["alg"] = "HS256".into())));
    }

    #[test]
    fn a_key_is_used_only_for_what_its_use_and_its_key_ops_allow() {
        let verify = serde_json::json!(["verify"]);
        for good in [verify.clone(), serde_json::json!(["sign", "verify"])] {
            assert!(usable(&ed25519(|it| it["key_ops"] = good.clone())), "{good}");
        }
        for bad in [
            serde_json::json!([]),
            serde_json::json!(["sign"]),
            serde_json::json!(["encrypt", "wrapKey"]),
            serde_json::json!("verify"),
        ] {
            assert!(!usable(&ed25519(|it| it["key_ops"] = bad.clone())), "{bad}");
        }
        // Both have to allow it.
        let both = |of: &str| ed25519(|it| (it["use"], it["key_ops"]) = (of.into(), verify.clone()));
        assert!(usable(&both("sig")) && !usable(&both("enc")) && !usable(&both("tls")));
        assert!(!usable(&ed25519(|it| it["use"] = 7.into())));
    }

    #[test]
    fn an_rsa_key_has_2048_to_4096_bits() {
        let rsa = |modulus: Vec<u8>| {
            let n = URL_SAFE_NO_PAD.encode(modulus);
            usable(&serde_json::json!({"kty": "RSA", "kid": "k", "n": n, "e": "AQAB"}))
        };
        // The bits count, whatever the bytes in which they are written.
        let of = |first: u8, more: usize| [vec![first], vec![0xff; more]].concat();
        assert!(rsa(of(0x80, 255)) && rsa(of(0xff, 511)) && rsa([vec![0], of(0x80, 255)].concat()));
        for weak in [Vec::new(), of(0x80, 127), of(0x7f, 255), [vec![0; 200], of(0x80, 127)].concat()] {
            assert!(!rsa(weak.clone()), "{weak:?}");
        }
        assert!(!rsa(of(0x01, 512)));
    }

    #[test]
    fn a_key_that_must_not_be_used_is_told_from_one_that_is_not_there() {
        let weak = serde_json::json!({"kty": "RSA", "kid": "weak", "n": "gAAA", "e": "AQAB"});
        let unknown = serde_json::json!({"kty": "AKP", "kid": "new"});
        let text = serde_json::json!({ "keys": [weak, unknown, {"kty": "AKP"}] }).to_string();
        let keys = Keys::parse(text.as_bytes()).unwrap();
        assert!(keys.is_empty());
        assert_eq!(keys.refusal("weak"), Unauthenticated::UnusableKey);
        assert_eq!(keys.refusal("new"), Unauthenticated::UnusableKey);
        assert_eq!(keys.refusal("other"), Unauthenticated::UnknownKey);
    }

    #[test]
    fn a_key_of_an_unknown_type_does_not_fail_the_set() {
        let unknown = serde_json::json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "new", "pub": "AAAA"});
        let text = serde_json::json!({ "keys": [unknown, 7, ed25519(|_| {})] }).to_string();
        let keys = Keys::parse(text.as_bytes()).unwrap();
        assert!(keys.find("k").is_some() && keys.find("new").is_none());
    }

    #[test]
    fn another_key_of_the_same_id_is_another_key() {
        let of = |byte: u8| {
            let jwk = ed25519(|it| it["x"] = URL_SAFE_NO_PAD.encode([byte; 32]).into());
            Keys::parse(serde_json::json!({ "keys": [jwk] }).to_string().as_bytes()).unwrap()
        };
        assert!(of(7).are_same(&of(7)) && !of(7).are_same(&of(8)));
        assert!(!of(7).contains(&of(8).find("k").unwrap()));
    }
}
