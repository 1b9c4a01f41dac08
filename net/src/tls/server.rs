//! The server side of TLS, for the gateway and the gRPC servers.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::TlsError;
use super::files::{Identity, provider, roots};
use super::reload::Reloaded;

/// The certificate of a server, and the CAs of its clients. Clones share the files' newest content.
#[derive(Clone)]
pub struct ServerTls(Reloaded<ServerConfig>);

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

impl ServerTls {
    /// Serves with a certificate chain and its private key, and offers `protocols` by ALPN. With `client_ca`, clients need
    /// a certificate that a CA of that file has signed. Needs a tokio runtime.
    pub fn load(
        certificate: PathBuf,
        key: PathBuf,
        client_ca: Option<PathBuf>,
        protocols: &'static [&'static str],
    ) -> Result<Self, TlsError> {
        let identity = Identity { certificate, key };
        let mut files = vec![identity.certificate.clone(), identity.key.clone()];
        files.extend(client_ca.clone());
        Reloaded::load(files, move || make(&identity, client_ca.as_deref(), protocols)).map(Self)
    }

    /// Performs the handshake; `None` if it fails or takes longer than `timeout`, with a log line that names `client`.
    pub(crate) async fn accept<S>(&self, stream: S, client: &str, timeout: Duration) -> Option<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let handshake = TlsAcceptor::from(self.0.current()).accept(stream);
        match tokio::time::timeout(timeout, handshake).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                // A client that closes the connection, as a port check does, was not rejected.
                if error.kind() == io::ErrorKind::UnexpectedEof {
                    tracing::debug!(client, %error, "a client disconnected during the TLS handshake");
                } else {
                    tracing::warn!(client, why = %error, "rejected a client: the TLS handshake failed");
                }
                None
            }
            Err(_) => {
                tracing::debug!(
                    client,
                    "closed the connection of a client that did not finish the TLS handshake in time"
                );
                None
            }
        }
    }
}

fn make(identity: &Identity, client_ca: Option<&Path>, protocols: &[&str]) -> Result<ServerConfig, TlsError> {
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(file)?), provider());
            let verifier = verifier
                .build()
                .map_err(|error| TlsError::Ca { file: file.to_owned(), why: error.to_string() })?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let (chain, key) = identity.read()?;
    let mut config = builder.with_single_cert(chain, key).map_err(|error| identity.unusable(error))?;
    config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
    Ok(config)
}
