//! Traces.

use serde_json::{Value, json};

use super::super::schema;
use super::{instant, response_object, uuid};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("TraceList", list()),
        ("TraceSummary", summary()),
        ("Traces", traces()),
        ("Trace", trace()),
        ("Span", span()),
        ("SpanAttribute", attribute()),
        ("TraceLog", log()),
    ]
}

fn list() -> Value {
    response_object(
        "The newest traces, those that began last first.",
        &json!({
            "items": {"type": "array", "maxItems": 200, "items": schema("TraceSummary")},
            "destination": {"type": "null", "description": "Reserved: where the traces go if they are not kept here."},
        }),
    )
}

fn summary() -> Value {
    let root = response_object(
        "The span at the head: the first request, else the first span without a parent.",
        &json!({"service": {"type": "string"}, "name": {"type": "string"}, "kind": kind()}),
    );
    let ids = || json!({"type": "array", "maxItems": 20, "items": uuid()});
    response_object(
        "A trace in a list.",
        &json!({
            "trace_id": trace_id(),
            "root": root,
            "start": instant(),
            "duration_ms": milliseconds("From the start of its first work to the end of its last."),
            "spans": count("Spans that have arrived and are kept."),
            "services": {"type": "array", "items": {"type": "string"}},
            "errors": count("Spans that failed."),
            "status": {"type": "string", "enum": ["ok", "error"]},
            "complete": complete(),
            "task_ids": ids(),
            "worker_ids": ids(),
        }),
    )
}

fn traces() -> Value {
    response_object(
        "The traces behind an id, in the order of their start, and their log lines.",
        &json!({
            "traces": {"type": "array", "items": schema("Trace")},
            "left_out": count("Older traces about a worker that are left out."),
            "logs": {"type": "array", "items": schema("TraceLog")},
            "logs_dropped": count("Further log lines that were not kept."),
        }),
    )
}

fn trace() -> Value {
    let part = response_object(
        "A part of the critical path.",
        &json!({"span_id": span_id(), "start": nanoseconds(), "end": nanoseconds()}),
    );
    response_object(
        "What has arrived of a trace.",
        &json!({
            "trace_id": trace_id(),
            "complete": complete(),
            "dropped": count("Further spans that were not kept."),
            "spans": {"type": "array", "items": schema("Span")},
            "critical_path": {
                "type": "array", "items": part,
                "description": "What decided how long the span at the head took, in the order of time: parts that cover that \
                    span and do not overlap.",
            },
        }),
    )
}

fn span() -> Value {
    let attributes = || json!({"type": "array", "items": schema("SpanAttribute")});
    let status = response_object(
        "The status of the span.",
        &json!({
            "code": {"type": "string", "enum": ["unset", "ok", "error"]},
            "message": {"type": "string"},
        }),
    );
    let event = response_object(
        "Something that happened in the span.",
        &json!({"name": {"type": "string"}, "time": nanoseconds(), "attributes": attributes()}),
    );
    let link = response_object(
        "A link to a span of this trace or another one.",
        &json!({"trace_id": trace_id(), "span_id": span_id(), "attributes": attributes()}),
    );
    let scope = response_object(
        "The instrumentation scope.",
        &json!({"name": {"type": "string"}, "version": {"type": "string"}}),
    );
    response_object(
        "A span that has ended.",
        &json!({
            "span_id": span_id(),
            "parent_span_id": {"type": ["string", "null"], "pattern": SPAN_ID},
            "missing_parent": {"type": "boolean", "description": "Whether the parent has not arrived."},
            "remote_parent": {
                "type": "boolean",
                "description": "Whether the parent has not arrived because it is a span of the caller of the gateway.",
            },
            "name": {"type": "string"},
            "kind": kind(),
            "service": {"type": "string"},
            "instance": {"type": ["string", "null"], "description": "`service.instance.id`."},
            "start": nanoseconds(),
            "end": nanoseconds(),
            "duration_ms": milliseconds("Duration."),
            "self_ms": milliseconds("The time in which none of its children ran."),
            "status": status,
            "attributes": attributes(),
            "events": {"type": "array", "items": event},
            "links": {"type": "array", "items": link},
            "scope": scope,
        }),
    )
}

fn attribute() -> Value {
    response_object(
        "An attribute. Its value has the JSON type of what was recorded; a whole number above 2^53 is a string.",
        &json!({
            "key": {"type": "string"},
            "value": {"type": ["string", "number", "boolean", "array"], "items": true},
        }),
    )
}

fn log() -> Value {
    response_object(
        "A log line.",
        &json!({
            "time": instant(),
            "level": {"type": "string", "examples": ["INFO"]},
            "service": {"type": "string"},
            "trace_id": {"type": ["string", "null"]},
            "span_id": {"type": ["string", "null"]},
            "message": {"type": "string"},
            "fields": {"type": "object", "additionalProperties": true},
        }),
    )
}

const SPAN_ID: &str = "^[0-9a-f]{16}$";

fn trace_id() -> Value {
    json!({"type": "string", "pattern": "^[0-9a-f]{32}$"})
}

fn span_id() -> Value {
    json!({"type": "string", "pattern": SPAN_ID})
}

fn nanoseconds() -> Value {
    json!({"type": "string", "pattern": "^[0-9]+$", "description": "Nanoseconds since 1970."})
}

fn milliseconds(description: &str) -> Value {
    json!({"type": "number", "minimum": 0, "description": description})
}

fn count(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

fn complete() -> Value {
    json!({
        "type": "boolean",
        "description": "Whether the parent of each span has arrived, and nothing more has arrived for a moment.",
    })
}

fn kind() -> Value {
    json!({"type": "string", "enum": ["internal", "server", "client", "producer", "consumer"]})
}
