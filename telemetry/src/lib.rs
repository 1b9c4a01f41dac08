//! What is seen of a process: spans over OTLP, log lines on standard output, and the trace context that goes from one
//! process to the next. Set up once, in [`start`]; nothing else in the product knows an exporter. Knows the ground only.

#![expect(clippy::disallowed_macros, reason = "telemetry::sweep makes the spans of loops")]

pub mod database;
mod environment;
mod export;
mod log_format;
pub mod log_line;
mod log_writer;
mod losses;
pub mod otlp;
pub mod propagation;
mod sampler;
pub mod span;
pub mod sweep;

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use opentelemetry_semantic_conventions::resource as semconv;
use tracing::Subscriber;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Identity, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::propagation::baggage::AllowedBaggage;
use environment::{Environment, Propagator};
pub use log_format::LogFormat;
use log_writer::{LogGuard, LogWriter};
use losses::Losses;
use platform::clock::Clock;
use sampler::EdgeSampler;

/// `service.namespace` of every process.
pub const NAMESPACE: &str = "cml-cloud-manager";
/// What the last spans may cost at shutdown, whatever the collector does.
const FLUSH: Duration = Duration::from_secs(2);
/// Log filter when `RUST_LOG` says nothing. OpenTelemetry's own lines about each failed export are left out: what is lost
/// is counted, and said once a minute.
const DEFAULT_LOG_FILTER: &str = "info,sqlx=warn,h2=warn,hyper=warn,tower=warn,tonic=warn,opentelemetry=off";

/// Prefixes of the names of crates whose spans are not exported. The exporter sends through some of them and would trace
/// its own requests; the work that the others do for a request is covered by our own spans.
const UNEXPORTED: [&str; 10] =
    ["h2", "hyper", "mio", "opentelemetry", "reqwest", "rustls", "sqlx", "tokio", "tonic", "tower"];

/// What telemetry has to know of its process.
#[derive(Clone, Debug)]
pub struct Process {
    /// `service.name`, unless `OTEL_SERVICE_NAME` says another.
    pub service: &'static str,
    /// `service.version`.
    pub version: &'static str,
    /// How log lines look.
    pub log_format: LogFormat,
    /// The share of incoming traces that is kept, 0 to 1, whatever their caller says; `None` obeys the caller. An
    /// explicit `OTEL_TRACES_SAMPLER` wins.
    pub trace_ratio: Option<f64>,
    /// The keys of baggage that are passed on.
    pub baggage_keys: Vec<String>,
}

/// Why telemetry cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The exporter's settings make no exporter.
    #[error("the OTLP exporter cannot be set up")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// A file of its TLS settings.
    #[error("{file}, of the OTLP exporter's TLS settings, cannot be read")]
    Pem {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Half of an identity.
    #[error("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY go together")]
    Identity,
    /// The client of OTLP over HTTP.
    #[error("the OTLP exporter's HTTP client cannot be set up")]
    HttpClient(#[source] reqwest::Error),
    /// The thread that was to make it.
    #[error("the OTLP exporter's HTTP client could not be made")]
    HttpThread,
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
    losses: Losses,
    /// Writes the last log lines when dropped.
    _log: LogGuard,
}

/// Starts telemetry for this process, by the `OTEL_*` variables and `RUST_LOG`. Needs a tokio runtime: the exporter's
/// connection lives on it.
pub fn start(process: &Process, clock: &Clock) -> Result<Telemetry, TelemetryError> {
    let environment = Environment::read();
    opentelemetry::global::set_text_map_propagator(propagator(process, &environment));
    let losses = Losses::default();
    let tracer = tracer(process, clock, &environment, &losses)?;
    let spans = match &tracer {
        Some(provider) => {
            let tracer = provider.tracer(NAMESPACE);
            span::set_tracer(tracer.clone());
            spans_of_tracing(tracer).boxed()
        }
        // A layer that wants nothing: without any, spans would be made for nobody.
        None => Identity::new().with_filter(filter_fn(|_| false)).boxed(),
    };
    let (writer, guard) = LogWriter::start(std::io::stdout());
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
    Ok(Telemetry { tracer, losses, _log: guard })
}

/// Exports the `tracing` spans of every crate except [`UNEXPORTED`].
fn spans_of_tracing<S>(tracer: SdkTracer) -> impl tracing_subscriber::Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(|it| it.is_span() && !is_unexported(it.target())))
}

/// Whether a target belongs to a crate of [`UNEXPORTED`].
fn is_unexported(target: &str) -> bool {
    UNEXPORTED.iter().any(|it| target.starts_with(it))
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
        let Some(tracer) = self.tracer.clone() else { return };
        // The SDK blocks the thread until the exporter, which lives on this runtime, is done.
        let flushed = tokio::task::spawn_blocking(move || tracer.shutdown_with_timeout(FLUSH)).await;
        if let Ok(Err(error)) = flushed {
            tracing::debug!(%error, "the exporter did not end well");
        }
        self.losses.conclude();
    }
}

/// `None` when the SDK is disabled. Without an exporter there are still trace ids, in log lines and answers.
fn tracer(
    process: &Process,
    clock: &Clock,
    environment: &Environment,
    losses: &Losses,
) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    if environment.disabled {
        return Ok(None);
    }
    let mut builder = SdkTracerProvider::builder().with_resource(resource(process, clock, environment));
    if let Some(ratio) = process.trace_ratio.filter(|_| !environment.has_sampler) {
        builder = builder.with_sampler(EdgeSampler { ratio });
    }
    for processor in export::processors(environment, losses)? {
        builder = builder.with_span_processor(processor);
    }
    Ok(Some(builder.build()))
}

/// What we know, and over it what the operator says.
fn resource(process: &Process, clock: &Clock, environment: &Environment) -> Resource {
    let said = &environment.resource_attributes;
    let named = said.iter().find(|it| it.0 == semconv::SERVICE_NAME).map(|it| it.1.clone());
    let service = environment.service_name.clone().or(named).unwrap_or_else(|| process.service.to_owned());
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes([
            KeyValue::new(semconv::SERVICE_NAMESPACE, NAMESPACE),
            KeyValue::new(semconv::SERVICE_VERSION, process.version),
            KeyValue::new(semconv::SERVICE_INSTANCE_ID, clock.new_id().to_string()),
            KeyValue::new(semconv::PROCESS_PID, i64::from(std::process::id())),
        ])
        .with_attributes(said.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .with_service_name(service)
        .build()
}

fn propagator(process: &Process, environment: &Environment) -> TextMapCompositePropagator {
    let of = |it: &Propagator| -> Box<dyn TextMapPropagator + Send + Sync> {
        match it {
            Propagator::TraceContext => Box::new(TraceContextPropagator::new()),
            Propagator::Baggage => Box::new(AllowedBaggage::of(process.baggage_keys.clone())),
        }
    };
    TextMapCompositePropagator::new(environment.propagators.iter().map(of).collect())
}
