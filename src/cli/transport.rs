//! Settings of connections: certificates and the maximum connection age.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use net::grpc::server::{ConnectionOptions, ON_PROBATION};
use net::tls::{ClientTls, ServerTls, TlsError};

use super::bounds;

/// The certificate of a server.
#[derive(Debug, Args)]
pub(crate) struct Certificate {
    /// PEM file with the server's certificate chain; if set, only TLS connections are accepted
    #[arg(long, env = "CCM_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// PEM file with the private key of the server's certificate
    #[arg(long, env = "CCM_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// How a gRPC server accepts connections.
#[derive(Debug, Args)]
pub(crate) struct GrpcServer {
    #[command(flatten)]
    certificate: Certificate,
    /// PEM file with CA certificates; clients need a certificate that one of these CAs issued
    #[arg(long, env = "CCM_TLS_CLIENT_CA", value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// Age at which a connection stops accepting calls; varies by ± 10 %
    #[arg(long, env = "CCM_MAX_CONNECTION_AGE", default_value = "5m", value_name = "DURATION", value_parser = super::duration)]
    max_connection_age: Duration,
    #[command(flatten)]
    connections: bounds::OpenConnections,
    #[command(flatten)]
    calls: bounds::Calls,
}

/// How the services are called.
#[derive(Debug, Args)]
pub(crate) struct GrpcClient {
    /// PEM file with CA certificates that verify the services at https: and dns: addresses
    #[arg(long = "grpc-ca", env = "CCM_GRPC_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// PEM file with the client certificate chain, for services that require one
    #[arg(long = "grpc-client-cert", env = "CCM_GRPC_CLIENT_CERT", value_name = "FILE", requires_all = ["ca", "key"])]
    shown: Option<PathBuf>,
    /// PEM file with the private key of the client certificate
    #[arg(long = "grpc-client-key", env = "CCM_GRPC_CLIENT_KEY", value_name = "FILE", requires = "shown")]
    key: Option<PathBuf>,
}

/// Variables that `up` does not pass on: its child processes communicate over loopback, unencrypted.
pub(crate) const NOT_OF_UP: [&str; 6] = [
    "CCM_TLS_CERT",
    "CCM_TLS_KEY",
    "CCM_TLS_CLIENT_CA",
    "CCM_GRPC_CA",
    "CCM_GRPC_CLIENT_CERT",
    "CCM_GRPC_CLIENT_KEY",
];

impl Certificate {
    /// The TLS configuration of the server, if a certificate is set; `protocols` are offered by ALPN.
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
    /// The process has up to `open_files`, and opens `more_files` besides its connections; its subscribers may read nothing
    /// for `watch_timeout`.
    pub(crate) fn connections(
        &self,
        open_files: Option<u64>,
        more_files: u32,
        watch_timeout: Duration,
    ) -> Result<ConnectionOptions, TlsError> {
        let tls =
            self.certificate.with_client_ca(self.tls_client_ca.clone(), ConnectionOptions::ALPN_PROTOCOLS)?;
        let connections = &self.connections;
        Ok(ConnectionOptions {
            tls,
            max_age: self.max_connection_age,
            limits: connections.limits(open_files, more_files.saturating_add(ON_PROBATION)),
            idle_timeout: connections.idle_timeout,
            write_timeout: connections.write_timeout,
            stream_timeout: watch_timeout + connections.write_timeout,
            calls: self.calls.limits(),
        })
    }
}

impl GrpcClient {
    pub(crate) fn tls(&self) -> Result<Option<ClientTls>, TlsError> {
        let identity = self.shown.clone().zip(self.key.clone());
        self.ca.clone().map(|ca| ClientTls::load(ca, identity)).transpose()
    }
}
