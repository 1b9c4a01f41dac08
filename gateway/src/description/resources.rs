//! The schemas of request and response bodies. The limits are those of the services; proto/ describes the fields.

mod explanation;
mod sign_in;
mod task;
mod traces;
mod worker;

pub(super) use worker::utilization;

use access::Role;
use proto::ContractEnum;
use serde_json::{Map, Value, json};
use strum::VariantArray as _;

use super::schema;
use crate::api::page::{MAX_COUNT, MAX_LAG};
use crate::metrics::page::VIEWS;
use crate::names::{UNKNOWN, rest_name};

/// No control characters, and not only white space.
const LINE: &str =
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
/// No control characters except line breaks and tabs.
const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// No control characters.
const ANY_LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// A string of one line, with its length in characters.
pub(super) fn text(min: usize, max: usize) -> Value {
    let pattern = if min > 0 { LINE } else { ANY_LINE };
    json!({"type": "string", "minLength": min, "maxLength": max, "pattern": pattern})
}

/// A string that is the name of one of these values.
pub(super) fn names<E: ContractEnum>(values: impl IntoIterator<Item = E>) -> Value {
    json!({"type": "string", "enum": values.into_iter().map(rest_name).collect::<Vec<_>>()})
}

/// Adds `null` to the types that the schema allows.
fn nullable(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    schema
}

/// A name in a response, where a value that this version does not know is `unknown`.
fn response_name<E: ContractEnum>(values: impl IntoIterator<Item = E>) -> Value {
    let mut schema = names(values);
    if let Some(values) = schema["enum"].as_array_mut().filter(|it| !it.contains(&json!(UNKNOWN))) {
        values.push(json!(UNKNOWN));
    }
    schema
}

pub(super) fn uuid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

pub(super) fn instant() -> Value {
    json!({"type": "string", "format": "date-time", "examples": ["2026-11-22T09:42:57.124032Z"]})
}

pub(super) fn trace_id() -> Value {
    json!({"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"})
}

/// A number that starts at 1.
fn counter() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 1})
}

/// An object in a response: all members are present, and later versions may add more.
pub(super) fn response_object(description: &str, members: &Value) -> Value {
    let required: Vec<&String> = members.as_object().map(|it| it.keys().collect()).unwrap_or_default();
    json!({"type": "object", "description": description, "required": required, "properties": members})
}

