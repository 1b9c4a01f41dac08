//! Settings of connections: certificates, and how old a connection may be.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use net::grpc::server::ConnectionOptions;
use net::tls::{ClientTls, ServerTls, TlsError};

/// What a server shows of itself.
#[derive(Debug, Args)]
pub(crate) struct Certificate {
    /// Certificate chain in PEM; with it, nothing is taken unencrypted
    #[arg(long, env = "CCM_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, env = "CCM_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// How a gRPC server takes connections.
#[derive(Debug, Args)]
pub(crate) struct GrpcServer {
    #[command(flatten)]
    certificate: Certificate,
    /// CAs in PEM; only clients with a certificate of one of them are let in
    #[arg(long, env = "CCM_TLS_CLIENT_CA", value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// After which a connection takes no more calls, give or take a tenth
    #[arg(long, env = "CCM_MAX_CONNECTION_AGE", default_value = "5m", value_name = "DURATION", value_parser = super::duration)]
    max_connection_age: Duration,
}

/// How the services are called.
#[derive(Debug, Args)]
pub(crate) struct GrpcClient {
    /// CAs in PEM that https: and dns: services are verified with
    #[arg(long = "grpc-ca", env = "CCM_GRPC_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Certificate chain in PEM, shown to services that ask
    #[arg(long = "grpc-client-cert", env = "CCM_GRPC_CLIENT_CERT", value_name = "FILE", requires_all = ["ca", "key"])]
    shown: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long = "grpc-client-key", env = "CCM_GRPC_CLIENT_KEY", value_name = "FILE", requires = "shown")]
    key: Option<PathBuf>,
}

/// What `up` does not hand on: its children speak to each other on loopback, unencrypted.
pub(crate) const NOT_OF_UP: [&str; 6] = [
    "CCM_TLS_CERT",
    "CCM_TLS_KEY",
    "CCM_TLS_CLIENT_CA",
    "CCM_GRPC_CA",
    "CCM_GRPC_CLIENT_CERT",
    "CCM_GRPC_CLIENT_KEY",
];

impl Certificate {
    /// What is needed to accept, if anything; `protocols` are offered by ALPN.
    pub(crate) fn server(&self, protocols: &'static [&'static str]) -> Result<Option<ServerTls>, TlsError> {
        self.with_client_ca(None, protocols)
    }

    fn with_client_ca(
        &self,
        client_ca: Option<PathBuf>,
        protocols: &'static [&'static str],
    ) -> Result<Option<ServerTls>, TlsError> {
        let pair = self.tls_cert.clone().zip(self.tls_key.clone());
        pair.map(|(certificate, key)| ServerTls::load(certificate, key, client_ca, protocols)).transpose()
    }
}

impl GrpcServer {
    pub(crate) fn connections(&self) -> Result<ConnectionOptions, TlsError> {
        let tls =
            self.certificate.with_client_ca(self.tls_client_ca.clone(), ConnectionOptions::ALPN_PROTOCOLS)?;
        Ok(ConnectionOptions { tls, max_age: self.max_connection_age })
    }
}

impl GrpcClient {
    pub(crate) fn tls(&self) -> Result<Option<ClientTls>, TlsError> {
        let identity = self.shown.clone().zip(self.key.clone());
        self.ca.clone().map(|ca| ClientTls::load(ca, identity)).transpose()
    }
}
