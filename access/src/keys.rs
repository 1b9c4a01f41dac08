//! The public keys that tokens are checked with, as a JSON Web Key Set (RFC 7517).

use std::collections::HashMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};

/// Keys by their id, each with the one algorithm it is good for.
#[derive(Clone, Default)]
pub struct Keys {
    by_id: HashMap<String, (DecodingKey, Algorithm)>,
}

/// A key set that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("the key set {path} cannot be read")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no key set.
    #[error("{0} is no JSON Web Key Set with a usable key (RS256, ES256 or EdDSA, with a kid)")]
    Format(String),
}

impl Keys {
    /// The keys of a file.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let shown = path.display().to_string();
        let text = std::fs::read(path).map_err(|source| KeyError::Read { path: shown.clone(), source })?;
        let set: JwkSet = serde_json::from_slice(&text).map_err(|_| KeyError::Format(shown.clone()))?;
        let keys = Self::from_set(&set);
        if keys.by_id.is_empty() { Err(KeyError::Format(shown)) } else { Ok(keys) }
    }

    /// The usable keys of a set; others (encryption keys, other algorithms, keys of a wrong length) are passed over.
    #[must_use]
    pub fn from_set(set: &JwkSet) -> Self {
        let usable = |jwk: &Jwk| {
            let id = jwk.common.key_id.clone()?;
            let is_for_signing =
                jwk.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
            let algorithm = algorithm_of(jwk).filter(|_| is_for_signing)?;
            Some((id, (DecodingKey::from_jwk(jwk).ok()?, algorithm)))
        };
        Self { by_id: set.keys.iter().filter_map(usable).collect() }
    }

    pub(crate) fn find(&self, id: &str) -> Option<&(DecodingKey, Algorithm)> {
        self.by_id.get(id)
    }
}

/// The one algorithm that a key is good for: by its kind, and as its `alg` says when it says something.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    let (algorithm, name) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        // The verifier would panic at a shorter key, and cut a longer one.
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

    fn usable(jwk: &serde_json::Value) -> bool {
        let set: JwkSet = serde_json::from_value(serde_json::json!({ "keys": [jwk] })).unwrap();
        Keys::from_set(&set).find("k").is_some()
    }

    fn ed25519(change: impl FnOnce(&mut serde_json::Value)) -> serde_json::Value {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let mut jwk = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x});
        change(&mut jwk);
        jwk
    }

    #[test]
    fn a_key_without_alg_is_good_for_what_its_kind_says() {
        assert!(usable(&ed25519(|_| {})));
        assert!(usable(&ed25519(|it| it["alg"] = "EdDSA".into())));
    }

    #[test]
    fn keys_of_a_wrong_length_use_or_algorithm_are_passed_over() {
        assert!(!usable(&ed25519(|it| it["x"] = "AAAA".into())));
        assert!(!usable(&ed25519(|it| it["x"] = URL_SAFE_NO_PAD.encode([7; 33]).into())));
        assert!(!usable(&ed25519(|it| it["use"] = "enc".into())));
        assert!(!usable(&ed25519(|it| it["alg"] = "HS256".into())));
    }
}
