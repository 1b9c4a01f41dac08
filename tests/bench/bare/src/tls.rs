//! TLS as the README files of the crates set it up.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use tonic::transport::Identity;

use crate::Common;

/// The certificate of the gRPC server; `None` without TLS.
pub(crate) fn identity(common: &Common) -> anyhow::Result<Option<Identity>> {
    let (Some(certificate), Some(key)) = (&common.tls_cert, &common.tls_key) else { return Ok(None) };
    Ok(Some(Identity::from_pem(std::fs::read(certificate)?, std::fs::read(key)?)))
}

/// What accepts the connections of the HTTP server; `None` without TLS.
pub(crate) fn acceptor(common: &Common) -> anyhow::Result<Option<TlsAcceptor>> {
    let (Some(certificate), Some(key)) = (&common.tls_cert, &common.tls_key) else { return Ok(None) };
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(key)?)?;
    Ok(Some(Arc::new(config).into()))
}

/// Accepts one connection after the other.
pub(crate) struct Listener {
    pub(crate) listener: TcpListener,
    pub(crate) acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Listener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.listener.accept().await else { continue };
            let _ = stream.set_nodelay(true);
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
