//! The queue and the exporters of spans.

mod encoding;
pub(super) mod grpc;

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::{Context, Value};
use opentelemetry_otlp::WithHttpConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};

use self::grpc::GrpcExporter;
use super::component;
use super::delivery::{Delivery, Stop};
use super::otlp::{Transport, grpc_channel};
use crate::TelemetryError;
use crate::environment::{Batch, Exporter, Otlp, Traces};
use crate::losses::{Counters, Signal};

/// Makes a span processor for each exporter that the environment names. Must be called within a tokio runtime.
pub(in super::super) fn processors(settings: &Traces) -> Result<Vec<Bounded>, TelemetryError> {
    let processor = |it: &_| {
        let name = match it {
            Exporter::Otlp => {
                component(settings.otlp.http, "otlp_grpc_span_exporter", "otlp_http_span_exporter")
            }
            Exporter::Console => "console_span_exporter",
        };
        let delivery = Delivery::new(Counters::new(Signal::Traces, name), settings.otlp.timeout);
        let exporter = Delivering {
            inner: AnyExporter::new(*it, &settings.otlp)?,
            delivery,
            value_length: settings.value_length,
        };
        Ok(Bounded::new(exporter, settings.batch))
    };
    settings.exporters.iter().map(processor).collect()
}

/// An exporter that can export the same spans several times.
pub(super) trait BatchExporter: std::fmt::Debug + Send + Sync {
    type Batch: Send + Sync;

    /// Makes of the spans what is exported, once for all attempts.
    fn prepare(&self, spans: Vec<SpanData>) -> Self::Batch;

    /// Exports a batch once, or a few times in a row.
    fn export(&self, batch: &Self::Batch) -> impl Future<Output = OTelSdkResult> + Send;

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult;

    fn set_resource(&mut self, resource: &Resource);
}

/// One of the supported exporters.
#[derive(Debug)]
enum AnyExporter {
    Grpc { exporter: Box<GrpcExporter>, resource: Resource },
    Http(Box<opentelemetry_otlp::SpanExporter>),
    Console(opentelemetry_stdout::SpanExporter),
}

/// What is exported of spans.
enum Prepared {
    Encoded(Bytes),
    Spans(Vec<SpanData>),
}

impl AnyExporter {
    fn new(exporter: Exporter, settings: &Otlp) -> Result<Self, TelemetryError> {
        if exporter == Exporter::Console {
            return Ok(Self::Console(opentelemetry_stdout::SpanExporter::default()));
        }
        Ok(match Transport::new(settings)? {
            Transport::Grpc(tls) => {
                let channel = grpc_channel(settings, tls, None)?;
                let exporter = Box::new(GrpcExporter::new(settings, channel));
                Self::Grpc { exporter, resource: Resource::builder_empty().build() }
            }
            Transport::Http(client) => {
                let builder = opentelemetry_otlp::SpanExporter::builder();
                Self::Http(Box::new(builder.with_http().with_http_client(client).build()?))
            }
        })
    }
}

impl BatchExporter for AnyExporter {
    type Batch = Prepared;

    fn prepare(&self, spans: Vec<SpanData>) -> Prepared {
        match self {
            Self::Grpc { resource, .. } => Prepared::Encoded(encoding::request(&spans, resource)),
            Self::Http(_) | Self::Console(_) => Prepared::Spans(spans),
        }
    }

    async fn export(&self, batch: &Prepared) -> OTelSdkResult {
        match (self, batch) {
            (Self::Grpc { exporter, .. }, Prepared::Encoded(request)) => exporter.export(request).await,
            (Self::Http(exporter), Prepared::Spans(spans)) => exporter.export(spans.clone()).await,
            (Self::Console(exporter), Prepared::Spans(spans)) => exporter.export(spans.clone()).await,
            _ => Err(OTelSdkError::InternalFailure("the batch of another exporter".to_owned())),
        }
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        match self {
            // Its connection is closed when it is dropped.
            Self::Grpc { .. } => Ok(()),
            Self::Http(exporter) => exporter.shutdown_with_timeout(timeout),
            Self::Console(exporter) => exporter.shutdown_with_timeout(timeout),
        }
    }

    fn set_resource(&mut self, of_process: &Resource) {
        match self {
            Self::Grpc { resource, .. } => *resource = of_process.clone(),
            Self::Http(exporter) => exporter.set_resource(of_process),
            Self::Console(exporter) => exporter.set_resource(of_process),
        }
    }
}

/// An exporter that delivers each batch, with attribute values truncated.
#[derive(Debug)]
pub(super) struct Delivering<E> {
    pub(super) inner: E,
    pub(super) delivery: Delivery,
    pub(super) value_length: Option<usize>,
}

impl<E: BatchExporter> SpanExporter for Delivering<E> {
    async fn export(&self, mut spans: Vec<SpanData>) -> OTelSdkResult {
        if let Some(limit) = self.value_length {
            for span in &mut spans {
                truncate_values(span, limit);
            }
        }
        let (count, batch) = (spans.len() as u64, self.inner.prepare(spans));
        self.delivery.deliver(count, || self.inner.export(&batch)).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

fn truncate_values(span: &mut SpanData, limit: usize) {
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
pub(in super::super) struct Bounded {
    inner: BatchSpanProcessor,
    counters: Counters,
    stop: Stop,
}

impl Bounded {
    pub(super) fn new<E: BatchExporter + 'static>(exporter: Delivering<E>, batch: Batch) -> Self {
        let (counters, stop) = (exporter.delivery.counters.clone(), exporter.delivery.stop.clone());
        let Batch { delay, queue, size } = batch;
        // Waiting spans and spans being exported. The inner queue has room for both, so it never drops spans uncounted.
        let limit = queue + size;
        counters.set_capacity(limit as u64);
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(limit)
            .with_max_export_batch_size(size)
            .with_scheduled_delay(delay)
            .build();
        let inner = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
        Self { inner, counters, stop }
    }
}

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.counters.accept() {
            self.inner.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.stop.shut_down(timeout, &self.counters, |it| self.inner.shutdown_with_timeout(it))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

#[cfg(test)]
mod tests;
