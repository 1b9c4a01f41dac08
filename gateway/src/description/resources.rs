//! The schemas of request and response bodies. The limits are those of the services; proto/ describes the fields.

use access::Role;
use proto::ContractEnum;
use proto::task::v1::{TaskPriority, TaskStatus};
use proto::worker::v1::{WorkerDesiredState, WorkerObservedState, WorkerProvider};
use serde_json::{Value, json};
use strum::VariantArray as _;

use super::schema;
use crate::api::tasks;
use crate::names::{UNKNOWN, rest_name};

/// No control characters, and not only white space.
const LINE: &str =
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
/// No control characters except line breaks and tabs.
const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// No control characters.
const ANY_LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// A string of one line, with its length in characters.
pub(super) fn text(min: usize, max: usize) -> Value {
    let pattern = if min > 0 { LINE } else { ANY_LINE };
    json!({"type": "string", "minLength": min, "maxLength": max, "pattern": pattern})
}

/// A string that is the name of one of these values.
pub(super) fn names<E: ContractEnum>(values: impl IntoIterator<Item = E>) -> Value {
    json!({"type": "string", "enum": values.into_iter().map(rest_name).collect::<Vec<_>>()})
}

/// Adds `null` to the types that the schema allows.
fn nullable(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    schema
}

/// A name in a response, where a value that this version does not know is `unknown`.
fn response_name<E: ContractEnum>(values: impl IntoIterator<Item = E>) -> Value {
    let mut schema = names(values);
    if let Some(values) = schema["enum"].as_array_mut().filter(|it| !it.contains(&json!(UNKNOWN))) {
        values.push(json!(UNKNOWN));
    }
    schema
}

fn uuid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

fn instant() -> Value {
    json!({"type": "string", "format": "date-time", "examples": ["2026-11-22T09:42:57.124032Z"]})
}

fn counter() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 1})
}

/// An object in a response: all members are present, and later versions may add more.
fn response_object(description: &str, members: &Value) -> Value {
    let required: Vec<&String> = members.as_object().map(|it| it.keys().collect()).unwrap_or_default();
    json!({"type": "object", "description": description, "required": required, "properties": members})
}

/// An object in a request: unknown members are rejected.
fn request_object(description: &str, required: &[&str], members: &Value) -> Value {
    let mut schema = json!({
        "type": "object", "description": description, "properties": members, "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn page(of: &str) -> Value {
    response_object(
        "A page of a list.",
        &json!({
            "items": {"type": "array", "maxItems": 200, "items": schema(of)},
            "next_page_token": {"type": ["string", "null"], "description": "Token of the next page; `null` on the last page."},
        }),
    )
}

/// All schemas of the document, by name.
pub(super) fn schemas() -> Value {
    let (new_task, task_patch) = (new_task(), task_patch());
    json!({
        "Task": task(), "NewTask": new_task, "TaskPatch": task_patch,
        "TaskPage": page("Task"), "TaskEvent": event("Task", task()), "TaskEventPage": page("TaskEvent"),
        "Worker": worker(), "NewWorker": new_worker(false), "ExistingWorker": new_worker(true),
        "WorkerPatch": worker_patch(), "WorkerPage": page("Worker"),
        "WorkerEvent": event("Worker", worker()), "WorkerEventPage": page("WorkerEvent"),
        "Me": me(), "Live": live(), "Ready": ready(), "Problem": problem(),
    })
}

fn task() -> Value {
    response_object(
        "A piece of work.",
        &json!({
            "id": uuid(),
            "kind": response_name(tasks::KINDS),
            "title": text(1, 200),
            "description": {"type": "string", "maxLength": 10_000},
            "status": response_name(TaskStatus::values()),
            "priority": response_name(TaskPriority::values()),
            "assignee_id": nullable(text(1, 255)),
            "department": nullable(text(1, 100)),
            "worker_id": nullable(uuid()),
            "created_by": {"type": "string", "description": "`sub` of the caller that created the task."},
            "created_at": instant(),
            "updated_at": instant(),
            "version": counter(),
            "revision": counter(),
        }),
    )
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

fn new_task() -> Value {
    let mut schema = request_object("A task to create.", &["title"], &writable_of_task());
    schema["examples"] = json!([{"title": "Replace the uplink", "priority": "high"}]);
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

/// An event of the history of a task or worker; `before` is the schema of its changed fields.
fn event(of: &str, mut before: Value) -> Value {
    let name = of.to_lowercase();
    if let Some(it) = before.as_object_mut() {
        it.remove("required");
    }
    before["type"] = json!(["object", "null"]);
    before["description"] =
        json!(format!("The previous values of the changed fields; `null` if the change created the {name}."));
    response_object(
        &format!("One change of a {name}."),
        &json!({
            "id": uuid(),
            "type": {
                "type": "string",
                "pattern": format!(r"^{name}\.[a-z.]+$"),
                "examples": [format!("{name}.created")],
            },
            "revision": counter(),
            "time": instant(),
            "actor": {"type": "string", "description": "`sub` of the token with which the change was made."},
            "on_behalf_of": {"type": ["string", "null"]},
            "trace_id": {"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"},
            "before": before,
            "after": {"anyOf": [schema(of), {"type": "null"}]},
        }),
    )
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
            "desired_status": response_name(WorkerDesiredState::values()),
            "reconciling": {"type": "boolean", "description": "Whether the observed state does not yet reflect the desired state."},
            "created_by": {"type": "string"},
            "created_at": instant(),
            "updated_at": instant(),
            "version": counter(),
            "revision": counter(),
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
        members["instance_id"] = identifier("-", 128, "i-0abc");
        required.push("instance_id");
    }
    let mut example = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    if exists {
        example["instance_id"] = json!("i-0abc");
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

fn me() -> Value {
    let roles: Vec<&str> = Role::VARIANTS.iter().map(Into::into).collect();
    response_object(
        "The identity of the caller, as read from the token.",
        &json!({
            "issuer": {"type": "string"},
            "subject": {"type": "string"},
            "roles": {"type": "array", "uniqueItems": true, "items": {"type": "string", "enum": roles}},
            "department": {"type": ["string", "null"]},
            "expires_at": instant(),
            "notices": {
                "type": "array", "items": {"type": "string"},
                "description": "Hints about problems with the token, for people.",
            },
        }),
    )
}

fn live() -> Value {
    response_object("The gateway is running.", &json!({"status": {"const": "ok"}}))
}

fn ready() -> Value {
    let service = response_object(
        "A service behind the gateway.",
        &json!({
            "name": {"type": "string", "examples": ["task-service"]},
            "status": {"type": "string", "enum": ["serving", "not_serving", "unreachable"]},
        }),
    );
    let members = json!({"status": {"const": "ready"}, "services": {"type": "array", "items": service}});
    response_object("The gateway accepts requests, even if services are down.", &members)
}

fn problem() -> Value {
    let violation = response_object(
        "An invalid field, parameter or header.",
        &json!({"field": {"type": "string"}, "description": {"type": "string"}}),
    );
    response_object(
        "Problem details (RFC 9457); docs/errors.md explains the reasons.",
        &json!({
            "type": {"type": "string", "pattern": "^urn:cml-cloud-manager:problem:[a-z-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "An explanation in words, which may change."},
            "code": {"type": "string", "pattern": "^[A-Z_]+$", "description": "The gRPC status code."},
            "violations": {"type": "array", "items": violation},
            "retryable": {"type": "boolean", "description": "Whether the same request can safely be sent again."},
            "trace_id": {"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"},
        }),
    )
}
