//! The error responses: one for each HTTP status of the reasons.

use std::collections::{BTreeMap, BTreeSet};

use proto::error::v1::Reason;
use serde_json::{Map, Value, json};

use super::parameters::header;
use super::schema;
use crate::error::problem_type;

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
    let types: Vec<String> = reasons.iter().map(|it| problem_type(it)).collect();
    let this = json!({"properties": {"type": {"enum": types}, "status": {"const": status}}});
    json!({
        "description": reasons.iter().copied().collect::<Vec<_>>().join(", "),
        "headers": headers,
        "content": {"application/problem+json": {"schema": {"allOf": [schema("Problem"), this]}}},
    })
}
