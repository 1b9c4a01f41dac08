//! The schemas of tasks and of what is asked of them.

use proto::ContractEnum as _;
use proto::task::v1::{TaskKind, TaskPhase, TaskPriority, TaskStatus, TaskVerb};
use serde_json::{Value, json};

use super::types::{
    LINE, LINES, code, count, counter, described, flag, instant, known, known_but, line, list_of_at_most,
    names, nullable, person, request_object, response_object, string, such_as, trace_id, uuid,
};
use super::{before, event, page};
use crate::description::schema;

const TITLE: &str = "Replace the uplink";
const DESCRIPTION: &str = "Rack 7 has lost its second uplink.";
const NAME: &str = "lab 1";

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("Task", task()),
        ("TaskAction", action()),
        ("TaskRun", run()),
        ("TaskRunError", run_error()),
        ("TaskAttempt", attempt()),
        ("TaskKind", names("Who does the work of a task: a person, or the system.", TaskKind::values())),
        ("TaskPhase", names("How far the run of an action is.", TaskPhase::values())),
        ("TaskPriority", names("The urgency of a task.", TaskPriority::values())),
        ("TaskStatus", names("The progress of a task.", TaskStatus::values())),
        ("TaskVerb", names("What can be done on a worker.", TaskVerb::values())),
        ("NewTask", new_task()),
        ("NewTaskAction", new_action()),
        ("TaskPatch", task_patch()),
        ("TaskPage", page("Task")),
        ("TaskBefore", before("Task", task())),
        ("TaskEvent", event("Task")),
        ("TaskEventPage", page("TaskEvent")),
        ("Asked", asked(false)),
        ("Termination", asked(true)),
        ("Retry", retry()),
    ]
}

fn task() -> Value {
    let text = json!({"type": "string", "maxLength": 10_000});
    response_object(
        "A piece of work.",
        &json!({
            "id": uuid("Id of the task."),
            "kind": described("Who does the work.", schema("TaskKind")),
            "title": line("What is to be done.", 1..=200, TITLE),
            "description": described("The details; empty if there are none.", such_as(DESCRIPTION, text)),
            "status": described("The progress.", schema("TaskStatus")),
            "priority": described("The urgency.", schema("TaskPriority")),
            "assignee_id": nullable(assignee()),
            "department": nullable(line("The department that the task belongs to.", 1..=100, "network")),
            "worker_id": nullable(uuid("The worker that the task is about.")),
            "action": described("What the system does on a worker; `null` in a task of kind human.", nullable(schema("TaskAction"))),
            "run": described("The execution of the action; `null` in a task of kind human.", nullable(schema("TaskRun"))),
            "created_by": person("`sub` of the caller that created the task."),
            "created_at": instant("When the task was created."),
            "updated_at": instant("When the task was last changed."),
            "version": counter("Number of edits, starting at 1; the first part of the `ETag`."),
            "revision": counter("Number of all changes, starting at 1."),
        }),
    )
}

fn assignee() -> Value {
    line("`sub` of the person who has to do the work.", 1..=255, "bob")
}

fn reason() -> Value {
    nullable(line("Why the action is asked for.", 0..=500, "for the night"))
}

fn action() -> Value {
    let seq = "Number of the current run among all actions of the worker; a higher one replaces a lower one.";
    response_object(
        "What the system does on a worker.",
        &json!({
            "verb": described("What is done.", schema("TaskVerb")),
            "worker_id": uuid("The worker."),
            "action_seq": {"type": "integer", "format": "int64", "minimum": 0, "description": seq},
            "reason": reason(),
        }),
    )
}

fn run() -> Value {
    let applied = "The generation of the worker whose outcome is waited for; `null` until worker-service has accepted the action.";
    response_object(
        "The execution of an action.",
        &json!({
            "number": counter("Number of the run; a retry begins a new one."),
            "attempt": count("Number of calls of worker-service in this run."),
            "max_attempts": count("Maximum number of calls in a run."),
            "phase": described("How far the run is; `null` once it has ended.", nullable(schema("TaskPhase"))),
            "run_after": nullable(instant("Time before which the next call is not made; `null`: as soon as possible, or none waits.")),
            "deadline": instant("Time after which the run fails."),
            "applied_generation": nullable(counter(applied)),
            "last_error": described("Why the last call failed, or how the run failed; `null`: no failure.", nullable(schema("TaskRunError"))),
            "attempts": list_of_at_most(
                20, "The last calls of worker-service in all runs, oldest first.", &schema("TaskAttempt"),
            ),
            "trace_id": nullable(trace_id("Trace id of the request that asked for the run.")),
            "ended_at": nullable(instant("When the run ended; `null`: it has not.")),
        }),
    )
}

