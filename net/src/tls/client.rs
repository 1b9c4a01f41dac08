//! The client side of TLS, for gRPC channels.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::BoxError;

use super::TlsError;
use super::files::{Identity, provider, roots};
use super::reload::Reloaded;

/// The CAs and the client certificate of gRPC channels. Clones share the files' newest content.
#[derive(Clone)]
pub struct ClientTls(Reloaded<ClientConfig>);

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls").finish_non_exhaustive()
    }
}

impl ClientTls {
    /// Trusts servers with a certificate that a CA of the file `ca` has signed. `identity`, a certificate chain and its
    /// private key, is sent to servers that ask for a client certificate. Needs a tokio runtime.
    pub fn load(ca: PathBuf, identity: Option<(PathBuf, PathBuf)>) -> Result<Self, TlsError> {
        let identity = identity.map(|(certificate, key)| Identity { certificate, key });
        let mut files = vec![ca.clone()];
        files.extend(identity.iter().flat_map(|it| [it.certificate.clone(), it.key.clone()]));
        Reloaded::load(files, move || make(&ca, identity.as_ref())).map(Self)
    }

    pub(crate) async fn connect(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, BoxError> {
        let name = ServerName::try_from(host.to_owned())?;
        let stream = TlsConnector::from(self.0.current()).connect(name, stream).await?;
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            Ok(stream)
        } else {
            Err("the server does not offer HTTP/2 by ALPN".into())
        }
    }
}

fn make(ca: &Path, identity: Option<&Identity>) -> Result<ClientConfig, TlsError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(Arc::new(roots(ca)?));
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let (chain, key) = identity.read()?;
            builder.with_client_auth_cert(chain, key).map_err(|error| identity.unusable(error))?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}
