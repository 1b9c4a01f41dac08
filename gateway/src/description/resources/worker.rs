//! The schemas of workers.

use proto::ContractEnum as _;
use proto::worker::v1::{WorkerDesiredState, WorkerObservedState, WorkerOutcomeResult, WorkerProvider};
use serde_json::{Value, json};

use super::types::{
    counter, described, flag, instant, known, line, names, nullable, pattern, person, request_object,
    response_object, string, such_as, uuid,
};
use super::{before, event, page};
use crate::description::schema;

const NAME: &str = "lab 1";
const REGION: &str = "us-east-1";
const INSTANCE_TYPE: &str = "m5.metal";
const INSTANCE: &str = "i-sim-7";

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("Worker", worker()),
        ("WorkerUtilization", utilization()),
        ("WorkerOutcome", outcome()),
        ("WorkerProvider", names("The provider of a machine.", WorkerProvider::values())),
        (
            "WorkerStatus",
            names(
                "The observed state of a worker; `unknown` if the provider does not report one.",
                WorkerObservedState::values(),
            ),
        ),
        ("WorkerDesiredStatus", names("The desired state of a worker.", WorkerDesiredState::values())),
        (
            "WorkerOutcomeResult",
            names("How a generation of the desired state ended.", WorkerOutcomeResult::values()),
        ),
        ("Tags", tags("Tags of a worker: any keys, each with a text.", false)),
        ("TagsPatch", tags("Tags to set; `null` removes a tag.", true)),
        ("NewWorker", new_worker(false)),
        ("ExistingWorker", new_worker(true)),
        ("WorkerPatch", worker_patch()),
        ("WorkerPage", page("Worker")),
        ("WorkerBefore", before("Worker", worker())),
        ("WorkerEvent", event("Worker")),
        ("WorkerEventPage", page("WorkerEvent")),
    ]
}

fn tags(description: &str, of_patch: bool) -> Value {
    let value = line("The value of the tag.", 0..=256, "red");
    let value = if of_patch { nullable(value) } else { value };
    json!({
        "type": "object",
        "description": description,
        "maxProperties": 50,
        "propertyNames": line("The key of the tag.", 1..=128, "team"),
        "additionalProperties": value,
        "examples": [{"team": "red"}],
    })
}

fn worker() -> Value {
    let desired = "Why the desired state was set; `null`: no reason was given.";
    let address = "IPv4 or IPv6 address of the machine; `null` while it has none.";
    response_object(
        "A machine of the fleet: `status` is the last observed state, `desired_status` the desired state.",
        &json!({
            "id": uuid("Id of the worker."),
            "name": line("The name for people; need not be unique.", 1..=100, NAME),
            "region": such_as(REGION, string("The region of the provider.")),
            "instance_type": such_as(INSTANCE_TYPE, string("The provider's name for the kind of machine.")),
            "provider": described("The provider of the machine.", schema("WorkerProvider")),
            "instance_id": nullable(such_as(INSTANCE, string("Id of the machine at the provider; `null` until it was created."))),
            "tags": described("The tags.", schema("Tags")),
            "status": described("The last observed state.", schema("WorkerStatus")),
            "status_since": instant("When the worker entered this state."),
            "address": nullable(such_as("10.0.0.7", string(address))),
            "utilization": described("How much of the machine is used; `null` unless it runs.", nullable(schema("WorkerUtilization"))),
            "desired_status": described("The state that the worker should reach.", schema("WorkerDesiredStatus")),
            "desired_reason": nullable(line(desired, 0..=500, "for the night")),
            "desired_by": person("`sub` of the person who asked for the desired state."),
            "desired_at": instant("When the desired state was set."),
            "generation": counter("Number of changes of the desired state, starting at 1."),
            "reconciling": flag("Whether the current generation has not ended."),
            "converged_at": nullable(instant("When the observed state last reached the desired one; `null`: never.")),
            "outcome": described(
                "How the current generation of the desired state ended; `null` while the worker is being reconciled.",
                nullable(schema("WorkerOutcome")),
            ),
            "created_by": person("`sub` of the caller that created the worker."),
            "created_at": instant("When the worker was created."),
            "updated_at": instant("When the worker was last changed."),
            "version": counter("Number of edits, starting at 1; the first part of the `ETag`."),
            "revision": counter("Number of all changes, starting at 1."),
        }),
    )
}

fn utilization() -> Value {
    let share = |description: &str| json!({"type": "number", "minimum": 0, "maximum": 1, "description": description, "examples": [0.25]});
    response_object(
        "How much of a machine is used, as shares from 0 to 1. Not part of the history.",
        &json!({
            "cpu": share("Share of the processors."),
            "memory": share("Share of the memory."),
            "storage": share("Share of the disks."),
            "time": instant("When the provider reported it."),
        }),
    )
}

fn outcome() -> Value {
    let of_provider = "The provider's reason why the generation failed; `null` for other results.";
    response_object(
        "How a generation of the desired state ended.",
        &json!({
            "generation": counter("The generation."),
            "result": described("How it ended.", schema("WorkerOutcomeResult")),
            "time": instant("When it ended."),
            "reason": nullable(such_as("INSUFFICIENT_CAPACITY", string(of_provider))),
            "message": nullable(such_as("no capacity for m5.metal", string("The reason in words; `null` for other results."))),
        }),
    )
}

fn new_worker(exists: bool) -> Value {
    let identifier = |description: &str, others: &str, max: usize, example: &str| {
        pattern(description, &format!("^[a-z0-9{others}]{{1,{max}}}$"), example)
    };
    let mut members = json!({
        "name": line("The name for people; need not be unique.", 1..=100, NAME),
        "region": identifier("The region of the provider.", "-", 64, REGION),
        "instance_type": identifier("The provider's name for the kind of machine.", ".-", 64, INSTANCE_TYPE),
        "provider": nullable(known("The provider of the machine; `simulated` if there is none.", "WorkerProvider")),
        "tags": described("The tags.", nullable(schema("Tags"))),
    });
    let mut required = vec!["name", "region", "instance_type"];
    let mut example = json!({"name": NAME, "region": REGION, "instance_type": INSTANCE_TYPE});
    if exists {
        members["instance_id"] = identifier("Id of the machine at the provider.", "-", 128, INSTANCE);
        example["instance_id"] = json!(INSTANCE);
        required.push("instance_id");
    }
    let description = if exists { "A machine to register." } else { "A worker to create." };
    such_as(example, request_object(description, &required, &members))
}

fn worker_patch() -> Value {
    let members = json!({
        "name": line("The name for people; need not be unique.", 1..=100, NAME),
        "tags": described("The tags to change; `null` removes all.", nullable(schema("TagsPatch"))),
    });
    let description =
        "A merge patch of a worker (RFC 7396): `null` removes a tag, an absent field is left unchanged.";
    such_as(json!({"name": "lab 2", "tags": {"team": null}}), request_object(description, &[], &members))
}
