//! The schemas of what a worker waits for, and of a refresh.

use proto::ContractEnum;
use proto::worker::v1::{WorkerConditionStatus, WorkerConditionType};
use serde_json::{Value, json};

use super::{counter, instant, nullable, response_object, schema, trace_id};
use crate::api::workers::explain::camel_case;

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![("Explanation", explanation()), ("Refresh", refresh())]
}

fn explanation() -> Value {
    let mut next_turn = nullable(instant());
    next_turn["description"] =
        json!("When the worker is looked at next; `null`: with the next sweep of the provider.");
    let mut next_retry = nullable(instant());
    next_retry["description"] = json!("When a failed provider call is made again; `null`: none waits.");
    response_object(
        "What a worker waits for, for people and for programs.",
        &json!({
            "worker": schema("Worker"),
            "sentences": {
                "type": "array", "items": {"type": "string"},
                "description": "For people: what is desired, what was observed, what is waited for. The texts may change.",
            },
            "conditions": {
                "type": "array", "items": condition(),
                "description": "For programs: Ready, Reconciling and Stalled, in this order.",
            },
            "attempts": {
                "type": "array", "maxItems": 5, "items": attempt(),
                "description": "The last provider calls, newest first.",
            },
            "next_turn": next_turn,
            "next_retry": next_retry,
            "usual_duration": nullable(usual_duration()),
        }),
    )
}

fn condition() -> Value {
    response_object(
        "A condition as Kubernetes has them.",
        &json!({
            "type": camel_case_names(WorkerConditionType::values()),
            "status": camel_case_names(WorkerConditionStatus::values()),
            "reason": {"type": "string", "pattern": "^[A-Za-z]+$", "examples": ["Converged"]},
            "message": {"type": "string"},
            "observed_generation": counter(),
            "since": {
                "type": "string", "format": "date-time", "description": "When `status` last changed.",
            },
        }),
    )
}

/// The names of these values, and `Unknown`, for one that only a newer version of the service knows.
fn camel_case_names<E: ContractEnum>(values: impl IntoIterator<Item = E>) -> Value {
    let mut names: Vec<String> = values.into_iter().map(camel_case).collect();
    if !names.iter().any(|it| it == "Unknown") {
        names.push("Unknown".to_owned());
    }
    json!({"type": "string", "enum": names})
}

fn attempt() -> Value {
    response_object(
        "One call of the provider.",
        &json!({
            "call": {"type": "string", "examples": ["create", "start", "stop", "terminate"]},
            "time": instant(),
            "generation": counter(),
            "result": {
                "type": "string", "examples": ["ok", "throttled", "transient", "conflict", "permanent"],
            },
            "message": {"type": ["string", "null"]},
            "trace_id": trace_id(),
        }),
    )
}

fn usual_duration() -> Value {
    let milliseconds = || json!({"type": "integer", "format": "int64", "minimum": 0});
    response_object(
        "How long workers of this provider usually take to reach the desired state; `null` with fewer than five samples.",
        &json!({
            "median_ms": milliseconds(),
            "p95_ms": milliseconds(),
            "samples": {"type": "integer", "minimum": 5, "maximum": 50},
        }),
    )
}

fn refresh() -> Value {
    response_object("The state of the machine will be read soon.", &json!({"scheduled": {"const": true}}))
}
