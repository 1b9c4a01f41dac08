//! Spans of periodic background work: each run is a trace of its own.

use std::future::Future;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::span::{Interval, SpanBuilder, SpanKind, untraced};

/// Runs `turn` without spans, and then makes a root span for it if `shows` its outcome: most runs find nothing.
pub async fn traced_if<T>(
    name: &'static str,
    turn: impl Future<Output = T>,
    shows: impl FnOnce(&T) -> bool,
) -> T {
    let interval = Interval::begin();
    let outcome = untraced(turn).await;
    if shows(&outcome) {
        let span = SpanBuilder::new(SpanKind::Internal).child_of(Context::new()).started_with(interval);
        span.start(|it| it.name(name)).end();
    }
    outcome
}

/// Runs `turn` in a root span with this name.
pub async fn traced<T>(name: &'static str, turn: impl Future<Output = T>) -> T {
    let span = tracing::info_span!(parent: None, "sweep", otel.kind = "internal", otel.name = name);
    let outcome = turn.instrument(span.clone()).await;
    // Otherwise, the span would end when its last handle is dropped, possibly later and on a thread of sqlx.
    span.context().span().end();
    outcome
}
