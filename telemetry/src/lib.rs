//! Telemetry of a process: spans, metrics and log records over OTLP, log lines on standard output, and propagation of the
//! trace context between processes. [`start`] sets up all of it; no other crate uses an exporter. This crate imports only `platform`.

#![expect(clippy::disallowed_macros, reason = "telemetry::sweep makes the spans of loops")]

pub mod audit;
mod audit_file;
pub mod database;
mod environment;
mod export;
mod hexadecimal;
mod log_format;
pub mod log_line;
mod log_writer;
mod losses;
pub mod metrics;
pub mod otlp;
pub mod propagation;
mod providers;
pub mod redact;
mod sampler;
mod scrape;
pub mod semconv;
pub mod span;
pub mod sweep;
#[cfg(feature = "testing")]
pub mod testing;

use std::time::Duration;

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::trace::SdkTracer;
use tracing::Subscriber;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Identity, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::propagation::baggage::AllowedBaggage;
use crate::propagation::trace_context::W3cTraceContext;
pub use audit_file::AuditLog;
pub use environment::variables::{VARIABLES, Variable, VariableDefault};
use environment::{Environment, Propagator};
pub use log_format::LogFormat;
use log_writer::{LogGuard, LogWriter};
use platform::clock::Clock;
use platform::url::without_password_of_user;
use providers::Providers;
pub use scrape::Scrape;

/// `service.namespace` of every process.
pub const NAMESPACE: &str = "cml-cloud-manager";
/// Timeout for exporting what is left at shutdown.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);
/// The log filter if `RUST_LOG` is unset. The OpenTelemetry SDK would log each failed export; this crate counts lost
/// spans instead, and reports them once a minute.
const DEFAULT_LOG_FILTER: &str = "info,sqlx=warn,h2=warn,hyper=warn,tower=warn,tonic=warn,opentelemetry=off";

/// Prefixes of the names of crates whose spans and log records are not exported. The exporter sends through some of them and
/// would trace its own requests; the work that the others do for a request is covered by our own spans.
const UNEXPORTED: [&str; 10] =
    ["h2", "hyper", "mio", "opentelemetry", "reqwest", "rustls", "sqlx", "tokio", "tonic", "tower"];

/// Settings of telemetry that depend on the process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Value of `service.name`; `OTEL_SERVICE_NAME` overrides it.
    pub service: &'static str,
    /// Value of `service.version`.
    pub version: &'static str,
    /// Format of log lines.
    pub log_format: LogFormat,
    /// Share of the traces to sample about which the process decides, 0 to 1. `OTEL_TRACES_SAMPLER` overrides it.
    pub trace_ratio: f64,
    /// Whether the process decides about the traces of its callers, regardless of their sampled flag. Otherwise, it decides
    /// about the traces that it begins itself.
    pub is_edge: bool,
    /// Keys of W3C Baggage that are passed on.
    pub baggage_keys: Vec<String>,
    /// Where the audit lines are written.
    pub audit_log: AuditLog,
}

