//! A span as received, flattened to what people and tests look at.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1 as otlp;
use serde::{Deserialize, Serialize};

/// What part its process plays in a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpanKind {
    /// Work inside the process.
    Internal,
    /// Answers a request.
    Server,
    /// Makes a request.
    Client,
    /// Hands work on.
    Producer,
    /// Takes work up.
    Consumer,
}

/// A span that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Trace id, hexadecimal.
    pub trace_id: String,
    /// Span id, hexadecimal.
    pub span_id: String,
}

/// A finished span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Trace id, hexadecimal.
    pub trace_id: String,
    /// Span id, hexadecimal.
    pub span_id: String,
    /// Span id of the parent; empty for a root.
    pub parent_id: String,
    /// W3C tracestate.
    pub tracestate: String,
    /// `service.name` of its resource.
    pub service: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SpanKind,
    /// Start, nanoseconds since 1970.
    pub start: u64,
    /// End, nanoseconds since 1970.
    pub end: u64,
    /// Whether its status is ERROR.
    pub error: bool,
    /// Its attributes, values as text.
    pub attributes: BTreeMap<String, String>,
    /// The spans it refers to.
    pub links: Vec<Link>,
    /// The attributes of its resource, values as text.
    pub resource: BTreeMap<String, String>,
}

impl Span {
    /// The spans of an export.
    #[must_use]
    pub fn all_of(request: ExportTraceServiceRequest) -> Vec<Self> {
        let mut spans = Vec::new();
        for of_resource in request.resource_spans {
            let resource = attributes(of_resource.resource.map(|it| it.attributes).unwrap_or_default());
            for scope in of_resource.scope_spans {
                spans.extend(scope.spans.into_iter().map(|it| Self::new(it, &resource)));
            }
        }
        spans
    }

    fn new(span: otlp::Span, resource: &BTreeMap<String, String>) -> Self {
        let error = span.status.as_ref().is_some_and(|it| it.code() == otlp::status::StatusCode::Error);
        Self {
            trace_id: hex(&span.trace_id),
            span_id: hex(&span.span_id),
            parent_id: hex(&span.parent_span_id),
            kind: match span.kind() {
                otlp::span::SpanKind::Server => SpanKind::Server,
                otlp::span::SpanKind::Client => SpanKind::Client,
                otlp::span::SpanKind::Producer => SpanKind::Producer,
                otlp::span::SpanKind::Consumer => SpanKind::Consumer,
                otlp::span::SpanKind::Internal | otlp::span::SpanKind::Unspecified => SpanKind::Internal,
            },
            tracestate: span.trace_state,
            service: resource.get("service.name").cloned().unwrap_or_default(),
            name: span.name,
            start: span.start_time_unix_nano,
            end: span.end_time_unix_nano,
            error,
            attributes: attributes(span.attributes),
            links: span
                .links
                .iter()
                .map(|it| Link { trace_id: hex(&it.trace_id), span_id: hex(&it.span_id) })
                .collect(),
            resource: resource.clone(),
        }
    }
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|it| (it.key, it.value.map(text).unwrap_or_default())).collect()
}

fn text(value: AnyValue) -> String {
    match value.value {
        Some(any_value::Value::StringValue(it)) => it,
        Some(any_value::Value::BoolValue(it)) => it.to_string(),
        Some(any_value::Value::IntValue(it)) => it.to_string(),
        Some(any_value::Value::DoubleValue(it)) => it.to_string(),
        Some(any_value::Value::ArrayValue(it)) => {
            it.values.into_iter().map(text).collect::<Vec<_>>().join(",")
        }
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