fn run_error() -> Value {
    response_object(
        "Why a call failed, or how a run failed.",
        &json!({
            "code": code("Name of a gRPC code.", "UNAVAILABLE"),
            "message": such_as("worker-service is unreachable", string("The error in words.")),
            "retryable": flag("Whether the same call may succeed later."),
            "reason": nullable(such_as("ACTION_SUPERSEDED", string("A reason of docs/errors.md, or one of the provider; `null`: unknown."))),
        }),
    )
}

fn attempt() -> Value {
    response_object(
        "One call of worker-service.",
        &json!({
            "run": counter("Number of the run."),
            "number": counter("Number of the call in its run."),
            "started_at": instant("When it began."),
            "code": code("Name of the gRPC code with which it ended.", "OK"),
            "message": nullable(such_as("worker-service is unreachable", string("The error in words; `null`: none."))),
            "trace_id": nullable(trace_id("Trace id of the call.")),
        }),
    )
}

fn priority() -> Value {
    nullable(known("The urgency; `medium` if there is none.", "TaskPriority"))
}

/// The members that creating and changing a task have in common.
fn writable_of_task() -> Value {
    let text = json!({"type": "string", "maxLength": 10_000, "pattern": LINES});
    json!({
        "title": line("What is to be done.", 1..=200, TITLE),
        "description": nullable(described("The details.", such_as(DESCRIPTION, text))),
        "priority": priority(),
        "assignee_id": nullable(assignee()),
        "department": nullable(line("The department that the task belongs to.", 1..=100, "network")),
        "worker_id": nullable(uuid("The worker that the task is about: the id of an existing one.")),
    })
}

/// The title is required unless there is an action, for which the system makes a title. Generators take a body with members of
/// its own and an `anyOf` for one of its alternatives, and leave the members out.
fn new_task() -> Value {
    let mut members = writable_of_task();
    let title = json!({"type": "string", "maxLength": 200, "pattern": format!("^$|{LINE}")});
    let made = "What is to be done. Required, unless there is an action, for which the system makes a title.";
    members["title"] = nullable(described(made, such_as(TITLE, title)));
    members["department"]["description"] =
        json!("The department that the task belongs to; without it, that of the caller.");
    members["action"] = described("What the system is to do on a worker.", nullable(schema("NewTaskAction")));
    let mut schema = request_object("A task to create.", &[], &members);
    schema["not"] = json!({"properties": {"title": {"enum": [null, ""]}, "action": {"type": "null"}}});
    let stop = json!({"verb": "stop", "worker_id": "01a202a3-2bd9-730c-8819-6267667c643f"});
    schema["examples"] = json!([{"title": TITLE, "priority": "high"}, {"action": stop}]);
    schema
}

fn new_action() -> Value {
    let members = json!({
        "verb": known("What is to be done.", "TaskVerb"),
        "worker_id": uuid("The worker: the id of an existing one."),
        "confirm": nullable(confirm()),
        "reason": reason(),
    });
    request_object("What the system is to do on a worker.", &["verb", "worker_id"], &members)
}

/// The confirmation of a termination.
fn confirm() -> Value {
    such_as(NAME, string("The name of the worker. Required for terminate; without meaning for other verbs."))
}

/// The body of a request for an action on the worker in the path.
fn asked(terminates: bool) -> Value {
    let mut members = json!({"reason": reason(), "priority": priority(), "confirm": nullable(confirm())});
    let (mut description, mut required) = ("What goes with a request for an action.", Vec::new());
    if terminates {
        members["confirm"] = such_as(NAME, string("The name of the worker."));
        (description, required) = ("What goes with a request for a termination.", vec!["confirm"]);
    }
    let mut schema = request_object(description, &required, &members);
    schema["examples"] =
        if terminates { json!([{"confirm": NAME}]) } else { json!([{"reason": "for the night"}]) };
    schema
}

fn retry() -> Value {
    let members = json!({"confirm": nullable(confirm())});
    such_as(json!({"confirm": NAME}), request_object("What goes with a retry.", &[], &members))
}

fn task_patch() -> Value {
    let mut members = writable_of_task();
    // Only the system sets `failed`.
    members["status"] = known_but(&["failed"], "The progress. Only the system sets `failed`.", "TaskStatus");
    let mut schema = request_object(
        "A merge patch of a task (RFC 7396): `null` clears a field, an absent field is left unchanged.",
        &[],
        &members,
    );
    schema["examples"] = json!([{"status": "completed"}, {"assignee_id": null}]);
    schema
}
