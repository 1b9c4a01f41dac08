//! The answer to `GET /api/traces/{id}`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use telemetry::log_line::LogLine;
use telemetry::otlp::{self, AttributeValue, Span, SpanKind, StatusCode};

use super::super::lines::LineStore;
use super::super::store::{Trace, is_request};
use super::super::timing::{Tree, ids, root};
use super::{Found, milliseconds};

/// Larger numbers are not exact in JavaScript.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    /// Since when traces are kept.
    since: String,
    /// In the order of their start.
    traces: Vec<OneTrace<'a>>,
    /// How many older traces about a worker were left out.
    left_out: usize,
    logs: Vec<LogEntry>,
    logs_dropped: usize,
}

#[derive(Serialize)]
struct OneTrace<'a> {
    trace_id: &'a str,
    /// Whether the parent of each span has arrived, and nothing has arrived for a moment.
    complete: bool,
    /// How many spans arrived and were not kept.
    dropped: usize,
    /// In the order of their start.
    spans: Vec<OneSpan<'a>>,
    critical_path: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct OneSpan<'a> {
    span_id: &'a str,
    parent_span_id: Option<&'a str>,
    /// Whether the parent has not arrived.
    missing_parent: bool,
    /// Whether the parent is a span of the caller, which is not sent here.
    remote_parent: bool,
    name: &'a str,
    kind: &'static str,
    service: &'a str,
    /// `service.instance.id`.
    instance: Option<String>,
    /// Nanoseconds since 1970, which are too large for a number in JavaScript.
    start: String,
    end: String,
    duration_ms: f64,
    self_ms: f64,
    status: Status<'a>,
    attributes: Vec<Attribute<'a>>,
    events: Vec<Event<'a>>,
    links: Vec<Link<'a>>,
    scope: Scope<'a>,
}

#[derive(Serialize)]
struct Status<'a> {
    code: StatusCode,
    message: &'a str,
}

#[derive(Serialize)]
struct Attribute<'a> {
    key: &'a str,
    value: Value,
}

#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    time: String,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Serialize)]
struct Link<'a> {
    trace_id: &'a str,
    span_id: &'a str,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Serialize)]
struct Scope<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
struct Part<'a> {
    span_id: &'a str,
    start: String,
    end: String,
}

#[derive(Serialize)]
struct LogEntry {
    time: String,
    level: String,
    service: String,
    trace_id: Option<String>,
    span_id: Option<String>,
    message: String,
    fields: Map<String, Value>,
}

impl<'a> Document<'a> {
    /// The answer for an id. If nothing but log lines has arrived, the id is that of their trace.
    pub(super) fn new(id: &'a str, found: &'a Found, lines: &LineStore, since: String) -> Self {
        let mut traces: Vec<_> =
            found.traces.iter().map(|(trace, complete)| OneTrace::new(trace, *complete)).collect();
        if traces.is_empty() {
            traces.push(OneTrace {
                trace_id: id,
                complete: false,
                dropped: 0,
                spans: Vec::new(),
                critical_path: Vec::new(),
            });
        }
        let logs = lines.of(traces.iter().map(|it| it.trace_id));
        Self {
            traces,
            since,
            left_out: found.left_out,
            logs: logs.lines.into_iter().map(LogEntry::from).collect(),
            logs_dropped: logs.dropped,
        }
    }
}

impl<'a> OneTrace<'a> {
    fn new(trace: &'a Trace, complete: bool) -> Self {
        let (tree, ids) = (Tree::new(&trace.spans), ids(&trace.spans));
        let path = root(&trace.spans, &ids).map(|it| tree.critical_path(it)).unwrap_or_default();
        let part = |it: super::super::timing::Part| Part {
            span_id: &trace.spans[it.span].span_id,
            start: it.at.start.to_string(),
            end: it.at.end.to_string(),
        };
        let mut spans: Vec<&Span> = trace.spans.iter().collect();
        spans.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
        let shown = |it: &'a Span| {
            let is_missing = !it.parent_id.is_empty() && !ids.contains(it.parent_id.as_str());
            OneSpan::new(it, is_missing, tree.self_time(it))
        };
        Self {
            trace_id: trace.id(),
            complete,
            dropped: trace.dropped,
            spans: spans.into_iter().map(shown).collect(),
            critical_path: path.into_iter().map(part).collect(),
        }
    }
}

impl<'a> OneSpan<'a> {
    fn new(span: &'a Span, is_missing: bool, self_time: u64) -> Self {
        let event = |it: &'a otlp::Event| Event {
            name: &it.name,
            time: it.time.to_string(),
            attributes: attributes(&it.attributes),
        };
        let link = |it: &'a otlp::Link| Link {
            trace_id: &it.trace_id,
            span_id: &it.span_id,
            attributes: attributes(&it.attributes),
        };
        Self {
            span_id: &span.span_id,
            parent_span_id: Some(span.parent_id.as_str()).filter(|it| !it.is_empty()),
            missing_parent: is_missing && !is_request(span),
            remote_parent: is_missing && is_request(span),
            name: &span.name,
            kind: kind(span.kind),
            service: &span.service,
            instance: span.resource.get("service.instance.id").map(ToString::to_string),
            start: span.start.to_string(),
            end: span.end.to_string(),
            duration_ms: milliseconds(span.end.saturating_sub(span.start)),
            self_ms: milliseconds(self_time),
            status: Status { code: span.status, message: &span.description },
            attributes: attributes(&span.attributes),
            events: span.events.iter().map(event).collect(),
            links: span.links.iter().map(link).collect(),
            scope: Scope { name: &span.scope.name, version: &span.scope.version },
        }
    }
}

impl From<LogLine> for LogEntry {
    fn from(it: LogLine) -> Self {
        Self {
            time: it.timestamp,
            level: it.level,
            service: it.service,
            trace_id: it.trace_id,
            span_id: it.span_id,
            message: it.message,
            fields: it.fields,
        }
    }
}

/// The name of a kind, as REST writes the names of choices.
pub(super) fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Internal => "internal",
        SpanKind::Server => "server",
        SpanKind::Client => "client",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
    }
}

fn attributes(of: &BTreeMap<String, AttributeValue>) -> Vec<Attribute<'_>> {
    of.iter().map(|(key, it)| Attribute { key, value: value(it) }).collect()
}

/// The value in its JSON type; a whole number that JavaScript cannot hold as a string.
fn value(of: &AttributeValue) -> Value {
    match of {
        AttributeValue::Text(it) | AttributeValue::Other(it) => Value::from(it.as_str()),
        AttributeValue::Integer(it) if it.unsigned_abs() > MAX_SAFE_INTEGER => Value::from(it.to_string()),
        AttributeValue::Integer(it) => Value::from(*it),
        AttributeValue::Double(it) => Value::from(*it),
        AttributeValue::Bool(it) => Value::from(*it),
        AttributeValue::List(values) => values.iter().map(value).collect(),
    }
}
