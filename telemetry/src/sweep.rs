//! The span of work that no request asks for and that comes back now and then: a trace of its own each turn.

use std::future::Future;

use tracing::Instrument as _;

use crate::propagation;

/// Runs a turn in its span.
pub async fn traced<T>(name: &'static str, turn: impl Future<Output = T>) -> T {
    let span = tracing::info_span!(parent: None, "sweep", otel.kind = "internal", otel.name = name);
    let outcome = turn.instrument(span.clone()).await;
    propagation::end(&span);
    outcome
}
