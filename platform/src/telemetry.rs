//! Telemetry of a process: spans over OTLP, log lines on standard output. Set up once, in [`start`]; nothing else in
//! the product knows an exporter.

pub mod database;
mod environment;
mod log_format;
pub mod log_line;

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_semantic_conventions::resource as semconv;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::clock::Clock;
use environment::Environment;
pub use log_format::LogFormat;

/// `service.namespace` of every process.
pub const NAMESPACE: &str = "cml-cloud-manager";
/// What the last spans may cost at shutdown, whatever the collector does.
const FLUSH: Duration = Duration::from_secs(2);
/// Log filter when `RUST_LOG` says nothing.
const DEFAULT_LOG_FILTER: &str = "info,sqlx=warn,h2=warn,hyper=warn,tower=warn,tonic=warn";

/// What telemetry has to know of its process.
#[derive(Clone, Debug)]
pub struct Process {
    /// `service.name`, unless `OTEL_SERVICE_NAME` says another.
    pub service: &'static str,
    /// `service.version`.
    pub version: &'static str,
    /// How log lines look.
    pub log_format: LogFormat,
}

/// Why telemetry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The exporter's settings make no exporter.
    #[error("the OTLP exporter cannot be set up")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// `RUST_LOG` is no filter.
    #[error("RUST_LOG is no log filter")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Something else has set up logging in this process.
    #[error("telemetry was started twice in one process")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Keeps telemetry running; [`Telemetry::stop`] sends what is left.
pub struct Telemetry {
    tracer: Option<SdkTracerProvider>,
    /// Writes the last log lines when dropped.
    _log: WorkerGuard,
}

/// Starts telemetry for this process, by the `OTEL_*` variables and `RUST_LOG`. Needs a tokio runtime: the exporter's
/// connection lives on it.
pub fn start(process: &Process, clock: &Clock) -> Result<Telemetry, TelemetryError> {
    let environment = Environment::read();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let tracer = tracer(process, clock, &environment)?;
    let spans = tracer.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(NAMESPACE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // Spans of ours only: those of the exporter's own HTTP/2 stack would trace the tracing.
            .with_filter(filter_fn(|it| it.is_span() && it.target().starts_with("platform")))
    });
    // A writer that drops lines rather than wait: a reader that stalls must not stall the service.
    let (writer, guard) = tracing_appender::non_blocking(std::io::stdout());
    let filter = match &environment.log_filter {
        Some(filter) => EnvFilter::try_new(filter)?,
        None => EnvFilter::try_new(DEFAULT_LOG_FILTER)?,
    };
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
    let is_event = filter_fn(|it| it.is_event());
    let lines = log_format::layer(process.service, process.log_format, clock.clone(), writer)
        .with_filter(filter.and(is_event));
    tracing_subscriber::registry().with(spans).with(lines).try_init()?;
    log_panics();
    for warning in &environment.warnings {
        tracing::warn!("{warning}");
    }
    Ok(Telemetry { tracer, _log: guard })
}

/// A panic is a log line like any other error, with the trace it happened in.
fn log_panics() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let location = panic.location().map(ToString::to_string);
        let what = panic.payload_as_str().unwrap_or("something that is no text");
        tracing::error!(location, what, "panicked");
        print(panic);
    }));
}

impl Telemetry {
    /// Sends the spans that are still here, for two seconds at most, and writes the last log lines.
    pub async fn stop(self) {
        let Some(tracer) = self.tracer else { return };
        // The SDK blocks the thread until the exporter, which lives on this runtime, is done.
        let flushed = tokio::task::spawn_blocking(move || tracer.shutdown_with_timeout(FLUSH)).await;
        if let Ok(Err(error)) = flushed {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

/// `None` when the SDK is disabled. Without an exporter there are still trace ids, in log lines and answers.
fn tracer(
    process: &Process,
    clock: &Clock,
    environment: &Environment,
) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    if environment.disabled {
        return Ok(None);
    }
    let service = environment.service_name.clone().unwrap_or_else(|| process.service.to_owned());
    let resource = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes([
            KeyValue::new(semconv::SERVICE_NAMESPACE, NAMESPACE),
            KeyValue::new(semconv::SERVICE_VERSION, process.version),
            KeyValue::new(semconv::SERVICE_INSTANCE_ID, clock.new_id().to_string()),
            KeyValue::new(semconv::PROCESS_PID, i64::from(std::process::id())),
        ])
        // What the operator says wins over what we know.
        .with_detector(Box::new(EnvResourceDetector::new()))
        .with_service_name(service)
        .build();
    let mut builder = SdkTracerProvider::builder().with_resource(resource);
    if environment.export_traces {
        builder =
            builder.with_batch_exporter(opentelemetry_otlp::SpanExporter::builder().with_tonic().build()?);
    }
    Ok(Some(builder.build()))
}
