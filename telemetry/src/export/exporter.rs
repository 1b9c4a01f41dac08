//! The supported exporters: OTLP, over gRPC or HTTP, and the console.

use std::path::Path;
use std::time::Duration;

use opentelemetry_otlp::{WithHttpConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use crate::TelemetryError;
use crate::environment::{Exporter, Otlp};

/// One of the supported exporters.
#[derive(Debug)]
pub(super) enum AnyExporter {
    Otlp(Box<opentelemetry_otlp::SpanExporter>),
    Console(opentelemetry_stdout::SpanExporter),
}

impl AnyExporter {
    pub(super) fn new(exporter: Exporter, settings: &Otlp) -> Result<Self, TelemetryError> {
        Ok(match exporter {
            Exporter::Otlp => Self::Otlp(Box::new(otlp(settings)?)),
            Exporter::Console => Self::Console(opentelemetry_stdout::SpanExporter::default()),
        })
    }
}

impl SpanExporter for AnyExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        match self {
            Self::Otlp(exporter) => exporter.export(batch).await,
            Self::Console(exporter) => exporter.export(batch).await,
        }
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        match self {
            Self::Otlp(exporter) => exporter.shutdown_with_timeout(timeout),
            Self::Console(exporter) => exporter.shutdown_with_timeout(timeout),
        }
    }

    fn set_resource(&mut self, resource: &Resource) {
        match self {
            Self::Otlp(exporter) => exporter.set_resource(resource),
            Self::Console(exporter) => exporter.set_resource(resource),
        }
    }
}

/// Makes the OTLP exporter. It reads endpoint, headers and compression from the environment by itself, but not the TLS
/// settings nor, with our own HTTP client, the timeout.
fn otlp(settings: &Otlp) -> Result<opentelemetry_otlp::SpanExporter, TelemetryError> {
    let builder = opentelemetry_otlp::SpanExporter::builder();
    if settings.http {
        let client = http_client(settings)?;
        return Ok(builder.with_http().with_http_client(client).build()?);
    }
    let mut tls = ClientTlsConfig::new();
    tls = match &settings.certificate {
        Some(file) => tls.ca_certificate(Certificate::from_pem(pem(file)?)),
        None => tls.with_native_roots(),
    };
    if let Some((certificate, key)) = identity(settings)? {
        tls = tls.identity(Identity::from_pem(certificate, key));
    }
    Ok(builder.with_tonic().with_tls_config(tls).build()?)
}

/// Makes a blocking HTTP client, on its own thread: reqwest panics if one is made on a thread of the tokio runtime.
fn http_client(settings: &Otlp) -> Result<reqwest::blocking::Client, TelemetryError> {
    let certificate = settings.certificate.as_deref().map(pem).transpose()?;
    let (identity, timeout) = (identity(settings)?, settings.timeout);
    let made = std::thread::spawn(move || {
        let mut builder = reqwest::blocking::Client::builder().timeout(timeout);
        if let Some(pem) = certificate {
            builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(&pem)?);
        }
        if let Some((certificate, key)) = identity {
            builder = builder.identity(reqwest::Identity::from_pem(&[certificate, key].concat())?);
        }
        builder.build()
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
    std::fs::read(Path::new(file)).map_err(|source| TelemetryError::Pem { file: file.to_owned(), source })
}
