//! Query parameters, request headers and response headers.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use super::resources::types::{
    always, described, flag, known, line, list_of_at_most, pattern, string, such_as, trace_id, uuid,
};
use super::{component, schema};
use crate::api::traces;

/// `key=value` without control characters.
const TAG: &str = r"^[^=\u0000-\u001f\u007f-\u009f]{1,128}=[^\u0000-\u001f\u007f-\u009f]{0,256}$";
/// `*` or a list of entity tags, whose empty members count for nothing.
const TAGS: &str = r#"^( *\* *|[ ,]*((W/)?"[!#-~]*"( *,[ ,]*(W/)?"[!#-~]*")*[ ,]*)?)$"#;

/// An id of an event of the stream.
const POSITION: &str = "^[A-Za-z0-9_-]{1,150}$";

/// The query parameters that filter a list of tasks.
pub(super) fn of_tasks() -> Vec<Value> {
    let kind = "Only tasks of this kind. Without it: tasks of people, and actions that have not ended.";
    vec![
        query("status", known("Only tasks of this status.", "TaskStatus")),
        query("priority", known("Only tasks of this priority.", "TaskPriority")),
        query("assignee_id", line("Only tasks that are assigned to this person.", 1..=255, "bob")),
        query("department", line("Only tasks of this department.", 1..=100, "network")),
        query("worker_id", uuid("Only tasks for this worker.")),
        query("kind", known(kind, "TaskKind")),
    ]
}

/// The query parameters that filter a list of workers.
pub(super) fn of_workers() -> Vec<Value> {
    let tag = "Only workers with this tag, as `key=value`; the key ends at the first `=`.";
    vec![
        query("status", described("Only workers with this observed state.", schema("WorkerStatus"))),
        query("region", pattern("Only workers in this region.", "^[a-z0-9-]{1,64}$", "us-east-1")),
        query("provider", known("Only workers of this provider.", "WorkerProvider")),
        query("tag", pattern(tag, TAG, "env=lab")),
    ]
}

/// The parameters of `/readyz`.
pub(super) fn of_readiness() -> Vec<Value> {
    let mut verbose = query("verbose", string("Adds the state of the telemetry of the gateway."));
    verbose["allowEmptyValue"] = true.into();
    vec![verbose]
}

/// The parameters of the event stream.
pub(super) fn of_stream() -> Vec<Value> {
    let types = json!({
        "type": "string", "pattern": r"^[a-z_]+(\.[a-z_]+)*(\.\*)?$", "maxLength": 100,
        "examples": ["task.created", "worker.*"],
    });
    let of_types =
        "Only events of these types, by name or prefix (`task.*`). Control events and snapshots always come.";
    let ids = |description: &str| {
        list_of_at_most(
            crate::api::stream::MAX_IDS,
            description,
            &json!({"type": "string", "format": "uuid"}),
        )
    };
    let id = |description: &str| pattern(description, POSITION, "AZ9f1A");
    let lists = [
        query("event_types", list_of_at_most(crate::api::stream::MAX_TYPES, of_types, &types)),
        query("task_ids", ids("Only events of these tasks; without `worker_ids`, none of workers.")),
        query("worker_ids", ids("Only events of these workers; without `task_ids`, none of tasks.")),
    ];
    let separated = lists.map(|mut it| {
        (it["style"], it["explode"]) = (json!("form"), json!(false));
        it
    });
    let since = "Where the stream begins: `now`, `earliest`, or the id of an event of a stream. Without it and without an id: \
        with a snapshot.";
    let last = "As the header `Last-Event-ID`, and before it, for clients that cannot send the header.";
    let received = "The last id that the client received: the stream goes on with the event after it.";
    let mut all = Vec::from(separated);
    all.extend([
        query("since", such_as("now", string(since))),
        query("last_event_id", id(last)),
        parameter("header", "Last-Event-ID", id(received)),
    ]);
    all
}

/// The query parameters that filter a list of traces.
pub(super) fn of_traces() -> Vec<Value> {
    let number = |description: &str, range: RangeInclusive<u64>, default: usize| {
        json!({
            "type": "integer", "minimum": range.start(), "maximum": range.end(), "default": default,
            "description": description,
        })
    };
    let text = |description: &str, example: &str| line(description, 1..=traces::MAX_TEXT, example);
    let route = "Only traces with this `http.route` (`/api/tasks/{id}`) or with a span of this name.";
    let status = "Only traces with a span that failed (`error`), or without one (`ok`).";
    let contained = "Only traces in which the name of a span, the value of an attribute or a log message contains this, in any \
        case, or whose trace id is this or, from four digits on, begins with it.";
    let mut requests = flag("Leaves out what no request to this API caused, such as sweeps.");
    requests["default"] = json!(false);
    vec![
        query("service", text("Only traces with a span of this service.", "gateway")),
        query("route", text(route, "/api/tasks/{id}")),
        query("status", described(status, schema("TraceStatus"))),
        query(
            "min_duration_ms",
            number("Only traces that took at least so long.", traces::MIN_DURATION_MS, 0),
        ),
        query("text", text(contained, "uplink")),
        query("requests_only", requests),
        query("limit", number("Maximum number of traces.", traces::LIMIT, traces::DEFAULT_LIMIT)),
    ]
}

