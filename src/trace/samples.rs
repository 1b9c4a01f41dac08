//! Spans for the tests of `ccm trace`.

use std::collections::BTreeMap;
use std::ops::Range;

use telemetry::log_line::LogLine;
use telemetry::otlp::{AttributeValue, Scope, Span, SpanKind, StatusCode};

const MICROSECOND: u64 = 1_000;
const START: u64 = 1_790_000_000_000_000_000;

/// An INTERNAL span of task-service; `at` in microseconds.
pub(super) fn span(trace_id: &str, span_id: &str, parent_id: &str, at: Range<u64>) -> Span {
    Span {
        trace_id: trace_id.to_owned(),
        span_id: span_id.to_owned(),
        parent_id: parent_id.to_owned(),
        tracestate: String::new(),
        service: "task-service".to_owned(),
        name: span_id.to_owned(),
        kind: SpanKind::Internal,
        start: START + at.start * MICROSECOND,
        end: START + at.end * MICROSECOND,
        status: StatusCode::Unset,
        description: String::new(),
        attributes: BTreeMap::new(),
        events: Vec::new(),
        links: Vec::new(),
        resource: BTreeMap::new(),
        scope: Scope::default(),
    }
}

/// The server span of a request at the gateway, with the span id `request`.
pub(super) fn request(trace_id: &str, at: Range<u64>) -> Span {
    named(span(trace_id, "request", "", at), "gateway", SpanKind::Server, "POST /api/tasks")
}

/// A log line of task-service at level INFO.
pub(super) fn log_line(trace_id: &str, span_id: &str, message: &str) -> LogLine {
    LogLine {
        timestamp: "2026-11-26T04:02:05.319621Z".to_owned(),
        level: "INFO".to_owned(),
        service: "task-service".to_owned(),
        target: "tests".to_owned(),
        message: message.to_owned(),
        trace_id: Some(trace_id.to_owned()),
        span_id: Some(span_id.to_owned()),
        fields: serde_json::Map::new(),
    }
}

/// The span under another service, kind and name.
pub(super) fn named(span: Span, service: &str, kind: SpanKind, name: &str) -> Span {
    Span { service: service.to_owned(), kind, name: name.to_owned(), ..span }
}

/// The span with an attribute more.
pub(super) fn with(mut span: Span, key: &str, value: impl Into<AttributeValue>) -> Span {
    span.attributes.insert(key.to_owned(), value.into());
    span
}

/// The span with an error status.
pub(super) fn failed(span: Span) -> Span {
    Span { status: StatusCode::Error, ..span }
}
