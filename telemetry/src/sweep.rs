//! Spans of periodic background work: each run is a trace of its own.

use std::future::Future;

use opentelemetry::trace::TraceContextExt as _;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Runs `turn` in a root span with this name.
pub async fn traced<T>(name: &'static str, turn: impl Future<Output = T>) -> T {
    let span = tracing::info_span!(parent: None, "sweep", otel.kind = "internal", otel.name = name);
    let outcome = turn.instrument(span.clone()).await;
    // Otherwise, the span would end when its last handle is dropped, possibly later and on a thread of sqlx.
    span.context().span().end();
    outcome
}
