//! Query parameters, request headers and response headers.

use std::ops::RangeInclusive;

use proto::ContractEnum as _;
use proto::task::v1::{TaskKind, TaskPriority, TaskStatus};
use proto::worker::v1::{WorkerObservedState, WorkerProvider};
use serde_json::{Map, Value, json};

use super::component;
use super::resources::{names, text};
use crate::api::traces;

/// `key=value` without control characters.
const TAG: &str = r"^[^=\u0000-\u001f\u007f-\u009f]{1,128}=[^\u0000-\u001f\u007f-\u009f]{0,256}$";
/// `*` or a list of entity tags, whose empty members count for nothing.
const TAGS: &str = r#"^( *\* *|[ ,]*((W/)?"[!#-~]*"( *,[ ,]*(W/)?"[!#-~]*")*[ ,]*)?)$"#;

/// The query parameters that filter a list of tasks.
pub(super) fn of_tasks() -> Vec<Value> {
    vec![
        query("status", "Only tasks of this status.", &names(TaskStatus::values())),
        query("priority", "Only tasks of this priority.", &names(TaskPriority::values())),
        query("assignee_id", "Only tasks that are assigned to this person.", &text(1, 255)),
        query("department", "Only tasks of this department.", &text(1, 100)),
        query("worker_id", "Only tasks for this worker.", &json!({"type": "string", "format": "uuid"})),
        query(
            "kind",
            "Only tasks of this kind. Without it: tasks of people, and actions that have not ended.",
            &names(TaskKind::values()),
        ),
    ]
}

/// The query parameters that filter a list of workers.
pub(super) fn of_workers() -> Vec<Value> {
    let tag = json!({"type": "string", "pattern": TAG, "examples": ["env=lab"]});
    let region = json!({"type": "string", "pattern": "^[a-z0-9-]{1,64}$", "examples": ["us-east-1"]});
    vec![
        query("status", "Only workers with this observed state.", &names(WorkerObservedState::values())),
        query("region", "Only workers in this region.", &region),
        query("provider", "Only workers of this provider.", &names(WorkerProvider::values())),
        query("tag", "Only workers with this tag, as `key=value`; the key ends at the first `=`.", &tag),
    ]
}

/// The parameters of `/readyz`.
pub(super) fn of_readiness() -> Vec<Value> {
    let mut verbose =
        query("verbose", "Adds the state of the telemetry of the gateway.", &json!({"type": "string"}));
    verbose["allowEmptyValue"] = true.into();
    vec![verbose]
}

/// The parameters of the event stream.
pub(super) fn of_stream() -> Vec<Value> {
    let list = |items: &Value, max: usize| json!({"type": "array", "maxItems": max, "items": items});
    let types = json!({
        "type": "string", "pattern": r"^[a-z_]+(\.[a-z_]+)*(\.\*)?$", "maxLength": 100,
        "examples": ["task.created", "worker.*"],
    });
    let ids = || list(&json!({"type": "string", "format": "uuid"}), crate::api::stream::MAX_IDS);
    let id = || json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,150}$"});
    let lists = [
        query(
            "event_types",
            "Only events of these types, by name or prefix (`task.*`). Control events and snapshots always come.",
            &list(&types, crate::api::stream::MAX_TYPES),
        ),
        query("task_ids", "Only events of these tasks; without `worker_ids`, none of workers.", &ids()),
        query("worker_ids", "Only events of these workers; without `task_ids`, none of tasks.", &ids()),
    ];
    let separated = lists.map(|mut it| {
        (it["style"], it["explode"]) = (json!("form"), json!(false));
        it
    });
    let mut all = Vec::from(separated);
    all.extend([
        query(
            "since",
            "Where the stream begins: `now`, `earliest`, or the id of an event of a stream. Without it and without an id: \
             with a snapshot.",
            &json!({"type": "string"}),
        ),
        query(
            "last_event_id",
            "As the header `Last-Event-ID`, and before it, for clients that cannot send the header.",
            &id(),
        ),
        json!({
            "name": "Last-Event-ID", "in": "header", "schema": id(),
            "description": "The last id that the client received: the stream goes on with the event after it.",
        }),
    ]);
    all
}