/// An object in a request: unknown members are rejected.
fn request_object(description: &str, required: &[&str], members: &Value) -> Value {
    let mut schema = json!({
        "type": "object", "description": description, "properties": members, "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn page(of: &str) -> Value {
    response_object(
        "A page of a list.",
        &json!({
            "items": {"type": "array", "maxItems": 200, "items": schema(of)},
            "next_page_token": {"type": ["string", "null"], "description": "Token of the next page; `null` on the last page."},
        }),
    )
}

/// All schemas of the document, by name.
pub(super) fn schemas() -> Value {
    let mut all = Map::new();
    let others = [
        ("Me", me()),
        ("PageReport", page_report()),
        ("Live", live()),
        ("Ready", ready()),
        ("Problem", problem()),
    ];
    let of_services = task::schemas().into_iter().chain(worker::schemas()).chain(explanation::schemas());
    let of_services = of_services.chain(traces::schemas()).chain(sign_in::schemas());
    for (name, schema) in of_services.chain(super::events::schemas()).chain(others) {
        all.insert(name.to_owned(), schema);
    }
    all.into()
}

/// An event of the history of a task or worker; `before` is the schema of its changed fields.
fn event(of: &str, mut before: Value) -> Value {
    let name = of.to_lowercase();
    if let Some(it) = before.as_object_mut() {
        it.remove("required");
    }
    before["type"] = json!(["object", "null"]);
    before["description"] =
        json!(format!("The previous values of the changed fields; `null` if the change created the {name}."));
    response_object(
        &format!("One change of a {name}."),
        &json!({
            "id": uuid(),
            "type": {
                "type": "string",
                "pattern": format!(r"^{name}\.[a-z.]+$"),
                "examples": [format!("{name}.created")],
            },
            "revision": counter(),
            "time": instant(),
            "actor": {"type": "string", "description": "`sub` of the token with which the change was made."},
            "on_behalf_of": {"type": ["string", "null"]},
            "trace_id": trace_id(),
            "before": before,
            "after": {"anyOf": [schema(of), {"type": "null"}]},
        }),
    )
}

fn me() -> Value {
    let roles: Vec<&str> = Role::VARIANTS.iter().map(Into::into).collect();
    response_object(
        "The identity of the caller, as read from the token.",
        &json!({
            "issuer": {"type": "string"},
            "subject": {"type": "string"},
            "roles": {"type": "array", "uniqueItems": true, "items": {"type": "string", "enum": roles}},
            "department": {"type": ["string", "null"]},
            "expires_at": instant(),
            "notices": {
                "type": "array", "items": {"type": "string"},
                "description": "Hints about problems with the token, for people.",
            },
            "trace_url": {
                "type": ["string", "null"],
                "description": "The template of links to traces: a URL with `{trace_id}`. It is relative to the origin of the gateway if the gateway itself shows the traces, and `null` for callers who may not read them; `null` when there are no links, too.",
                "examples": ["/traces/{trace_id}"],
            },
            "traces": {
                "type": "boolean",
                "description": "Whether the caller can read traces at `/api/traces`.",
            },
        }),
    )
}

fn page_report() -> Value {
    let count = |what: &str| json!({"type": ["integer", "null"], "minimum": 0, "maximum": MAX_COUNT, "description": what});
    let mut view = nullable(json!({"type": "string", "enum": VIEWS}));
    view["description"] = json!("The view that was shown; `other` if absent.");
    let mut schema = request_object(
        "What a person met in the page since its last report.",
        &[],
        &json!({
            "view": view,
            "load_failed": count("Reads and changes that failed, other than by input that is not valid."),
            "stream_gap": count("Losses of the event stream in which events may have been missed."),
            "stream_reset": count("Times that the page had to begin anew with a snapshot."),
            "reconnected": count("Times that the event stream was connected again."),
            "lag_seconds": {
                "type": ["number", "null"], "minimum": 0, "maximum": MAX_LAG,
                "description": "The highest lag of an event, from its change to its arrival in the page.",
            },
        }),
    );
    schema["examples"] = json!([{"view": "tasks", "reconnected": 1, "lag_seconds": 0.42}]);
    schema
}

fn live() -> Value {
    response_object("The gateway is running.", &json!({"status": {"const": "ok"}}))
}

fn ready() -> Value {
    let service = response_object(
        "A service behind the gateway.",
        &json!({
            "name": {"type": "string", "examples": ["task-service"]},
            "status": {"type": "string", "enum": ["serving", "not_serving", "unreachable"]},
        }),
    );
    let count = |description| json!({"type": "integer", "minimum": 0, "description": description});
    let mut exporter = response_object(
        "An exporter of telemetry of the gateway. All counts are since its start.",
        &json!({
            "signal": {"type": "string", "enum": ["traces", "metrics", "logs"]},
            "name": {"type": "string", "examples": ["otlp_grpc_span_exporter"]},
            "status": {"type": "string", "enum": ["no_export_yet", "exporting", "unreachable"]},
            "waiting": count("Spans, data points or log records that wait, those being exported included."),
            "exported": count("What the receiver took."),
            "failed": count("What the receiver rejected."),
            "dropped": count("What was dropped because too many waited."),
            "failed_attempts": count("Exports that failed, those included that were repeated."),
        }),
    );
    exporter["properties"]["capacity"] = count("How many may wait; absent for metrics, of which none wait.");
    exporter["properties"]["seconds_since_export"] = json!({
        "type": "number", "minimum": 0, "description": "Absent if there was no successful export.",
    });
    let members = json!({"status": {"const": "ready"}, "services": {"type": "array", "items": service}});
    let mut ready = response_object("The gateway accepts requests, even if services are down.", &members);
    ready["properties"]["telemetry"] =
        json!({"type": "array", "items": exporter, "description": "Present with `verbose`."});
    ready
}

fn problem() -> Value {
    let violation = response_object(
        "An invalid field, parameter or header.",
        &json!({"field": {"type": "string"}, "description": {"type": "string"}}),
    );
    let mut problem = response_object(
        "Problem details (RFC 9457); docs/errors.md explains the reasons.",
        &json!({
            "type": {"type": "string", "pattern": "^urn:cml-cloud-manager:problem:[a-z-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "An explanation in words, which may change."},
            "code": {"type": "string", "pattern": "^[A-Z_]+$", "description": "The gRPC status code."},
            "violations": {"type": "array", "items": violation},
            "retryable": {"type": "boolean", "description": "Whether the same request can safely be sent again."},
            "trace_id": trace_id(),
        }),
    );
    problem["properties"]["trace_url"] = json!({
        "type": "string", "format": "uri",
        "description": "Where the trace of the request is shown; absent when it is not.",
    });
    problem["examples"] = json!([{
        "type": "urn:cml-cloud-manager:problem:invalid-input",
        "title": "Bad Request",
        "status": 400,
        "detail": "title must not be empty",
        "code": "INVALID_ARGUMENT",
        "violations": [{"field": "title", "description": "must not be empty"}],
        "retryable": false,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }]);
    problem
}
