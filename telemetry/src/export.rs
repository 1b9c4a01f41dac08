//! Exports spans, log records and metrics: bounded queues that never block a request, and exporters that keep a batch until
//! the receiver takes it. What is lost is counted.

mod delivery;
mod logs;
mod metrics;
mod otlp;
mod redacted;
mod spans;
mod transient;

use std::time::Duration;

pub(super) use logs::processors as log_processors;
pub(super) use metrics::readers as metric_readers;
pub(super) use spans::processors as span_processors;

/// How long before the end of the shutdown an export is abandoned, so that what it had is counted as lost.
pub(super) const ABANDON_BEFORE: Duration = Duration::from_millis(100);

/// The type of an exporter in the semantic conventions, by its protocol.
fn component(is_http: bool, grpc: &'static str, http: &'static str) -> &'static str {
    if is_http { http } else { grpc }
}
