//! The schemas of what a worker waits for, and of a refresh.

use proto::ContractEnum;
use proto::worker::v1::{WorkerConditionStatus, WorkerConditionType};
use serde_json::{Value, json};

use super::types::{
    always, counter, described, instant, list, list_of_at_most, nullable, pattern, response_object, string,
    such_as, trace_id, words,
};
use crate::api::workers::explain::camel_case;
use crate::description::schema;

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let status = "Whether a condition holds.";
    vec![
        ("Explanation", explanation()),
        ("WorkerCondition", condition()),
        (
            "WorkerConditionType",
            camel_case_names("What a condition is about.", WorkerConditionType::values()),
        ),
        ("WorkerConditionStatus", camel_case_names(status, WorkerConditionStatus::values())),
        ("ProviderAttempt", attempt()),
        ("UsualDuration", usual_duration()),
        ("Refresh", refresh()),
    ]
}

fn explanation() -> Value {
    let sentences =
        "For people: what is desired, what was observed, what is waited for. The texts may change.";
    let sentence = such_as("The machine is starting.", json!({"type": "string"}));
    let usual = "How long workers of this provider usually take to reach the desired state; `null` with fewer than five samples.";
    response_object(
        "What a worker waits for, for people and for programs.",
        &json!({
            "worker": described("The worker.", schema("Worker")),
            "sentences": list(sentences, &sentence),
            "conditions": list("For programs: Ready, Reconciling and Stalled, in this order.", &schema("WorkerCondition")),
            "attempts": list_of_at_most(5, "The last provider calls, newest first.", &schema("ProviderAttempt")),
            "next_turn": nullable(instant("When the worker is looked at next; `null`: with the next sweep of the provider.")),
            "next_retry": nullable(instant("When a failed provider call is made again; `null`: none waits.")),
            "usual_duration": described(usual, nullable(schema("UsualDuration"))),
        }),
    )
}

fn condition() -> Value {
    response_object(
        "A condition as Kubernetes has them.",
        &json!({
            "type": described("What the condition is about.", schema("WorkerConditionType")),
            "status": described("Whether it holds.", schema("WorkerConditionStatus")),
            "reason": pattern("Why, as one word.", "^[A-Za-z]+$", "Converged"),
            "message": such_as("the machine is in the desired state", string("Why, in words.")),
            "observed_generation": counter("The generation of the desired state that it is about."),
            "since": instant("When `status` last changed."),
        }),
    )
}

/// The names of these values, and `Unknown`, for one that only a newer version of the service knows.
fn camel_case_names<E: ContractEnum>(description: &str, values: impl IntoIterator<Item = E>) -> Value {
    let mut names: Vec<String> = values.into_iter().map(camel_case).collect();
    if !names.iter().any(|it| it == "Unknown") {
        names.push("Unknown".to_owned());
    }
    words(description, names)
}

fn attempt() -> Value {
    let calls = json!({
        "type": "string", "examples": ["create", "start", "stop", "terminate"], "description": "What was called.",
    });
    let results = json!({
        "type": "string", "examples": ["ok", "throttled", "transient", "conflict", "permanent"],
        "description": "How the call ended.",
    });
    response_object(
        "One call of the provider.",
        &json!({
            "call": calls,
            "time": instant("When it was made."),
            "generation": counter("The generation of the desired state that it was made for."),
            "result": results,
            "message": nullable(such_as("rate exceeded", string("The error in words; `null`: none."))),
            "trace_id": nullable(trace_id("Trace id of the call.")),
        }),
    )
}

fn usual_duration() -> Value {
    let milliseconds = |description: &str| json!({"type": "integer", "format": "int64", "minimum": 0, "description": description});
    response_object(
        "How long workers of a provider usually take to reach a desired state.",
        &json!({
            "median_ms": milliseconds("The median, in milliseconds."),
            "p95_ms": milliseconds("The 95th percentile, in milliseconds."),
            "samples": {"type": "integer", "minimum": 5, "maximum": 50, "description": "Of how many workers."},
        }),
    )
}

fn refresh() -> Value {
    response_object(
        "The state of the machine will be read soon.",
        &json!({"scheduled": always("It is scheduled.", true)}),
    )
}
