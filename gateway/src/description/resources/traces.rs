//! Traces.

use serde_json::{Value, json};

use super::super::schema;
use super::types::{
    count, described, flag, instant, list, list_of_at_most, nullable, pattern, response_object, string,
    such_as, trace_id, uuid, words,
};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let kinds = ["internal", "server", "client", "producer", "consumer"];
    vec![
        ("TraceList", list_of_traces()),
        ("TraceSummary", summary()),
        ("TraceRoot", root()),
        ("TraceStatus", words("Whether a span of a trace has failed.", ["ok", "error"])),
        ("Traces", traces()),
        ("Trace", trace()),
        ("CriticalPathPart", part()),
        ("Span", span()),
        ("SpanKind", words("The kind of a span.", kinds)),
        ("SpanStatus", status()),
        ("SpanStatusCode", words("The code of the status of a span.", ["unset", "ok", "error"])),
        ("SpanEvent", event()),
        ("SpanLink", link()),
        ("SpanScope", scope()),
        ("SpanAttribute", attribute()),
        ("TraceLog", log()),
        ("LogFields", fields()),
    ]
}

fn list_of_traces() -> Value {
    response_object(
        "The newest traces, those that began last first.",
        &json!({
            "items": list_of_at_most(200, "The traces.", &schema("TraceSummary")),
            "since": since(),
            "destination": {"type": "null", "description": "Reserved: where the traces go if they are not kept here."},
        }),
    )
}

fn since() -> Value {
    instant("When `ccm up` began to run and to keep traces: those from before are gone.")
}

fn root() -> Value {
    response_object(
        "The span at the head of a trace: the first request, else the first span without a parent.",
        &json!({
            "service": such_as("gateway", string("`service.name`.")),
            "name": such_as("GET /api/tasks", string("The name of the span.")),
            "kind": described("The kind of the span.", schema("SpanKind")),
        }),
    )
}

fn summary() -> Value {
    let ids = |description: &str, of: &str| list_of_at_most(20, description, &uuid(of));
    response_object(
        "A trace in a list.",
        &json!({
            "trace_id": trace_id("Id of the trace."),
            "root": described("The span at the head.", schema("TraceRoot")),
            "start": instant("When its first work began."),
            "duration_ms": milliseconds("From the start of its first work to the end of its last."),
            "spans": count("Spans that have arrived and are kept."),
            "services": list("The services that have spans in it.", &such_as("gateway", json!({"type": "string"}))),
            "errors": count("Spans that failed."),
            "status": described("Whether a span failed.", schema("TraceStatus")),
            "complete": complete(),
            "task_ids": ids("The tasks that it is about.", "Id of a task."),
            "worker_ids": ids("The workers that it is about.", "Id of a worker."),
        }),
    )
}

fn traces() -> Value {
    response_object(
        "The traces behind an id, in the order of their start, and their log lines.",
        &json!({
            "since": since(),
            "traces": list("The traces.", &schema("Trace")),
            "left_out": count("Older traces about a worker that are left out."),
            "logs": list("The log lines.", &schema("TraceLog")),
            "logs_dropped": count("Further log lines that were not kept."),
        }),
    )
}

fn part() -> Value {
    response_object(
        "A part of the critical path.",
        &json!({
            "span_id": span_id("Id of the span that it is of."),
            "start": nanoseconds("When it begins"),
            "end": nanoseconds("When it ends"),
        }),
    )
}

fn trace() -> Value {
    response_object(
        "What has arrived of a trace.",
        &json!({
            "trace_id": trace_id("Id of the trace."),
            "complete": complete(),
            "dropped": count("Further spans that were not kept."),
            "spans": list("The spans.", &schema("Span")),
            "critical_path": list(
                "What decided how long the span at the head took, in the order of time: parts that cover that span and do not \
                 overlap.",
                &schema("CriticalPathPart"),
            ),
        }),
    )
}

fn attributes() -> Value {
    list("The attributes.", &schema("SpanAttribute"))
}

fn status() -> Value {
    response_object(
        "The status of a span.",
        &json!({
            "code": described("The code.", schema("SpanStatusCode")),
            "message": string("What failed, in words; empty if nothing did."),
        }),
    )
}

fn event() -> Value {
    response_object(
        "Something that happened in a span.",
        &json!({
            "name": such_as("exception", string("What happened.")),
            "time": nanoseconds("When it happened"),
            "attributes": attributes(),
        }),
    )
}

fn link() -> Value {
    response_object(
        "A link to a span of the same trace or another one.",
        &json!({
            "trace_id": trace_id("Id of the other trace."),
            "span_id": span_id("Id of the other span."),
            "attributes": attributes(),
        }),
    )
}

fn scope() -> Value {
    response_object(
        "An instrumentation scope.",
        &json!({"name": string("The name; empty if there is none."), "version": string("The version; empty if there is none.")}),
    )
}

fn span() -> Value {
    response_object(
        "A span that has ended.",
        &json!({
            "span_id": span_id("Id of the span."),
            "parent_span_id": nullable(span_id("Id of the parent; `null`: it has none.")),
            "missing_parent": flag("Whether the parent has not arrived."),
            "remote_parent": flag(
                "Whether the parent has not arrived because it is a span of the caller of the gateway."
            ),
            "name": such_as("GET /api/tasks", string("The name of the span.")),
            "kind": described("The kind of the span.", schema("SpanKind")),
            "service": such_as("gateway", string("`service.name`.")),
            "instance": nullable(string("`service.instance.id`.")),
            "start": nanoseconds("When it began"),
            "end": nanoseconds("When it ended"),
            "duration_ms": milliseconds("Duration."),
            "self_ms": milliseconds("The time in which none of its children ran."),
            "status": described("The status.", schema("SpanStatus")),
            "attributes": attributes(),
            "events": list("What happened in the span.", &schema("SpanEvent")),
            "links": list("The links to other spans.", &schema("SpanLink")),
            "scope": described("The instrumentation scope.", schema("SpanScope")),
        }),
    )
}

fn attribute() -> Value {
    let value = json!({
        "anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "array", "items": {}}],
        "description": "The value, with the JSON type of what was recorded; a whole number above 2^53 is a string.",
        "examples": ["/api/tasks"],
    });
    response_object(
        "An attribute.",
        &json!({"key": such_as("http.route", string("The name of the attribute.")), "value": value}),
    )
}

fn log() -> Value {
    response_object(
        "A log line.",
        &json!({
            "time": instant("When it was written."),
            "level": such_as("INFO", string("The level.")),
            "service": such_as("gateway", string("`service.name`.")),
            "trace_id": nullable(trace_id("Id of the trace that it belongs to; `null`: none.")),
            "span_id": nullable(span_id("Id of the span that it belongs to; `null`: none.")),
            "message": such_as("listening", string("The message.")),
            "fields": described("The fields.", schema("LogFields")),
        }),
    )
}

fn fields() -> Value {
    json!({"type": "object", "additionalProperties": true, "description": "The fields of a log line: any names and values."})
}

fn span_id(description: &str) -> Value {
    pattern(description, "^[0-9a-f]{16}$", "b0f11dc6f5b764eb")
}

fn nanoseconds(description: &str) -> Value {
    pattern(&format!("{description}, in nanoseconds since 1970."), "^[0-9]+$", "1795340577124032000")
}

fn milliseconds(description: &str) -> Value {
    json!({"type": "number", "minimum": 0, "description": description})
}

fn complete() -> Value {
    flag("Whether the parent of each span has arrived, and nothing more has arrived for a moment.")
}
