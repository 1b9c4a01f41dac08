//! Exports spans: a bounded queue that never blocks a request, and exporters that keep a batch until the receiver takes
//! it. Spans that are lost are counted.

mod exporter;
mod retry;
mod transient;

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};

use super::TelemetryError;
use super::environment::{Batch, Environment};
use super::losses::SpanCounters;
use exporter::AnyExporter;
use retry::{RetryingExporter, Stop};

/// How long before the end of the shutdown an export is abandoned, so that its spans are counted as lost.
const ABANDON_BEFORE: Duration = Duration::from_millis(100);

/// Makes a span processor for each exporter that the environment names. Must be called within a tokio runtime.
pub(super) fn processors(environment: &Environment) -> Result<Vec<Bounded>, TelemetryError> {
    let processor = |it: &_| {
        let exporter = AnyExporter::new(*it, &environment.otlp)?;
        let exporter = RetryingExporter::new(exporter, environment.otlp.timeout, environment.value_length);
        Ok(Bounded::new(exporter, environment.batch))
    };
    environment.exporters.iter().map(processor).collect()
}

/// The batch processor of the SDK, with a limit whose drops are counted.
#[derive(Debug)]
pub(super) struct Bounded {
    inner: BatchSpanProcessor,
    counters: SpanCounters,
    stop: Stop,
    limit: u64,
}

impl Bounded {
    fn new<E: SpanExporter + 'static>(exporter: RetryingExporter<E>, batch: Batch) -> Self {
        let (counters, stop) = (exporter.counters.clone(), exporter.stop.clone());
        let Batch { delay, queue, size } = batch;
        // Waiting spans and spans being exported. The inner queue has room for both, so it never drops spans uncounted.
        let limit = queue + size;
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(limit)
            .with_max_export_batch_size(size)
            .with_scheduled_delay(delay)
            .build();
        let inner = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
        Self { inner, counters, stop, limit: limit as u64 }
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
        self.stop.begun.cancel();
        let ended = self.inner.shutdown_with_timeout(timeout.saturating_sub(ABANDON_BEFORE));
        if ended.is_err() {
            self.stop.over.cancel();
            // Waits for the thread to end. An export over HTTP cannot be abandoned.
            let _ = self.inner.shutdown_with_timeout(ABANDON_BEFORE);
        }
        self.counters.report_total();
        ended
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

#[cfg(test)]
mod tests;
