//! The SDK's providers of spans, metrics and log records, with one resource.

use std::time::Duration;

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span, SpanData, SpanProcessor};
use opentelemetry_semantic_conventions::resource;
use platform::clock::Clock;
use platform::shutdown::Shutdown;

use crate::environment::Environment;
use crate::export::{self, ABANDON_BEFORE};
use crate::sampler::RatioSampler;
use crate::scrape::Scrape;
use crate::{FLUSH_TIMEOUT, NAMESPACE, Process, TelemetryError, metrics, semconv};

/// What makes spans, metrics and log records; each is `None` if the SDK is disabled or, for metrics and logs, if nothing is
/// exported.
#[derive(Default)]
pub(super) struct Providers {
    tracer: Option<SdkTracerProvider>,
    meter: Option<SdkMeterProvider>,
    pub(super) logger: Option<SdkLoggerProvider>,
    pub(super) scrape: Option<Scrape>,
    /// Ends the exports of metrics, at the end of the shutdown.
    metrics_over: Vec<Shutdown>,
}

impl Providers {
    pub(super) fn start(
        process: &Process,
        clock: &Clock,
        environment: &Environment,
    ) -> Result<Self, TelemetryError> {
        if environment.disabled {
            return Ok(Self::default());
        }
        let resource = resource_of(process, clock, environment);
        let mut providers = Self {
            tracer: Some(tracer(process, &resource, environment)?),
            logger: logger(&resource, environment)?,
            ..Self::default()
        };
        providers.start_metrics(process, resource, environment)?;
        Ok(providers)
    }

    fn start_metrics(
        &mut self,
        process: &Process,
        resource: Resource,
        environment: &Environment,
    ) -> Result<(), TelemetryError> {
        let readers = export::metric_readers(&environment.metrics)?;
        if readers.periodic.is_empty() && readers.scraped.is_none() {
            return Ok(());
        }
        let mut builder = SdkMeterProvider::builder().with_resource(resource);
        for reader in readers.periodic {
            builder = builder.with_reader(reader);
        }
        if let Some((reader, registry)) = readers.scraped {
            builder = builder.with_reader(reader);
            let (host, port) = (&environment.metrics.scrape_host, environment.metrics.scrape_port);
            self.scrape = Some(Scrape::new(host.clone(), port, registry));
        }
        let provider = builder.build();
        metrics::set_meter(provider.meter_with_scope(scope(process)));
        self.meter = Some(provider);
        self.metrics_over = readers.stops;
        Ok(())
    }

    pub(super) fn tracer(&self, process: &Process) -> Option<SdkTracer> {
        self.tracer.as_ref().map(|it| it.tracer_with_scope(scope(process)))
    }

    /// Exports what is left of all signals at once. The SDK blocks its thread until the exporter, which uses this runtime,
    /// has finished.
    pub(super) async fn stop(self) {
        let Self { tracer, meter, logger, metrics_over, .. } = self;
        let spans = stopped("span", tracer, |it| it.shutdown_with_timeout(FLUSH_TIMEOUT));
        let records = stopped("log", logger, |it| it.shutdown_with_timeout(FLUSH_TIMEOUT));
        let points = async {
            // The reader waits for its exporter without a timeout.
            let ended = stopped("metric", meter, SdkMeterProvider::shutdown);
            let mut ended = std::pin::pin!(ended);
            if tokio::time::timeout(FLUSH_TIMEOUT.saturating_sub(ABANDON_BEFORE), &mut ended).await.is_err() {
                metrics_over.iter().for_each(Shutdown::cancel);
                let _ = tokio::time::timeout(ABANDON_BEFORE, ended).await;
            }
        };
        tokio::join!(spans, records, points);
    }
}

async fn stopped<T: Send + 'static>(
    item: &'static str,
    provider: Option<T>,
    shutdown: impl FnOnce(&T) -> OTelSdkResult + Send + 'static,
) {
    let Some(provider) = provider else { return };
    let flushed = tokio::task::spawn_blocking(move || shutdown(&provider)).await;
    if let Ok(Err(error)) = flushed {
        tracing::debug!(%error, "the {item} exporter failed to shut down");
    }
}

/// The instrumentation scope of all spans and metrics.
fn scope(process: &Process) -> InstrumentationScope {
    InstrumentationScope::builder(NAMESPACE)
        .with_version(process.version)
        .with_schema_url(semconv::SCHEMA_URL)
        .build()
}

/// Makes the tracer provider. Without an exporter, log lines and responses still have trace ids.
fn tracer(
    process: &Process,
    resource: &Resource,
    environment: &Environment,
) -> Result<SdkTracerProvider, TelemetryError> {
    let mut builder = SdkTracerProvider::builder().with_resource(resource.clone());
    if !environment.traces.has_sampler {
        let (ratio, is_edge) = (process.trace_ratio, process.is_edge);
        builder = builder.with_sampler(RatioSampler { ratio, is_edge });
    }
    let processors = export::span_processors(&environment.traces)?;
    Ok(builder.with_span_processor(Processors(processors)).build())
}

fn logger(
    resource: &Resource,
    environment: &Environment,
) -> Result<Option<SdkLoggerProvider>, TelemetryError> {
    let processors = export::log_processors(&environment.logs)?;
    if processors.is_empty() {
        return Ok(None);
    }
    let mut builder = SdkLoggerProvider::builder().with_resource(resource.clone());
    for processor in processors {
        builder = builder.with_log_processor(processor);
    }
    Ok(Some(builder.build()))
}

/// Counts the sampled spans that start, and hands what has ended to the processor of each exporter. The SDK would copy each
/// span for every processor that it knows of; so it knows only of this one, and only a second exporter costs a copy.
#[derive(Debug)]
struct Processors<P>(Vec<P>);

impl<P: SpanProcessor> Processors<P> {
    /// Calls `what` for each processor, whatever comes of it; returns the first failure.
    fn each(&self, what: impl Fn(&P) -> OTelSdkResult) -> OTelSdkResult {
        self.0.iter().map(what).fold(Ok(()), OTelSdkResult::and)
    }
}

impl<P: SpanProcessor> SpanProcessor for Processors<P> {
    fn on_start(&self, span: &mut Span, context: &opentelemetry::Context) {
        if opentelemetry::trace::Span::is_recording(span) {
            metrics::span_started(true);
        }
        for processor in &self.0 {
            processor.on_start(span, context);
        }
    }

    fn on_end(&self, span: SpanData) {
        let Some((last, others)) = self.0.split_last() else { return };
        for other in others {
            other.on_end(span.clone());
        }
        last.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.each(SpanProcessor::force_flush)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.each(|it| it.shutdown_with_timeout(timeout))
    }

    fn set_resource(&mut self, resource: &Resource) {
        for processor in &mut self.0 {
            processor.set_resource(resource);
        }
    }
}

/// Makes the resource. Attributes set by the operator override ours.
fn resource_of(process: &Process, clock: &Clock, environment: &Environment) -> Resource {
    let configured = &environment.resource_attributes;
    let named = configured.iter().find(|it| it.0 == resource::SERVICE_NAME).map(|it| it.1.clone());
    let service = environment.service_name.clone().or(named).unwrap_or_else(|| process.service.to_owned());
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes([
            KeyValue::new(resource::SERVICE_NAMESPACE, NAMESPACE),
            KeyValue::new(resource::SERVICE_VERSION, process.version),
            KeyValue::new(resource::SERVICE_INSTANCE_ID, clock.new_id().to_string()),
            KeyValue::new(resource::PROCESS_PID, i64::from(std::process::id())),
        ])
        .with_attributes(configured.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .with_service_name(service)
        .build()
}
