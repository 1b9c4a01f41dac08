//! The span of work that no request asks for and that comes back now and then: a trace of its own each turn.

use std::future::Future;

use opentelemetry::trace::TraceContextExt as _;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Runs a turn in its span.
pub async fn traced<T>(name: &'static str, turn: impl Future<Output = T>) -> T {
    let span = tracing::info_span!(parent: None, "sweep", otel.kind = "internal", otel.name = name);
    let outcome = turn.instrument(span.clone()).await;
    // Without this it would end when its last handle is dropped, which may be later and on a thread of sqlx.
    span.context().span().end();
    outcome
}
