//! The schemas of tasks and of what is asked of them.

use proto::ContractEnum as _;
use proto::task::v1::{TaskKind, TaskPhase, TaskPriority, TaskStatus, TaskVerb};
use serde_json::{Value, json};

use super::{
    LINE, LINES, counter, event, instant, names, nullable, page, request_object, response_name,
    response_object, text, trace_id, uuid,
};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("Task", task()),
        ("NewTask", new_task()),
        ("TaskPatch", task_patch()),
        ("TaskPage", page("Task")),
        ("TaskEvent", event("Task", task())),
        ("TaskEventPage", page("TaskEvent")),
        ("Asked", asked(false)),
        ("Termination", asked(true)),
        ("Retry", retry()),
    ]
}

fn task() -> Value {
    response_object(
        "A piece of work.",
        &json!({
            "id": uuid(),
            "kind": response_name(TaskKind::values()),
            "title": text(1, 200),
            "description": {"type": "string", "maxLength": 10_000},
            "status": response_name(TaskStatus::values()),
            "priority": response_name(TaskPriority::values()),
            "assignee_id": nullable(text(1, 255)),
            "department": nullable(text(1, 100)),
            "worker_id": nullable(uuid()),
            "action": nullable(action()),
            "run": nullable(run()),
            "created_by": {"type": "string", "description": "`sub` of the caller that created the task."},
            "created_at": instant(),
            "updated_at": instant(),
            "version": counter(),
            "revision": counter(),
        }),
    )
}

fn action() -> Value {
    let seq = "Number of the current run among all actions of the worker; a higher one replaces a lower one.";
    response_object(
        "What the system does on a worker; `null` in a task of kind human.",
        &json!({
            "verb": response_name(TaskVerb::values()),
            "worker_id": uuid(),
            "action_seq": {"type": "integer", "format": "int64", "minimum": 0, "description": seq},
            "reason": nullable(text(0, 500)),
        }),
    )
}

fn run() -> Value {
    let mut phase = nullable(response_name(TaskPhase::values()));
    phase["description"] = json!("How far the run is; `null` once it has ended.");
    let number = |description: &str| json!({"type": "integer", "minimum": 0, "description": description});
    let applied = "The generation of the worker whose outcome is waited for; `null` until worker-service has accepted the action.";
    response_object(
        "The execution of the action; `null` in a task of kind human.",
        &json!({
            "number": counter(),
            "attempt": number("Number of calls of worker-service in this run."),
            "max_attempts": number("Maximum number of calls in a run."),
            "phase": phase,
            "run_after": nullable(instant()),
            "deadline": instant(),
            "applied_generation": {
                "type": ["integer", "null"], "format": "int64", "minimum": 1, "description": applied,
            },
            "last_error": nullable(run_error()),
            "attempts": {
                "type": "array", "maxItems": 20, "items": attempt(),
                "description": "The last calls of worker-service in all runs, oldest first.",
            },
            "trace_id": trace_id(),
            "ended_at": nullable(instant()),
        }),
    )
}

fn run_error() -> Value {
    response_object(
        "Why the last call failed, or how the run failed.",
        &json!({
            "code": code(),
            "message": {"type": "string"},
            "retryable": {"type": "boolean", "description": "Whether the same call may succeed later."},
            "reason": {"type": ["string", "null"], "examples": ["ACTION_SUPERSEDED", "INSUFFICIENT_CAPACITY"]},
        }),
    )
}

fn attempt() -> Value {
    response_object(
        "One call of worker-service.",
        &json!({
            "run": counter(),
            "number": counter(),
            "started_at": instant(),
            "code": code(),
            "message": {"type": ["string", "null"]},
            "trace_id": trace_id(),
        }),
    )
}

/// The name of a gRPC code.
fn code() -> Value {
    json!({"type": "string", "pattern": "^[A-Z_]+$", "examples": ["UNAVAILABLE"]})
}

/// The members that creating and changing a task have in common.
fn writable_of_task() -> Value {
    json!({
        "title": text(1, 200),
        "description": {"type": ["string", "null"], "maxLength": 10_000, "pattern": LINES},
        "priority": nullable(names(TaskPriority::values())),
        "assignee_id": nullable(text(1, 255)),
        "department": nullable(text(1, 100)),
        "worker_id": nullable(uuid()),
    })
}

/// The title is required unless there is an action, for which the system makes a title.
fn new_task() -> Value {
    let mut members = writable_of_task();
    members["title"] = json!({"type": ["string", "null"], "maxLength": 200, "pattern": format!("^$|{LINE}")});
    members["action"] = nullable(new_action());
    let mut schema = request_object("A task to create.", &[], &members);
    schema["anyOf"] = json!([
        {"required": ["title"], "properties": {"title": {"type": "string", "minLength": 1}}},
        {"required": ["action"], "properties": {"action": {"type": "object"}}},
    ]);
    let stop = json!({"verb": "stop", "worker_id": "01a202a3-2bd9-730c-8819-6267667c643f"});
    schema["examples"] = json!([{"title": "Replace the uplink", "priority": "high"}, {"action": stop}]);
    schema
}

fn new_action() -> Value {
    let members = json!({
        "verb": names(TaskVerb::values()),
        "worker_id": uuid(),
        "confirm": confirm(),
        "reason": nullable(text(0, 500)),
    });
    request_object("What the system does on a worker.", &["verb", "worker_id"], &members)
}

/// The confirmation of a termination.
fn confirm() -> Value {
    json!({
        "type": ["string", "null"],
        "description": "The name of the worker. Required for terminate; without meaning for other verbs.",
    })
}

/// The body of a request for an action on the worker in the path.
fn asked(terminates: bool) -> Value {
    let mut members = json!({
        "reason": nullable(text(0, 500)),
        "priority": nullable(names(TaskPriority::values())),
        "confirm": confirm(),
    });
    let mut required = Vec::new();
    if terminates {
        members["confirm"]["type"] = json!("string");
        required.push("confirm");
    }
    let mut schema = request_object("What goes with a request for an action.", &required, &members);
    schema["examples"] =
        if terminates { json!([{"confirm": "lab 1"}]) } else { json!([{"reason": "for the night"}]) };
    schema
}

fn retry() -> Value {
    let mut schema = request_object("What goes with a retry.", &[], &json!({"confirm": confirm()}));
    schema["examples"] = json!([{"confirm": "lab 1"}]);
    schema
}

fn task_patch() -> Value {
    let mut members = writable_of_task();
    // Only the system sets `failed`.
    members["status"] = names(TaskStatus::values().filter(|it| *it != TaskStatus::Failed));
    let mut schema = request_object(
        "A merge patch of a task (RFC 7396): `null` clears a field, an absent field is left unchanged.",
        &[],
        &members,
    );
    schema["examples"] = json!([{"status": "completed"}, {"assignee_id": null}]);
    schema
}