/// Why telemetry cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The settings of the OTLP exporter are invalid: the causes in words, without the password of an endpoint.
    #[error("the OTLP exporter cannot be set up: {0}")]
    Exporter(String),
    /// A PEM file in the TLS settings of the OTLP exporter cannot be read.
    #[error("{file}, set for TLS of the OTLP exporter, cannot be read")]
    Pem {
        /// Path of the file.
        file: String,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// The reader for Prometheus cannot be made.
    #[error("the exporter for Prometheus cannot be set up")]
    Prometheus(#[source] opentelemetry_sdk::error::OTelSdkError),
    /// Only one of client certificate and client key is set.
    #[error(
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY must both be set, or neither"
    )]
    Identity,
    /// The HTTP client of the OTLP exporter rejects its settings.
    #[error("the HTTP client of the OTLP exporter cannot be created")]
    HttpClient(#[source] reqwest::Error),
    /// The thread that creates the HTTP client panicked.
    #[error("the thread that creates the HTTP client of the OTLP exporter panicked")]
    HttpThread,
    /// `RUST_LOG` cannot be parsed.
    #[error("RUST_LOG is not a valid log filter")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The file of the audit log cannot be opened.
    #[error("the audit log {file} cannot be opened")]
    AuditLog {
        /// Path of the file.
        file: String,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// Another tracing subscriber is already installed in this process.
    #[error("telemetry was started twice in one process")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

impl From<opentelemetry_otlp::ExporterBuildError> for TelemetryError {
    fn from(error: opentelemetry_otlp::ExporterBuildError) -> Self {
        let text = platform::causes::chain(&error);
        // The endpoint, which is quoted.
        let shown = match (text.find('\''), text.rfind('\'')) {
            (Some(first), Some(last)) if first < last => {
                let endpoint = without_password_of_user(&text[first + 1..last]);
                format!("{}{endpoint}{}", &text[..=first], &text[last..])
            }
            _ => text,
        };
        Self::Exporter(shown)
    }
}

/// The running telemetry of a process. [`Telemetry::stop`] exports what is left.
pub struct Telemetry {
    providers: Providers,
    /// Writes the last audit lines to their file when dropped.
    _audit: Option<LogGuard>,
    /// Writes the last log lines when dropped.
    _log: LogGuard,
}

/// Starts telemetry for this process, configured by the `OTEL_*` variables and `RUST_LOG`. Must be called within a tokio
/// runtime, on which the exporters run their connections.
pub fn start(process: &Process, clock: &Clock) -> Result<Telemetry, TelemetryError> {
    let environment = Environment::read();
    opentelemetry::global::set_text_map_propagator(propagator(process, &environment));
    let providers = Providers::start(process, clock, &environment)?;
    let spans = match providers.tracer(process) {
        Some(tracer) => {
            span::set_tracer(tracer.clone());
            spans_of_tracing(tracer).boxed()
        }
        // A layer that is interested in no span, so that the disabled spans cost nothing.
        None => Identity::new().with_filter(filter_fn(|_| false)).boxed(),
    };
    let (writer, guard) = LogWriter::start(std::io::stdout());
    let filter = || EnvFilter::try_new(environment.log_filter.as_deref().unwrap_or(DEFAULT_LOG_FILTER));
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
    let is_event = filter_fn(|it| it.is_event());
    let (audit, audit_guard) = audit_file::layer(process, clock, &writer)?;
    let lines = log_format::layer(process.service, process.log_format, clock.clone(), writer)
        .with_filter(filter()?.and(is_event).and(filter_fn(|it| it.target() != audit::TARGET)));
    let records = match &providers.logger {
        Some(logger) => {
            let is_exported = filter_fn(|it| it.is_event() && !is_unexported(it.target()));
            let is_audit = filter_fn(|it| it.target() == audit::TARGET);
            let wanted = filter()?.or(is_audit).and(is_exported);
            OpenTelemetryTracingBridge::new(logger).with_filter(wanted).boxed()
        }
        None => Identity::new().with_filter(filter_fn(|_| false)).boxed(),
    };
    tracing_subscriber::registry().with(spans).with(records).with(lines).with(audit).try_init()?;
    log_panics();
    for warning in &environment.warnings {
        tracing::warn!("{warning}");
    }
    Ok(Telemetry { providers, _audit: audit_guard, _log: guard })
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

/// Installs a panic hook that logs the panic with the ids of the current span.
fn log_panics() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let location = panic.location().map(ToString::to_string);
        let what = panic.payload_as_str().unwrap_or("a payload that is not a text");
        tracing::error!(location, what, "a thread or task panicked");
        // The standard hook prints the text as it is.
        if matches!(redact::secrets(what), std::borrow::Cow::Borrowed(_)) {
            print(panic);
        }
    }));
}

impl Telemetry {
    /// Where Prometheus scrapes this process; `None` if `OTEL_METRICS_EXPORTER` does not name `prometheus`.
    #[must_use]
    pub fn scrape(&self) -> Option<&Scrape> {
        self.providers.scrape.as_ref()
    }

    /// Exports the remaining spans, metrics and log records, within two seconds, and writes the last log lines.
    pub async fn stop(self) {
        self.providers.stop().await;
    }
}

fn propagator(process: &Process, environment: &Environment) -> TextMapCompositePropagator {
    let of = |it: &Propagator| -> Box<dyn TextMapPropagator + Send + Sync> {
        match it {
            Propagator::TraceContext => Box::new(W3cTraceContext),
            Propagator::Baggage => Box::new(AllowedBaggage::of(process.baggage_keys.clone())),
        }
    };
    TextMapCompositePropagator::new(environment.propagators.iter().map(of).collect())
}
