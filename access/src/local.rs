//! The issuer that `ccm up` is for itself: one Ed25519 key pair under the data directory. It counts only as long as no
//! real issuer is configured.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, spki::der::pem::LineEnding};
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, OctetKeyPairParameters,
    OctetKeyPairType, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use platform::clock::Clock;
use serde::Serialize;
use serde_json::json;

use crate::Role;

/// `iss` of local tokens.
pub const ISSUER: &str = "urn:cml-cloud-manager:local";
/// `aud` of every token for this product, unless configured otherwise.
pub const AUDIENCE: &str = "cml-cloud-manager";

const PRIVATE_FILE: &str = "local-key.pem";
const PUBLIC_FILE: &str = "local-key.jwks.json";

/// What a token is to say.
#[derive(Clone, Debug)]
pub struct Grant {
    /// `sub`.
    pub subject: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// The department claim.
    pub department: Option<String>,
    /// How long it is good for.
    pub lifetime: Duration,
}

/// A key pair that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LocalKeyError {
    /// The files.
    #[error("{path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key itself.
    #[error("{0} is no Ed25519 key in PKCS #8 form; remove it and a new one is made")]
    Format(PathBuf),
    /// The signature.
    #[error("a token cannot be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Signs local tokens.
pub struct LocalIssuer {
    key: EncodingKey,
    public: String,
    id: String,
    pem: String,
}

impl LocalIssuer {
    /// A new key pair, in memory only.
    ///
    /// # Panics
    /// Never: an Ed25519 key always has a PKCS #8 form.
    #[must_use]
    pub fn generate() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a key must be unpredictable, in tests too")]
        let secret = platform::clock::random();
        Self::of(&SigningKey::from_bytes(&secret))
    }

    /// The key pair under `directory`.
    pub fn open(directory: &Path) -> Result<Self, LocalKeyError> {
        let path = directory.join(PRIVATE_FILE);
        let pem = std::fs::read_to_string(&path)
            .map_err(|source| LocalKeyError::File { path: path.clone(), source })?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| LocalKeyError::Format(path))?;
        Ok(Self::of(&key))
    }

    /// The key pair under `directory`, made when there is none. The private key is for its owner's eyes only.
    pub fn open_or_create(directory: &Path) -> Result<Self, LocalKeyError> {
        let private = directory.join(PRIVATE_FILE);
        let issuer = if private.exists() { Self::open(directory)? } else { Self::generate() };
        write_new(&private, issuer.pem.as_bytes())?;
        let public = public_keys(directory);
        let set = serde_json::to_vec_pretty(&issuer.key_set()).unwrap_or_default();
        std::fs::write(&public, set).map_err(|source| LocalKeyError::File { path: public, source })?;
        Ok(issuer)
    }

    fn of(key: &SigningKey) -> Self {
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let der = key.to_pkcs8_der().expect("an Ed25519 key has a PKCS #8 form");
        let pem = key.to_pkcs8_pem(LineEnding::LF).expect("an Ed25519 key has a PKCS #8 form");
        let id = format!("local-{}", public.get(..8).unwrap_or_default());
        Self { key: EncodingKey::from_ed_der(der.as_bytes()), public, id, pem: pem.to_string() }
    }

    /// `kid` of the key.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// The public half.
    #[must_use]
    pub fn key_set(&self) -> JwkSet {
        let common = CommonParameters {
            public_key_use: Some(PublicKeyUse::Signature),
            key_algorithm: Some(KeyAlgorithm::EdDSA),
            key_id: Some(self.id.clone()),
            ..CommonParameters::default()
        };
        let algorithm = AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
            key_type: OctetKeyPairType::OctetKeyPair,
            curve: EllipticCurve::Ed25519,
            x: self.public.clone(),
        });
        JwkSet { keys: vec![Jwk { common, algorithm }] }
    }

    /// A token that says what `grant` says.
    pub fn grant(&self, grant: &Grant, clock: &Clock) -> Result<String, LocalKeyError> {
        let now = clock.now().seconds();
        let lifetime = i64::try_from(grant.lifetime.as_secs()).unwrap_or(i64::MAX);
        let roles: Vec<&str> = grant.roles.iter().map(Into::into).collect();
        let mut claims = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": grant.subject,
            "iat": now,
            "exp": now.saturating_add(lifetime),
            "realm_access": { "roles": roles },
        });
        if let Some(department) = &grant.department {
            claims["department"] = json!(department);
        }
        self.sign(&claims)
    }

    /// A token of these claims, whatever they say.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, LocalKeyError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.id.clone());
        Ok(encode(&header, claims, &self.key)?)
    }
}

/// Where the public half lies under `directory`: what the services are told to verify with.
#[must_use]
pub fn public_keys(directory: &Path) -> PathBuf {
    directory.join(PUBLIC_FILE)
}

/// Writes a file that nobody else may read, whole or not at all; what was there is replaced.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), LocalKeyError> {
    place(path, content, |beside| std::fs::rename(beside, path))
}

/// Likewise, unless it is there.
fn write_new(path: &Path, content: &[u8]) -> Result<(), LocalKeyError> {
    place(path, content, |beside| match std::fs::hard_link(beside, path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    })
}

/// Writes a file beside `path`, to be put in its place.
fn place(
    path: &Path,
    content: &[u8],
    put: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<(), LocalKeyError> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let placed = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| put(&beside));
    let _ = std::fs::remove_file(&beside);
    placed.map_err(|source| LocalKeyError::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_pair_is_made_once_and_kept_private() {
        let directory = tempfile::tempdir().unwrap();
        let first = LocalIssuer::open_or_create(directory.path()).unwrap();
        let again = LocalIssuer::open_or_create(directory.path()).unwrap();
        assert_eq!(first.key_id(), again.key_id());
        let mode = std::fs::metadata(directory.path().join(PRIVATE_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(PRIVATE_FILE), "no key").unwrap();
        let Err(error) = LocalIssuer::open_or_create(directory.path()) else { panic!("was taken for a key") };
        assert!(error.to_string().contains(PRIVATE_FILE));
    }
}
