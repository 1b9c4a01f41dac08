//! The queue and the exporters of log records.

use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{
    BatchConfigBuilder, BatchLogProcessor, LogBatch, LogExporter, LogProcessor, SdkLogRecord,
};

use super::component;
use super::delivery::{Delivery, Stop};
use super::otlp::otlp_exporter;
use super::redacted::Redacting;
use crate::TelemetryError;
use crate::environment::{Batch, Exporter, Logs, Otlp};
use crate::losses::{Counters, Signal};

/// Makes a log processor for each exporter that the environment names. Must be called within a tokio runtime.
pub(in super::super) fn processors(settings: &Logs) -> Result<Vec<Bounded>, TelemetryError> {
    let processor = |it: &_| {
        let name = match it {
            Exporter::Otlp => {
                component(settings.otlp.http, "otlp_grpc_log_exporter", "otlp_http_log_exporter")
            }
            Exporter::Console => "console_log_exporter",
        };
        let delivery = Delivery::new(Counters::new(Signal::Logs, name), settings.otlp.timeout);
        let exporter = Delivering { inner: AnyExporter::new(*it, &settings.otlp)?, delivery };
        Ok(Bounded::new(exporter, settings.batch))
    };
    settings.exporters.iter().map(processor).collect()
}

/// One of the supported exporters.
#[derive(Debug)]
enum AnyExporter {
    Otlp(Box<opentelemetry_otlp::LogExporter>),
    Console(opentelemetry_stdout::LogExporter),
}

impl AnyExporter {
    fn new(exporter: Exporter, settings: &Otlp) -> Result<Self, TelemetryError> {
        Ok(match exporter {
            Exporter::Otlp => {
                let builder = opentelemetry_otlp::LogExporter::builder();
                Self::Otlp(Box::new(otlp_exporter!(builder, settings)?))
            }
            Exporter::Console => Self::Console(opentelemetry_stdout::LogExporter::default()),
        })
    }

    async fn send(&self, batch: &[(&SdkLogRecord, &InstrumentationScope)]) -> OTelSdkResult {
        match self {
            Self::Otlp(exporter) => exporter.export(LogBatch::new(batch)).await,
            Self::Console(exporter) => exporter.export(LogBatch::new(batch)).await,
        }
    }
}

/// An exporter that delivers each batch.
#[derive(Debug)]
struct Delivering {
    inner: AnyExporter,
    delivery: Delivery,
}

impl LogExporter for Delivering {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let records: Vec<_> = batch.iter().collect();
        self.delivery.deliver(records.len() as u64, || self.inner.send(&records)).await
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

/// The batch processor of the SDK, with a limit whose drops are counted.
#[derive(Debug)]
pub(in super::super) struct Bounded {
    inner: BatchLogProcessor,
    redacting: Redacting,
    counters: Counters,
    stop: Stop,
}

impl Bounded {
    fn new(exporter: Delivering, batch: Batch) -> Self {
        let (counters, stop) = (exporter.delivery.counters.clone(), exporter.delivery.stop.clone());
        let Batch { delay, queue, size } = batch;
        // As for spans: the inner queue has room for all that may wait, so it never drops records uncounted.
        let limit = queue + size;
        counters.set_capacity(limit as u64);
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(limit)
            .with_max_export_batch_size(size)
            .with_scheduled_delay(delay)
            .build();
        let inner = BatchLogProcessor::builder(exporter).with_batch_config(config).build();
        Self { inner, redacting: Redacting::new(), counters, stop }
    }
}

impl LogProcessor for Bounded {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        if self.counters.accept() {
            match self.redacting.copy_of(record) {
                Some(mut copy) => self.inner.emit(&mut copy, scope),
                None => self.inner.emit(record, scope),
            }
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
