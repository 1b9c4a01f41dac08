//! The public keys that verify tokens, read from a JSON Web Key Set (RFC 7517).

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse, ThumbprintHash,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The usable keys of a key set, by key id.
#[derive(Clone, Default)]
pub struct Keys {
    by_id: HashMap<String, Arc<Key>>,
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
        let is_for_signing =
            jwk.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
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
    #[error("{0} is not a JSON Web Key Set with a usable key (RS256, ES256 or EdDSA, with a kid)")]
    Format(String),
}

impl Keys {
    /// Reads a key set from a file; at least one key must be usable.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let shown = path.display().to_string();
        let text = std::fs::read(path).map_err(|source| KeyError::Read { path: shown.clone(), source })?;
        Self::parse(&text).filter(|it| !it.is_empty()).ok_or(KeyError::Format(shown))
    }

    /// The usable keys of a key set in JSON; `None` when the text is not a key set.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let set: RawKeySet = serde_json::from_slice(text).ok()?;
        let keys = set.keys.into_iter().filter_map(|it| serde_json::from_value(it).ok()).collect();
        Some(Self::from_set(&JwkSet { keys }))
    }

    /// The usable keys of a set. Encryption keys and keys of other algorithms or a wrong length are skipped.
    #[must_use]
    pub fn from_set(set: &JwkSet) -> Self {
        let usable = set.keys.iter().filter_map(Key::of);
        Self { by_id: usable.map(|it| (it.id.clone(), Arc::new(it))).collect() }
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
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
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
