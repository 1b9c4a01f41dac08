//! The readers of metrics: one that exports at intervals for each push exporter, and one that Prometheus scrapes.

use std::time::Duration;

use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, Temporality};
use platform::shutdown::Shutdown;

use super::component;
use super::delivery::Delivery;
use super::otlp::otlp_exporter;
use crate::TelemetryError;
use crate::environment::{MetricExporter, Metrics};
use crate::losses::{Counters, Signal};

/// What the environment names.
#[derive(Default)]
pub(in super::super) struct Readers {
    pub(in super::super) periodic: Vec<PeriodicReader<Delivering>>,
    /// The reader for Prometheus, and the registry that it fills when it is gathered.
    pub(in super::super) scraped:
        Option<(opentelemetry_prometheus::PrometheusExporter, prometheus::Registry)>,
    /// Ends what is being exported.
    pub(in super::super) stops: Vec<Shutdown>,
}

/// Makes a reader for each exporter that the environment names. Must be called within a tokio runtime.
pub(in super::super) fn readers(settings: &Metrics) -> Result<Readers, TelemetryError> {
    let mut readers = Readers::default();
    for exporter in &settings.exporters {
        let (inner, name) = match exporter {
            MetricExporter::Otlp => {
                let builder =
                    opentelemetry_otlp::MetricExporter::builder().with_temporality(settings.temporality);
                let otlp = &settings.otlp;
                let name = component(otlp.http, "otlp_grpc_metric_exporter", "otlp_http_metric_exporter");
                (AnyExporter::Otlp(Box::new(otlp_exporter!(builder, otlp)?)), name)
            }
            MetricExporter::Console => {
                let exporter = opentelemetry_stdout::MetricExporterBuilder::default()
                    .with_temporality(settings.temporality)
                    .build();
                (AnyExporter::Console(exporter), "console_metric_exporter")
            }
            MetricExporter::Prometheus => {
                let registry = prometheus::Registry::new();
                let reader = opentelemetry_prometheus::exporter()
                    .with_registry(registry.clone())
                    .scope_info_enabled(false)
                    .build()
                    .map_err(TelemetryError::Prometheus)?;
                readers.scraped = Some((reader, registry));
                continue;
            }
        };
        let delivery = Delivery::new(Counters::new(Signal::Metrics, name), settings.otlp.timeout);
        readers.stops.push(delivery.stop.over.clone());
        let exporter = Delivering { inner, delivery };
        readers.periodic.push(PeriodicReader::builder(exporter).with_interval(settings.interval).build());
    }
    Ok(readers)
}

/// One of the supported exporters.
enum AnyExporter {
    Otlp(Box<opentelemetry_otlp::MetricExporter>),
    Console(opentelemetry_stdout::MetricExporter),
}

impl AnyExporter {
    async fn send(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        match self {
            Self::Otlp(exporter) => exporter.export(metrics).await,
            Self::Console(exporter) => exporter.export(metrics).await,
        }
    }
}

/// An exporter that delivers what is read.
pub(in super::super) struct Delivering {
    inner: AnyExporter,
    delivery: Delivery,
}

impl PushMetricExporter for Delivering {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let points = points_of(metrics);
        self.delivery.counters.accept_all(points);
        self.delivery.deliver(points, || self.inner.send(metrics)).await
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        match &self.inner {
            AnyExporter::Otlp(exporter) => exporter.shutdown_with_timeout(timeout),
            AnyExporter::Console(exporter) => exporter.shutdown_with_timeout(timeout),
        }
    }

    fn temporality(&self) -> Temporality {
        match &self.inner {
            AnyExporter::Otlp(exporter) => exporter.temporality(),
            AnyExporter::Console(exporter) => exporter.temporality(),
        }
    }
}

/// Counts the data points.
fn points_of(metrics: &ResourceMetrics) -> u64 {
    let of_metric = |it: &AggregatedMetrics| match it {
        AggregatedMetrics::F64(data) => points_of_data(data),
        AggregatedMetrics::U64(data) => points_of_data(data),
        AggregatedMetrics::I64(data) => points_of_data(data),
    };
    let scopes = metrics.scope_metrics();
    let points: usize = scopes.flat_map(ScopeMetrics::metrics).map(|it| of_metric(it.data())).sum();
    points as u64
}

fn points_of_data<T>(data: &MetricData<T>) -> usize {
    match data {
        MetricData::Gauge(it) => it.data_points().count(),
        MetricData::Sum(it) => it.data_points().count(),
        MetricData::Histogram(it) => it.data_points().count(),
        MetricData::ExponentialHistogram(it) => it.data_points().count(),
    }
}
