//! TLS for all connections of a setup, with a certificate of the bench's own, which is its own CA.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The files that the processes get, and what the load connects with.
#[derive(Clone)]
pub(crate) struct Tls {
    /// For certificates, and for CAs.
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    connector: TlsConnector,
}

impl Tls {
    /// Makes a certificate for loopback.
    pub(crate) fn create(directory: &Path) -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let (certificate, key) = (directory.join("tls.crt"), directory.join("tls.key"));
        std::fs::write(&certificate, made.cert.pem())?;
        std::fs::write(&key, made.signing_key.serialize_pem())?;
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone())?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { certificate, key, connector: Arc::new(config).into() })
    }

    /// Performs the handshake with a server at an address.
    pub(crate) async fn connect(
        &self,
        to: IpAddr,
        stream: TcpStream,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        self.connector.connect(ServerName::IpAddress(to.into()), stream).await
    }
}