/// The query parameters that filter a list of traces.
pub(super) fn of_traces() -> Vec<Value> {
    let number = |range: RangeInclusive<u64>, default: usize| json!({"type": "integer", "minimum": range.start(), "maximum": range.end(), "default": default});
    let text = || text(1, traces::MAX_TEXT);
    vec![
        query("service", "Only traces with a span of this service.", &text()),
        query(
            "route",
            "Only traces with this `http.route` (`/api/tasks/{id}`) or with a span of this name.",
            &text(),
        ),
        query(
            "status",
            "Only traces with a span that failed (`error`), or without one (`ok`).",
            &json!({"type": "string", "enum": ["ok", "error"]}),
        ),
        query(
            "min_duration_ms",
            "Only traces that took at least so long.",
            &number(traces::MIN_DURATION_MS, 0),
        ),
        query(
            "text",
            "Only traces in which the name of a span, the value of an attribute or a log message contains this, in any case, or whose trace id is this or, from four digits on, begins with it.",
            &text(),
        ),
        query(
            "requests_only",
            "Leaves out what no request to this API caused, such as sweeps.",
            &json!({"type": "boolean", "default": false}),
        ),
        query("limit", "Maximum number of traces.", &number(traces::LIMIT, traces::DEFAULT_LIMIT)),
    ]
}

/// The parameter of a path that names one or several traces.
pub(super) fn of_one_trace() -> Vec<Value> {
    let pattern = "^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$";
    let id = json!({
        "name": "id", "in": "path", "required": true,
        "description": "A trace id of 32 hexadecimal digits, or the UUID of a task or worker.",
        "schema": {"type": "string", "pattern": pattern},
    });
    let [one, other] = ["If-Match", "If-None-Match"].map(|it| component("parameters", it));
    vec![id, one, other]
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "query", "description": description, "schema": schema})
}

/// The parameters that several operations share, by name.
pub(super) fn components() -> Value {
    let size = json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50});
    let in_header = |name: &str, description: &str, pattern: &str, example: &str| {
        let schema = json!({"type": "string", "pattern": pattern, "examples": [example]});
        json!({"name": name, "in": "header", "description": description, "schema": schema})
    };
    json!({
        "id": {
            "name": "id", "in": "path", "required": true, "description": "Id of the resource.",
            "schema": {"type": "string", "format": "uuid"},
        },
        "page_size": query("page_size", "Maximum number of items on the page. A page of large items, more than 3 MiB of them, has fewer.", &size),
        "page_token": query(
            "page_token",
            "`next_page_token` of the previous page, of a list with the same filters.",
            &json!({"type": "string"}),
        ),
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
    let seconds = json!({"type": "integer", "minimum": 1});
    let pattern = |it: &str| json!({"type": "string", "pattern": it});
    let all = [
        (
            "ETag",
            "The version of the resource and what else has changed, for `If-Match` and `If-None-Match`.",
            pattern(r#"^"[0-9]+(\.[0-9]+){0,2}"$"#),
        ),
        ("Location", "Path of the resource.", pattern("^(/.+)?/api/[a-z]+/[0-9a-f-]{36}$")),
        (
            "Idempotency-Replayed",
            "An earlier request with this key was executed; the response is that of the earlier request.",
            json!({"const": "true"}),
        ),
        (
            "X-Event-Position",
            "Where the event logs were before the list was read: an event stream with this `since` tells what came after. \
             Absent while the gateway has not reached both services.",
            pattern("^[A-Za-z0-9_-]{1,150}$"),
        ),
        ("Cache-Control", "No cache may keep the stream.", json!({"const": "no-cache, no-transform"})),
        ("X-Accel-Buffering", "nginx does not buffer the stream.", json!({"const": "no"})),
        (
            "X-Trace-Id",
            "Trace id of the request; absent when the request is not traced.",
            pattern("^[0-9a-f]{32}$"),
        ),
        (
            "traceresponse",
            "The span of this request (a draft of W3C Trace Context).",
            pattern("^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"),
        ),
        (
            "Accept",
            "The media types that a body may have, if it has another one.",
            pattern("^application/json$"),
        ),
        (
            "Accept-Encoding",
            "Present if the body is compressed, which it must not be.",
            pattern("^identity$"),
        ),
        (
            "Accept-Patch",
            "The media types that a patch may have, if it has another one.",
            pattern("^application/merge-patch\\+json, application/json$"),
        ),
        ("Retry-After", "Seconds to wait before the request is sent again.", seconds),
        (
            "Set-Cookie",
            "The cookies of a session; repeated.",
            pattern(
                r"^ccm_session(\.[1-4])?=[^;]*; Path=(/[^;]+)?/api; Max-Age=[0-9]+; HttpOnly; SameSite=Strict",
            ),
        ),
        (
            "WWW-Authenticate",
            "Bearer challenge (RFC 6750) that says what is wrong with the token.",
            pattern("^Bearer"),
        ),
    ];
    // Always present in the responses that list them.
    let always = ["ETag", "Location", "Set-Cookie", "WWW-Authenticate"];
    let described = all.map(|(name, description, schema)| {
        let mut header = json!({"description": description, "schema": schema});
        if always.contains(&name) {
            header["required"] = json!(true);
        }
        (name.to_owned(), header)
    });
    described.into_iter().collect()
}
