//! The local token issuer of `ccm up`: one Ed25519 key pair in the data directory. Its tokens are accepted only while
//! no other issuer is configured.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, OctetKeyPairParameters,
    OctetKeyPairType, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use platform::clock::Clock;
use serde::Serialize;
use serde_json::json;

use crate::Role;

/// `iss` of the tokens that the local issuer signs.
pub const ISSUER: &str = "urn:cml-cloud-manager:local";
/// `aud` of tokens for this product, unless another audience is configured.
pub const AUDIENCE: &str = "cml-cloud-manager";

const PRIVATE_FILE: &str = "local-key.pem";
const PUBLIC_FILE: &str = "local-key.jwks.json";

/// The claims of a token to sign.
#[derive(Clone, Debug)]
pub struct TokenClaims {
    /// `sub`: the person or the service that the token is for.
    pub sub: String,
    /// Written to `realm_access.roles`.
    pub roles: Vec<Role>,
    /// Written to the claim `department`; left out when `None`.
    pub department: Option<String>,
    /// From now to `exp`, in whole seconds.
    pub lifetime: Duration,
}

/// Why a key pair or a token could not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub enum LocalKeyError {
    /// A file could not be read or written.
    #[error("{path} cannot be read or written")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The private key file does not hold a key of the expected form.
    #[error("{0} is not an Ed25519 key in PKCS #8 format; delete the file to create a new key")]
    Format(PathBuf),
    /// The claims could not be encoded or signed.
    #[error("the token cannot be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Signs tokens with the local key pair.
pub struct LocalIssuer {
    key: EncodingKey,
    public: String,
    id: String,
    pem: String,
}

impl LocalIssuer {
    /// Generates a key pair, in memory only.
    ///
    /// # Panics
    /// Never: an Ed25519 key always has a PKCS #8 form.
    #[must_use]
    pub fn generate() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a key must be unpredictable, in tests too")]
        let secret = platform::clock::random();
        Self::of(&SigningKey::from_bytes(&secret))
    }

    /// Reads the key pair in `directory`.
    pub fn open(directory: &Path) -> Result<Self, LocalKeyError> {
        let path = directory.join(PRIVATE_FILE);
        let pem = platform::regular_file::read_text(&path)
            .map_err(|source| LocalKeyError::File { path: path.clone(), source })?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| LocalKeyError::Format(path))?;
        Ok(Self::of(&key))
    }

    /// Reads the key pair in `directory`, or generates and writes one when there is none. The private key file has mode
    /// 0600. The file of the public key is replaced if it is not that of the pair; who reads it meanwhile reads one of them whole.
    pub fn open_or_create(directory: &Path) -> Result<Self, LocalKeyError> {
        let private = directory.join(PRIVATE_FILE);
        let issuer = if private.exists() { Self::open(directory)? } else { Self::generate() };
        write_new(&private, issuer.pem.as_bytes())?;
        let public = public_keys_path(directory);
        let set = serde_json::to_vec_pretty(&issuer.key_set()).unwrap_or_default();
        if !platform::regular_file::read(&public).is_ok_and(|it| it == set) {
            // Services of other users may read it.
            write_then(&public, &set, 0o644, |temporary| std::fs::rename(temporary, &public))?;
        }
        Ok(issuer)
    }

    fn of(key: &SigningKey) -> Self {
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        // Without the public key, it is PKCS #8 version 1 (RFC 5208). OpenSSL 3.0 and Python do not read version 2 (RFC 5958).
        let private = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
        let der = private.to_pkcs8_der().expect("an Ed25519 key has a PKCS #8 form");
        let pem = private.to_pkcs8_pem(LineEnding::LF).expect("an Ed25519 key has a PKCS #8 form");
        let id = format!("local-{}", public.get(..8).unwrap_or_default());
        Self { key: EncodingKey::from_ed_der(der.as_bytes()), public, id, pem: pem.to_string() }
    }

    /// `kid` of the key: `local-` and the first eight characters of the public key.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// The public key as a key set.
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

    /// Signs a token with these claims, issued now.
    pub fn issue(&self, claims: &TokenClaims, clock: &Clock) -> Result<String, LocalKeyError> {
        let now = clock.now().seconds();
        let lifetime = i64::try_from(claims.lifetime.as_secs()).unwrap_or(i64::MAX);
        let roles: Vec<&str> = claims.roles.iter().map(Into::into).collect();
        let mut payload = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": claims.sub,
            "iat": now,
            "exp": now.saturating_add(lifetime),
            "realm_access": { "roles": roles },
        });
        if let Some(department) = &claims.department {
            payload["department"] = json!(department);
        }
        self.sign(&payload)
    }

    /// Signs a token with any claims, unchecked.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, LocalKeyError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.id.clone());
        Ok(encode(&header, claims, &self.key)?)
    }
}

