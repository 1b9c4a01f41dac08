//! A received span, reduced to the parts that `ccm trace` and tests use.

use std::collections::BTreeMap;
use std::fmt;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1 as otlp;
use serde::{Deserialize, Serialize};

/// The span kind, as in OTLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpanKind {
    /// Work inside the process.
    Internal,
    /// Handling of an incoming request.
    Server,
    /// An outgoing request.
    Client,
    /// Creation of a job that is processed later.
    Producer,
    /// Processing of a job that a producer created.
    Consumer,
}

/// The value of an attribute, with its OTLP type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeValue {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A floating-point number, which is finite: JSON has no others.
    Double(f64),
    /// A boolean.
    Bool(bool),
    /// An array of values.
    List(Vec<AttributeValue>),
    /// Bytes, a map, a number that is not finite, or no value, formatted for people.
    Other(String),
}

impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(it) | Self::Other(it) => f.write_str(it),
            Self::Integer(it) => it.fmt(f),
            Self::Double(it) => it.fmt(f),
            Self::Bool(it) => it.fmt(f),
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    value.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for AttributeValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// An attribute equals a text only if it was sent as a string.
impl PartialEq<str> for AttributeValue {
    fn eq(&self, other: &str) -> bool {
        matches!(self, Self::Text(text) if text == other)
    }
}

impl PartialEq<&str> for AttributeValue {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// A link to another span.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Trace id, hexadecimal.
    pub trace_id: String,
    /// Span id, hexadecimal.
    pub span_id: String,
    /// Attributes by name.
    pub attributes: BTreeMap<String, AttributeValue>,
}

/// Something that happened at one time in a span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Name of the event.
    pub name: String,
    /// Nanoseconds since 1970.
    pub time: u64,
    /// Attributes by name.
    pub attributes: BTreeMap<String, AttributeValue>,
}

/// The status code of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusCode {
    /// Nothing was said: the work is taken for a success.
    #[default]
    Unset,
    /// The work was declared a success.
    Ok,
    /// The work failed.
    Error,
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
    /// `service.name` of the resource.
    pub service: String,
    /// Name of the span.
    pub name: String,
    /// Kind of the span.
    pub kind: SpanKind,
    /// Start, nanoseconds since 1970.
    pub start: u64,
    /// End, nanoseconds since 1970.
    pub end: u64,
    /// Code of the status.
    pub status: StatusCode,
    /// Description of the status: why the work of the span failed.
    pub description: String,
    /// Attributes by name.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// Events in the order in which they were recorded.
    pub events: Vec<Event>,
    /// Links to other spans.
    pub links: Vec<Link>,
    /// Resource attributes by name.
    pub resource: BTreeMap<String, AttributeValue>,
    /// Instrumentation scope.
    pub scope: Scope,
}

/// The instrumentation scope of a span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Schema URL: the version of the semantic conventions.
    pub schema_url: String,
}

impl Span {
    /// Whether the status is ERROR.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.status == StatusCode::Error
    }

    /// Returns all spans of an export request.
    #[must_use]
    pub fn all_of(request: ExportTraceServiceRequest) -> Vec<Self> {
        let mut spans = Vec::new();
        for of_resource in request.resource_spans {
            let resource = attributes(of_resource.resource.map(|it| it.attributes).unwrap_or_default());
            for of_scope in of_resource.scope_spans {
                let scope = of_scope.scope.unwrap_or_default();
                let (name, version) = (scope.name, scope.version);
                let scope = Scope { name, version, schema_url: of_scope.schema_url };
                spans.extend(of_scope.spans.into_iter().map(|it| Self::new(it, &resource, &scope)));
            }
        }
        spans
    }

    fn new(span: otlp::Span, resource: &BTreeMap<String, AttributeValue>, scope: &Scope) -> Self {
        let status = span.status.clone().unwrap_or_default();
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
            service: resource.get("service.name").map(ToString::to_string).unwrap_or_default(),
            name: span.name,
            start: span.start_time_unix_nano,
            end: span.end_time_unix_nano,
            status: match status.code() {
                otlp::status::StatusCode::Unset => StatusCode::Unset,
                otlp::status::StatusCode::Ok => StatusCode::Ok,
                otlp::status::StatusCode::Error => StatusCode::Error,
            },
            description: status.message,
            attributes: attributes(span.attributes),
            events: span.events.into_iter().map(Event::new).collect(),
            links: span.links.into_iter().map(Link::new).collect(),
            resource: resource.clone(),
            scope: scope.clone(),
        }
    }
}

impl Link {
    fn new(link: otlp::span::Link) -> Self {
        let attributes = attributes(link.attributes);
        Self { trace_id: hex(&link.trace_id), span_id: hex(&link.span_id), attributes }
    }
}

impl Event {
    fn new(event: otlp::span::Event) -> Self {
        Self { name: event.name, time: event.time_unix_nano, attributes: attributes(event.attributes) }
    }
}

/// A key that occurs twice, which OTLP forbids, is there a second time under a name that no attribute has.
fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, AttributeValue> {
    let mut attributes = BTreeMap::new();
    for pair in pairs {
        let is_repeated = attributes.contains_key(&pair.key);
        let key = if is_repeated { format!("{} (repeated)", pair.key) } else { pair.key };
        attributes.insert(key, value(pair.value));
    }
    attributes
}

fn value(value: Option<AnyValue>) -> AttributeValue {
    match value.and_then(|it| it.value) {
        Some(any_value::Value::StringValue(it)) => AttributeValue::Text(it),
        Some(any_value::Value::BoolValue(it)) => AttributeValue::Bool(it),
        Some(any_value::Value::IntValue(it)) => AttributeValue::Integer(it),
        Some(any_value::Value::DoubleValue(it)) if it.is_finite() => AttributeValue::Double(it),
        Some(any_value::Value::DoubleValue(it)) => AttributeValue::Other(it.to_string()),
        Some(any_value::Value::ArrayValue(it)) => {
            AttributeValue::List(it.values.into_iter().map(|it| self::value(Some(it))).collect())
        }
        Some(other) => AttributeValue::Other(format!("{other:?}")),
        None => AttributeValue::Other(String::new()),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_type_from_the_wire_through_json() {
        use any_value::Value;
        let list = opentelemetry_proto::tonic::common::v1::ArrayValue {
            values: vec![AnyValue { value: Some(Value::IntValue(1)) }],
        };
        let cases = [
            (Value::StringValue("201".to_owned()), AttributeValue::Text("201".to_owned()), "201"),
            (Value::IntValue(201), AttributeValue::Integer(201), "201"),
            (Value::DoubleValue(1.0), AttributeValue::Double(1.0), "1"),
            (Value::DoubleValue(f64::NAN), AttributeValue::Other("NaN".to_owned()), "NaN"),
            (Value::BoolValue(true), AttributeValue::Bool(true), "true"),
            (Value::ArrayValue(list), AttributeValue::List(vec![AttributeValue::Integer(1)]), "1"),
        ];
        for (sent, expected, shown) in cases {
            let received = value(Some(AnyValue { value: Some(sent) }));
            let json = serde_json::to_string(&received).unwrap();
            let read: AttributeValue = serde_json::from_str(&json).unwrap();
            assert_eq!((&received, &read), (&expected, &expected), "{json}");
            assert_eq!(read.to_string(), shown);
        }
        assert_ne!(AttributeValue::Integer(201), "201");
    }
}
