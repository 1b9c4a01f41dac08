//! The error responses: one for each HTTP status of the reasons. All have the same schema; which reasons a response may have,
//! its examples tell.

mod examples;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use proto::error::v1::Reason;
use serde_json::{Map, Value, json};

use super::parameters::header;
use super::resources::types::{
    code, flag, list, nullable, pattern, response_object, string, such_as, trace_id,
};
use super::{component, schema};

pub(super) use examples::examples;

/// Reasons of operations with a request body.
pub(super) const OF_BODIES: [Reason; 7] = [
    Reason::InvalidJson,
    Reason::BodyIncomplete,
    Reason::BodyTimeout,
    Reason::BodyTooLarge,
    Reason::UnsupportedMediaType,
    Reason::UnsupportedTransferCoding,
    Reason::InvalidInput,
];

/// The error responses of an operation, one for each status with its reasons.
pub(super) fn responses(reasons: &[Reason]) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    for reason in reasons {
        by_status.entry(reason.http_status()).or_default().insert(reason.text());
    }
    by_status.into_iter().map(|(status, reasons)| (status.to_string(), response(status, &reasons))).collect()
}

fn response(status: u16, reasons: &BTreeSet<&str>) -> Value {
    let mut headers = Map::new();
    let mut add = |name: &str| headers.insert(name.to_owned(), header(name));
    add("X-Trace-Id");
    add("traceresponse");
    if matches!(status, 429 | 503 | 504) {
        add("Retry-After");
    }
    if status == 415 {
        for name in ["Accept", "Accept-Encoding", "Accept-Patch"] {
            add(name);
        }
    }
    if status == 401 {
        add("WWW-Authenticate");
    }
    let examples: Map<String, Value> =
        reasons.iter().map(|it| ((*it).to_owned(), component("examples", it))).collect();
    let names: Vec<String> = reasons.iter().map(|it| format!("`{it}`")).collect();
    json!({
        "description": format!("{}: {}", title(status), names.join(", ")),
        "headers": headers,
        "content": {"application/problem+json": {"schema": schema("Problem"), "examples": examples}},
    })
}

/// The member `title` of problems with this status.
fn title(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason()).unwrap_or("Error")
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![("Problem", problem()), ("Violation", violation())]
}

fn violation() -> Value {
    response_object(
        "An invalid field, parameter or header.",
        &json!({
            "field": such_as("title", string("The name of the field, parameter or header.")),
            "description": such_as("must not be empty", string("What a valid value looks like.")),
        }),
    )
}

fn problem() -> Value {
    let status = json!({
        "type": "integer", "format": "int32", "minimum": 400, "maximum": 599, "description": "The HTTP status.",
    });
    let r#type = "The reason, for programs: `TASK_NOT_FOUND` is `urn:cml-cloud-manager:problem:task-not-found`. Later versions may \
        have further ones.";
    let mut problem = response_object(
        "Problem details (RFC 9457); docs/errors.md explains the reasons.",
        &json!({
            "type": pattern(r#type, "^urn:cml-cloud-manager:problem:[a-z-]+$", "urn:cml-cloud-manager:problem:invalid-input"),
            "title": such_as("Bad Request", string("The reason phrase of the HTTP status.")),
            "status": such_as(400, status),
            "detail": such_as("title must not be empty", string("An explanation in words, which may change.")),
            "code": code("The gRPC status code.", "INVALID_ARGUMENT"),
            "violations": list("Every invalid field; empty if the input is not the cause.", &schema("Violation")),
            "retryable": flag("Whether the same request can safely be sent again."),
            "trace_id": nullable(trace_id("Trace id of the request; `null` if it was not traced.")),
        }),
    );
    problem["properties"]["trace_url"] = json!({
        "type": "string", "format": "uri",
        "description": "Where the trace of the request is shown; absent when it is not.",
    });
    problem["examples"] = json!([examples()[Reason::InvalidInput.text()]["value"]]);
    problem
}