/// The parameter of a path that names one or several traces.
pub(super) fn of_one_trace() -> Vec<Value> {
    let form = "^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$";
    let id = "A trace id of 32 hexadecimal digits, or the UUID of a task or worker.";
    let [one, other] = ["If-Match", "If-None-Match"].map(|it| component("parameters", it));
    vec![in_path("id", pattern(id, form, "4bf92f3577b34da6a3ce929d0e0e4736")), one, other]
}

/// A parameter, which is described by its schema.
fn parameter(place: &str, name: &str, mut schema: Value) -> Value {
    let description = schema.as_object_mut().and_then(|it| it.remove("description"));
    json!({"name": name, "in": place, "description": description, "schema": schema})
}

fn query(name: &str, schema: Value) -> Value {
    parameter("query", name, schema)
}

fn in_path(name: &str, schema: Value) -> Value {
    let mut it = parameter("path", name, schema);
    it["required"] = true.into();
    it
}

/// The parameters that several operations share, by name.
pub(super) fn components() -> Value {
    let size = json!({
        "type": "integer", "minimum": 1, "maximum": 200, "default": 50,
        "description": "Maximum number of items on the page. A page of large items, more than 3 MiB of them, has fewer.",
    });
    let token = "`next_page_token` of the previous page, of a list with the same filters.";
    let in_header = |name: &str, description: &str, form: &str, example: &str| {
        parameter("header", name, pattern(description, form, example))
    };
    json!({
        "id": in_path("id", uuid("Id of the resource.")),
        "page_size": query("page_size", size),
        "page_token": query("page_token", string(token)),
        "If-Match": in_header(
            "If-Match", "Applies the change, or answers the read, only if the resource has the version of one of these entity tags, weak or not.", TAGS, "\"1\"",
        ),
        "If-None-Match": in_header(
            "If-None-Match", "Answers 304 if the resource has one of these entity tags.", TAGS, "\"1\"",
        ),
        "Idempotency-Key": in_header(
            "Idempotency-Key",
            "A repeated request with the same key within 24 hours is not executed again. With or without double quotes.",
            r#"^([!#-~][!-~]{0,254}|"([!#-\[\]-~]|\\["\\]){1,255}")$"#,
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
        ),
    })
}

/// A `$ref` to the response header `name`.
pub(super) fn header(name: &str) -> Value {
    component("headers", name)
}

/// The response headers that operations refer to, by name.
pub(super) fn response_headers() -> Map<String, Value> {
    let seconds = "Seconds to wait before the request is sent again.";
    let replayed =
        "An earlier request with this key was executed; the response is that of the earlier request.";
    let position = "Where the event logs were before the list was read: an event stream with this `since` tells what came after. \
        Absent while the gateway has not reached both services.";
    let version =
        "The version of the resource and what else has changed, for `If-Match` and `If-None-Match`.";
    let span = "The span of this request (a draft of W3C Trace Context).";
    let span = (span, "00-4bf92f3577b34da6a3ce929d0e0e4736-b0f11dc6f5b764eb-03");
    let cookie = "ccm_session=eyJ0eXAiOi; Path=/api; Max-Age=3599; HttpOnly; SameSite=Strict";
    let cookies =
        r"^ccm_session(\.[1-4])?=[^;]*; Path=(/[^;]+)?/api; Max-Age=[0-9]+; HttpOnly; SameSite=Strict";
    let challenge = "Bearer challenge (RFC 6750) that says what is wrong with the token.";
    let accept = (
        "The media types that a body may have, if it has another one.",
        "Present if the body is compressed, which it must not be.",
        "The media types that a patch may have, if it has another one.",
    );
    let patches = "application/merge-patch+json, application/json";
    let path = "/api/tasks/01a202a3-2bd9-730c-8819-6267667c643f";
    let all = [
        ("ETag", pattern(version, r#"^"[0-9]+(\.[0-9]+){0,2}"$"#, "\"1\"")),
        ("Location", pattern("Path of the resource.", "^(/.+)?/api/[a-z]+/[0-9a-f-]{36}$", path)),
        ("Idempotency-Replayed", always(replayed, "true")),
        ("X-Event-Position", pattern(position, POSITION, "AZ9f1A")),
        ("Cache-Control", always("No cache may keep the stream.", "no-cache, no-transform")),
        ("X-Accel-Buffering", always("nginx does not buffer the stream.", "no")),
        ("X-Trace-Id", trace_id("Trace id of the request; absent when the request is not traced.")),
        ("traceresponse", pattern(span.0, "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", span.1)),
        ("Accept", pattern(accept.0, "^application/json$", "application/json")),
        ("Accept-Encoding", pattern(accept.1, "^identity$", "identity")),
        ("Accept-Patch", pattern(accept.2, &format!("^{}$", patches.replace('+', "\\+")), patches)),
        ("Retry-After", json!({"type": "integer", "minimum": 1, "description": seconds})),
        ("Set-Cookie", pattern("The cookies of a session; repeated.", cookies, cookie)),
        ("WWW-Authenticate", pattern(challenge, "^Bearer", "Bearer")),
    ];
    // Always present in the responses that list them.
    let always_there = ["ETag", "Location", "Set-Cookie", "WWW-Authenticate"];
    let headers = all.map(|(name, schema)| {
        let mut header = described_header(schema);
        if always_there.contains(&name) {
            header["required"] = json!(true);
        }
        (name.to_owned(), header)
    });
    headers.into_iter().collect()
}

/// A header, which is described by its schema.
pub(super) fn described_header(mut schema: Value) -> Value {
    let description = schema.as_object_mut().and_then(|it| it.remove("description"));
    json!({"description": description, "schema": schema})
}
