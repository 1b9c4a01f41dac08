//! The error responses: each reason with its HTTP status, as docs/errors.md lists them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tonic::Code;

use super::parameters::header;
use super::schema;
use crate::error::{http_status, problem_type};

/// Reasons of operations with a request body.
pub(super) const OF_BODIES: [&str; 6] = [
    "INVALID_JSON",
    "BODY_INCOMPLETE",
    "BODY_TIMEOUT",
    "BODY_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "INVALID_INPUT",
];

/// Reasons of the services with their gRPC code, from which `http_status` makes the HTTP status.
const OF_SERVICES: [(&str, Code); 19] = [
    ("CHANGE_NOT_ALLOWED", Code::PermissionDenied),
    ("DATABASE_UNAVAILABLE", Code::Unavailable),
    ("DELETE_NOT_ALLOWED", Code::PermissionDenied),
    ("ETAG_MISMATCH", Code::Aborted),
    ("IDEMPOTENCY_KEY_REUSED", Code::InvalidArgument),
    ("ILLEGAL_STATUS", Code::FailedPrecondition),
    ("INTERNAL", Code::Internal),
    ("INVALID_INPUT", Code::InvalidArgument),
    ("ISSUER_UNAVAILABLE", Code::Unavailable),
    ("OUTCOME_UNKNOWN", Code::DeadlineExceeded),
    ("ROLE_REQUIRED", Code::PermissionDenied),
    ("SERVICE_UNAVAILABLE", Code::Unavailable),
    ("TASK_NOT_FOUND", Code::NotFound),
    ("TIMED_OUT", Code::DeadlineExceeded),
    ("UNAUTHENTICATED", Code::Unauthenticated),
    ("UPSTREAM_FAILED", Code::Internal),
    ("WORKER_EXISTS", Code::AlreadyExists),
    ("WORKER_IS_LIVE", Code::FailedPrecondition),
    ("WORKER_NOT_FOUND", Code::NotFound),
];

/// Reasons that only the gateway answers, with their HTTP status.
const OF_GATEWAY: [(&str, u16); 10] = [
    ("BODY_INCOMPLETE", 400),
    ("BODY_TIMEOUT", 408),
    ("BODY_TOO_LARGE", 413),
    ("HEADER_TOO_LARGE", 431),
    ("INVALID_JSON", 400),
    ("METHOD_NOT_ALLOWED", 405),
    ("NO_SUCH_ROUTE", 404),
    ("OVERLOADED", 503),
    ("RATE_LIMITED", 429),
    ("UNSUPPORTED_MEDIA_TYPE", 415),
];

/// The HTTP status of a reason; `None` for an unknown one.
pub(super) fn status(reason: &str) -> Option<u16> {
    let of_services = OF_SERVICES.iter().find(|it| it.0 == reason);
    let of_gateway = OF_GATEWAY.iter().find(|it| it.0 == reason).map(|it| it.1);
    of_services.map(|it| http_status(it.1, reason).as_u16()).or(of_gateway)
}

/// Every reason that has a status.
#[cfg(test)]
pub(super) fn reasons() -> impl Iterator<Item = &'static str> {
    OF_SERVICES.iter().map(|it| it.0).chain(OF_GATEWAY.iter().map(|it| it.0))
}

/// The error responses of an operation, one for each status with its reasons.
pub(super) fn responses(reasons: &[&'static str]) -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for reason in reasons {
        let of_status = by_status.entry(status(reason).unwrap_or(500)).or_default();
        if !of_status.contains(reason) {
            of_status.push(reason);
        }
    }
    by_status.into_iter().map(|(status, reasons)| (status.to_string(), response(status, reasons))).collect()
}

fn response(status: u16, mut reasons: Vec<&str>) -> Value {
    reasons.sort_unstable();
    let mut headers = Map::new();
    let mut add = |name: &str| headers.insert(name.to_owned(), header(name));
    add("X-Trace-Id");
    add("traceresponse");
    if matches!(status, 429 | 503 | 504) {
        add("Retry-After");
    }
    if status == 401 {
        add("WWW-Authenticate");
    }
    let types: Vec<String> = reasons.iter().map(|it| problem_type(it)).collect();
    let this = json!({"properties": {"type": {"enum": types}, "status": {"const": status}}});
    json!({
        "description": reasons.join(", "),
        "headers": headers,
        "content": {"application/problem+json": {"schema": {"allOf": [schema("Problem"), this]}}},
    })
}
