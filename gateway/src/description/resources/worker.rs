//! The schemas of workers.

use proto::ContractEnum as _;
use proto::worker::v1::{WorkerDesiredState, WorkerObservedState, WorkerOutcomeResult, WorkerProvider};
use serde_json::{Value, json};

use super::{
    counter, event, instant, names, nullable, page, request_object, response_name, response_object, text,
    uuid,
};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("Worker", worker()),
        ("NewWorker", new_worker(false)),
        ("ExistingWorker", new_worker(true)),
        ("WorkerPatch", worker_patch()),
        ("WorkerPage", page("Worker")),
        ("WorkerEvent", event("Worker", worker())),
        ("WorkerEventPage", page("WorkerEvent")),
    ]
}

fn tags(of_patch: bool) -> Value {
    let value = if of_patch { nullable(text(0, 256)) } else { text(0, 256) };
    json!({
        "type": ["object", "null"],
        "maxProperties": 50,
        "propertyNames": text(1, 128),
        "additionalProperties": value,
        "examples": [{"team": "red"}],
    })
}

fn worker() -> Value {
    response_object(
        "A machine of the fleet: `status` is the last observed state, `desired_status` the desired state.",
        &json!({
            "id": uuid(),
            "name": text(1, 100),
            "region": {"type": "string"},
            "instance_type": {"type": "string"},
            "provider": response_name(WorkerProvider::values()),
            "instance_id": {"type": ["string", "null"], "description": "Id of the machine at the provider."},
            "tags": {"type": "object", "additionalProperties": {"type": "string"}},
            "status": response_name(WorkerObservedState::values()),
            "status_since": instant(),
            "address": {"type": ["string", "null"], "description": "IPv4 or IPv6 address of the machine.", "examples": ["10.0.0.7"]},
            "utilization": nullable(utilization()),
            "desired_status": response_name(WorkerDesiredState::values()),
            "desired_reason": nullable(text(0, 500)),
            "desired_by": {"type": "string", "description": "`sub` of the person who asked for the desired state."},
            "desired_at": instant(),
            "generation": counter(),
            "reconciling": {"type": "boolean", "description": "Whether the current generation has not ended."},
            "converged_at": nullable(instant()),
            "outcome": nullable(outcome()),
            "created_by": {"type": "string"},
            "created_at": instant(),
            "updated_at": instant(),
            "version": counter(),
            "revision": counter(),
        }),
    )
}

pub(in crate::description) fn utilization() -> Value {
    let share = json!({"type": "number", "minimum": 0, "maximum": 1});
    response_object(
        "How much of the machine is used, as shares from 0 to 1; `null` unless it runs. Not part of the history.",
        &json!({"cpu": share, "memory": share, "storage": share, "time": instant()}),
    )
}

fn outcome() -> Value {
    response_object(
        "How the current generation of the desired state ended; `null` while the worker is being reconciled.",
        &json!({
            "generation": counter(),
            "result": response_name(WorkerOutcomeResult::values()),
            "time": instant(),
            "reason": {"type": ["string", "null"], "examples": ["INSUFFICIENT_CAPACITY"]},
            "message": {"type": ["string", "null"]},
        }),
    )
}

fn new_worker(exists: bool) -> Value {
    let identifier = |others: &str, max: usize, example: &str| json!({"type": "string", "pattern": format!("^[a-z0-9{others}]{{1,{max}}}$"), "examples": [example]});
    let mut members = json!({
        "name": text(1, 100),
        "region": identifier("-", 64, "us-east-1"),
        "instance_type": identifier(".-", 64, "m5.metal"),
        "provider": nullable(names(WorkerProvider::values())),
        "tags": tags(false),
    });
    let mut required = vec!["name", "region", "instance_type"];
    if exists {
        members["instance_id"] = identifier("-", 128, "i-sim-7");
        required.push("instance_id");
    }
    let mut example = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    if exists {
        example["instance_id"] = json!("i-sim-7");
    }
    let description = if exists { "A machine to register." } else { "A worker to create." };
    let mut schema = request_object(description, &required, &members);
    schema["examples"] = json!([example]);
    schema
}

fn worker_patch() -> Value {
    let members = json!({"name": text(1, 100), "tags": tags(true)});
    let mut schema =
        request_object("A merge patch of a worker (RFC 7396): `null` removes a tag.", &[], &members);
    schema["examples"] = json!([{"name": "lab 2", "tags": {"team": null}}]);
    schema
}