/// Path of the public key set in `directory`, for the setting `CCM_LOCAL_KEYS` of the services.
#[must_use]
pub fn public_keys_path(directory: &Path) -> PathBuf {
    directory.join(PUBLIC_FILE)
}

/// Replaces a file atomically; the new file has mode 0600.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), LocalKeyError> {
    write_then(path, content, 0o600, |temporary| std::fs::rename(temporary, path))
}

/// Creates a file atomically with mode 0600; does nothing when there is one.
fn write_new(path: &Path, content: &[u8]) -> Result<(), LocalKeyError> {
    write_then(path, content, 0o600, |temporary| match std::fs::hard_link(temporary, path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    })
}

/// Writes and syncs a temporary file next to `path`, calls `put` with its path to move or link it, and removes it.
fn write_then(
    path: &Path,
    content: &[u8],
    mode: u32,
    put: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<(), LocalKeyError> {
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&temporary)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| put(&temporary));
    let _ = std::fs::remove_file(&temporary);
    written.map_err(|source| LocalKeyError::File { path: path.to_owned(), source })
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

    /// The DER bytes of the private key file.
    fn der(directory: &Path) -> Vec<u8> {
        let pem = std::fs::read_to_string(directory.join(PRIVATE_FILE)).unwrap();
        let base64: String = pem.lines().filter(|it| !it.starts_with('-')).collect();
        base64::engine::general_purpose::STANDARD.decode(base64).unwrap()
    }

    #[test]
    fn the_private_key_has_the_form_that_other_tools_read() {
        let directory = tempfile::tempdir().unwrap();
        LocalIssuer::open_or_create(directory.path()).unwrap();
        let der = der(directory.path());
        // RFC 8410 section 7: a sequence of version 0, the algorithm 1.3.101.112 and the key, and nothing else.
        let start = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        assert_eq!((der.len(), &der[..start.len()]), (48, &start[..]));
    }

    #[test]
    fn a_private_key_with_its_public_key_is_read_and_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let key = SigningKey::from_bytes(&[7; 32]);
        let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
        std::fs::write(directory.path().join(PRIVATE_FILE), pem.as_bytes()).unwrap();
        assert_eq!(der(directory.path())[..5], [0x30, 0x51, 2, 1, 1], "version 2");
        let issuer = LocalIssuer::open_or_create(directory.path()).unwrap();
        assert_eq!(issuer.key_id(), LocalIssuer::of(&key).key_id());
        assert!(issuer.sign(&json!({"sub": "ada"})).is_ok());
        assert_eq!(std::fs::read(directory.path().join(PRIVATE_FILE)).unwrap(), pem.as_bytes());
    }

    #[test]
    fn the_file_of_the_public_key_is_replaced_only_if_it_is_another_ones() {
        use std::os::unix::fs::MetadataExt as _;

        let directory = tempfile::tempdir().unwrap();
        let file = public_keys_path(directory.path());
        let written = || {
            LocalIssuer::open_or_create(directory.path()).unwrap();
            (std::fs::read(&file).unwrap(), std::fs::metadata(&file).unwrap())
        };
        let (whole, first) = written();
        assert_eq!(first.mode() & 0o077, 0o044, "others may read it");
        assert_eq!(written().1.ino(), first.ino(), "it is left alone");
        std::fs::write(&file, &whole[..10]).unwrap();
        let mut reader = std::fs::File::open(&file).unwrap();
        let (again, replaced) = written();
        assert!(again == whole && replaced.ino() != first.ino(), "a new file");
        let mut read = Vec::new();
        std::io::Read::read_to_end(&mut reader, &mut read).unwrap();
        assert_eq!(read, &whole[..10], "who has opened the old one reads that");
        let names = std::fs::read_dir(directory.path()).unwrap().map(|it| it.unwrap().file_name());
        assert_eq!(names.count(), 2, "nothing else is left");
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(PRIVATE_FILE), "no key").unwrap();
        let Err(error) = LocalIssuer::open_or_create(directory.path()) else { panic!("was taken for a key") };
        assert!(error.to_string().contains(PRIVATE_FILE));
    }
}
