//! How the OTLP exporters of all signals connect. Those of opentelemetry-otlp read headers and compression from the environment
//! by themselves, and over HTTP the endpoint, but not the TLS settings nor, with our own HTTP client, the timeout.

use std::path::Path;
use std::time::Duration;

use opentelemetry_otlp::ExporterBuildError;
use platform::causes::chain;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Identity};

use crate::TelemetryError;
use crate::environment::{DEFAULT_GRPC_ENDPOINT, Otlp};

/// Lower limit, for timeouts that are shorter than the round trip of a ping.
const SHORTEST_SILENCE: Duration = Duration::from_millis(100);

/// What an exporter is built with.
pub(super) enum Transport {
    Http(reqwest::blocking::Client),
    Grpc(ClientTlsConfig),
}

impl Transport {
    pub(super) fn new(settings: &Otlp) -> Result<Self, TelemetryError> {
        if settings.http {
            return Ok(Self::Http(http_client(settings)?));
        }
        let mut tls = ClientTlsConfig::new();
        tls = match &settings.certificate {
            Some(file) => tls.ca_certificate(Certificate::from_pem(pem(file)?)),
            // A bare machine has none.
            None if settings.is_plain => tls,
            None => tls.with_native_roots(),
        };
        if let Some((certificate, key)) = identity(settings)? {
            tls = tls.identity(Identity::from_pem(certificate, key));
        }
        Ok(Self::Grpc(tls))
    }
}

/// Returns a channel that connects when it is first used. Must be called within a tokio runtime. `timeout` limits each call; `None` if
/// the exporter limits its calls itself.
///
/// While an export waits, a connection on which nothing arrives for a third of the timeout of an export is given up within another
/// third, and the next attempt makes a new one. Otherwise a connection to a machine that has disappeared would be used until the
/// kernel gives up, about 15 minutes. Servers of gRPC close the connection at the fourth ping without an answer between them (by
/// default, those in Go and C++): a third makes three pings at most in an export that is answered in time.
pub(super) fn grpc_channel(
    settings: &Otlp,
    tls: ClientTlsConfig,
    timeout: Option<Duration>,
) -> Result<Channel, ExporterBuildError> {
    let invalid =
        |what: &str, why: String| ExporterBuildError::InvalidConfiguration(format!("{what}: {why}"));
    let (name, url) = match &settings.endpoint {
        Some((name, url)) if url.contains("://") => (&**name, url.clone()),
        Some((name, url)) if settings.is_insecure => (&**name, format!("http://{url}")),
        Some((name, url)) => (&**name, format!("https://{url}")),
        None => ("endpoint", DEFAULT_GRPC_ENDPOINT.to_owned()),
    };
    let endpoint = Channel::from_shared(url.clone())
        .map_err(|error| invalid(name, format!("invalid endpoint '{url}': {}", chain(&error))))?;
    let endpoint = endpoint.tls_config(tls).map_err(|error| invalid("tls_config", chain(&error)))?;
    let silence = (settings.timeout / 3).max(SHORTEST_SILENCE);
    let endpoint = endpoint.http2_keep_alive_interval(silence).keep_alive_timeout(silence);
    Ok(match timeout {
        Some(timeout) => endpoint.timeout(timeout),
        None => endpoint,
    }
    .connect_lazy())
}

/// Builds an OTLP exporter: the builders of the signals have the same methods, but no trait in common.
macro_rules! otlp_exporter {
    ($builder:expr, $settings:expr) => {
        match $crate::export::otlp::Transport::new($settings)? {
            $crate::export::otlp::Transport::Http(client) => {
                $builder.with_http().with_http_client(client).build()
            }
            $crate::export::otlp::Transport::Grpc(tls) => {
                $crate::export::otlp::grpc_channel($settings, tls, Some($settings.timeout)).and_then(|it| {
                    $builder.with_tonic().with_channel(it).with_timeout($settings.timeout).build()
                })
            }
        }
    };
}
pub(super) use otlp_exporter;

/// Makes a blocking HTTP client, on its own thread: reqwest panics if one is made on a thread of the tokio runtime.
fn http_client(settings: &Otlp) -> Result<reqwest::blocking::Client, TelemetryError> {
    let certificate = settings.certificate.as_deref().map(pem).transpose()?;
    let (identity, timeout, is_plain) = (identity(settings)?, settings.timeout, settings.is_plain);
    let made = std::thread::spawn(move || {
        let roots = certificate.map(|it| reqwest::Certificate::from_pem_bundle(&it)).transpose()?;
        let identity =
            identity.map(|(certificate, key)| reqwest::Identity::from_pem(&[certificate, key].concat()));
        let identity = identity.transpose()?;
        let built = |roots: Option<Vec<reqwest::Certificate>>| {
            let mut builder = reqwest::blocking::Client::builder().timeout(timeout);
            if let Some(roots) = roots {
                builder = builder.tls_certs_only(roots);
            }
            if let Some(identity) = identity.clone() {
                builder = builder.identity(identity);
            }
            builder.build()
        };
        match built(roots) {
            // A bare machine has no CA certificates, which plain HTTP does not need.
            Err(_) if is_plain => built(Some(Vec::new())),
            built => built,
        }
    });
    made.join().map_err(|_| TelemetryError::HttpThread)?.map_err(TelemetryError::HttpClient)
}

type Pem = Vec<u8>;

fn identity(settings: &Otlp) -> Result<Option<(Pem, Pem)>, TelemetryError> {
    match (&settings.client_certificate, &settings.client_key) {
        (Some(certificate), Some(key)) => Ok(Some((pem(certificate)?, pem(key)?))),
        (None, None) => Ok(None),
        _ => Err(TelemetryError::Identity),
    }
}

fn pem(file: &str) -> Result<Pem, TelemetryError> {
    platform::regular_file::read(Path::new(file))
        .map_err(|source| TelemetryError::Pem { file: file.to_owned(), source })
}

#[cfg(test)]
pub(super) mod tests;
