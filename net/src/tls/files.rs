//! Reads certificates, private keys and CAs from PEM files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// TLS cannot be set up with the files that the configuration names.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A configured file cannot be read.
    #[error("{file} cannot be read", file = .file.display())]
    Read {
        /// The path of the file.
        file: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file does not contain the expected PEM sections.
    #[error("{file} contains no {expected} in PEM format", file = .file.display())]
    Content {
        /// The path of the file.
        file: PathBuf,
        /// What the file should contain: a certificate or a private key.
        expected: &'static str,
    },
    /// A certificate chain and a private key do not belong together, or are unsupported.
    #[error("the certificate {certificate} and the private key {key} cannot be used", certificate = .certificate.display(), key = .key.display())]
    Pair {
        /// The path of the certificate chain.
        certificate: PathBuf,
        /// The path of the private key.
        key: PathBuf,
        /// Why rustls rejects the pair.
        source: rustls::Error,
    },
    /// The certificates of a file cannot be used as CAs.
    #[error("{file} contains no usable CA certificate: {why}", file = .file.display())]
    Ca {
        /// The path of the file.
        file: PathBuf,
        /// The error of rustls.
        why: String,
    },
    /// The crypto provider supports none of the protocol versions. This does not happen with the provider in use.
    #[error("TLS cannot be set up")]
    Versions(#[from] rustls::Error),
}

/// A certificate chain and its private key.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Identity {
    pub(super) fn read(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let chain = certificates(&self.certificate)?;
        let key = read(&self.key)?;
        let key = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|_| TlsError::Content { file: self.key.clone(), expected: "private key" })?;
        Ok((chain, key))
    }

    pub(super) fn unusable(&self, source: rustls::Error) -> TlsError {
        TlsError::Pair { certificate: self.certificate.clone(), key: self.key.clone(), source }
    }
}

/// Reads all CA certificates of a file.
pub(super) fn roots(file: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        let added = roots.add(certificate);
        added.map_err(|error| TlsError::Ca { file: file.to_owned(), why: error.to_string() })?;
    }
    Ok(roots)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(file)?;
    let read: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&text).collect();
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(TlsError::Content { file: file.to_owned(), expected: "certificate" }),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    platform::regular_file::read(file).map_err(|source| TlsError::Read { file: file.to_owned(), source })
}

/// The crypto provider, set explicitly so that other crates in the binary cannot change it.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
