//! Exports spans: a bounded queue that never blocks a request, and exporters whose failures are counted.

use std::path::Path;
use std::time::Duration;

use opentelemetry::{Context, Value};
use opentelemetry_otlp::{WithHttpConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use super::TelemetryError;
use super::environment::{Batch, Environment, Exporter, Otlp};
use super::losses::SpanCounters;

/// Makes a span processor for each exporter that the environment names. All of them share the counters.
pub(super) fn processors(
    environment: &Environment,
    counters: &SpanCounters,
) -> Result<Vec<Bounded>, TelemetryError> {
    let bounded = |exporter: Counted<_>| Bounded::new(exporter, environment.batch, counters);
    let mut processors = Vec::new();
    for exporter in &environment.exporters {
        let of =
            |inner| Counted { inner, counters: counters.clone(), value_length: environment.value_length };
        processors.push(match exporter {
            Exporter::Otlp => bounded(of(AnyExporter::Otlp(Box::new(otlp(&environment.otlp)?)))),
            Exporter::Console => {
                bounded(of(AnyExporter::Console(opentelemetry_stdout::SpanExporter::default())))
            }
        });
    }
    Ok(processors)
}

/// The supported exporters.
#[derive(Debug)]
enum AnyExporter {
    Otlp(Box<opentelemetry_otlp::SpanExporter>),
    Console(opentelemetry_stdout::SpanExporter),
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

/// An exporter that counts spans and truncates attribute values.
#[derive(Debug)]
struct Counted<E> {
    inner: E,
    counters: SpanCounters,
    value_length: Option<usize>,
}

impl SpanExporter for Counted<AnyExporter> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        if let Some(limit) = self.value_length {
            for span in &mut batch {
                cut_values(span, limit);
            }
        }
        let spans = batch.len() as u64;
        let sent = match &self.inner {
            AnyExporter::Otlp(exporter) => exporter.export(batch).await,
            AnyExporter::Console(exporter) => exporter.export(batch).await,
        };
        match &sent {
            Ok(()) => {
                self.counters.exported(spans);
                self.counters.report(None);
            }
            Err(error) => {
                self.counters.failed(spans);
                self.counters.report(Some(error));
            }
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        match &self.inner {
            AnyExporter::Otlp(exporter) => exporter.shutdown_with_timeout(timeout),
            AnyExporter::Console(exporter) => exporter.shutdown_with_timeout(timeout),
        }
    }

    fn set_resource(&mut self, resource: &Resource) {
        match &mut self.inner {
            AnyExporter::Otlp(exporter) => exporter.set_resource(resource),
            AnyExporter::Console(exporter) => exporter.set_resource(resource),
        }
    }
}

fn cut_values(span: &mut SpanData, limit: usize) {
    for attribute in &mut span.attributes {
        if let Value::String(text) = &attribute.value
            && text.as_str().chars().nth(limit).is_some()
        {
            let cut: String = text.as_str().chars().take(limit).collect();
            attribute.value = Value::String(cut.into());
        }
    }
}

/// The batch processor of the SDK, with a limit whose drops are counted.
#[derive(Debug)]
pub(super) struct Bounded {
    inner: BatchSpanProcessor,
    counters: SpanCounters,
    limit: u64,
}

impl Bounded {
    fn new(exporter: Counted<AnyExporter>, batch: Batch, counters: &SpanCounters) -> Self {
        // Waiting spans and spans being exported. The inner queue has room for both, so it never drops spans uncounted.
        let limit = batch.queue + batch.size;
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(limit)
            .with_max_export_batch_size(batch.size)
            .with_scheduled_delay(batch.delay)
            .build();
        let inner = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
        Self { inner, counters: counters.clone(), limit: limit as u64 }
    }
}

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.counters.accept(self.limit) {
            self.inner.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
