//! The public keys that tokens are checked with, as a JSON Web Key Set (RFC 7517).

use std::collections::HashMap;
use std::path::Path;

use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm};
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

    /// The usable keys of a set; others (encryption keys, other algorithms) are passed over.
    #[must_use]
    pub fn from_set(set: &JwkSet) -> Self {
        let usable = |jwk: &Jwk| {
            let id = jwk.common.key_id.clone()?;
            Some((id, (DecodingKey::from_jwk(jwk).ok()?, algorithm_of(jwk)?)))
        };
        Self { by_id: set.keys.iter().filter_map(usable).collect() }
    }

    pub(crate) fn find(&self, id: &str) -> Option<&(DecodingKey, Algorithm)> {
        self.by_id.get(id)
    }
}

fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    match jwk.common.key_algorithm? {
        KeyAlgorithm::RS256 => Some(Algorithm::RS256),
        KeyAlgorithm::ES256 => Some(Algorithm::ES256),
        KeyAlgorithm::EdDSA => Some(Algorithm::EdDSA),
        _ => None,
    }
}
