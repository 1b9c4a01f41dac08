//! What bodies hold. Limits are the services'; the contract in proto/ says more of each field.

use access::Role;
use serde_json::{Value, json};
use strum::VariantArray as _;

use super::schema;
use crate::api::{tasks, workers};

/// Without control characters, and not only white space.
const LINE: &str =
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
/// Without control characters but for line breaks and tabs.
const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// Without control characters.
const ANY_LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// A text in one line.
pub(super) fn text(min: usize, max: usize) -> Value {
    let pattern = if min > 0 { LINE } else { ANY_LINE };
    json!({"type": "string", "minLength": min, "maxLength": max, "pattern": pattern})
}

/// One of the names that the code knows.
pub(super) fn names<T>(table: &[(&str, T)]) -> Value {
    json!({"type": "string", "enum": table.iter().map(|it| it.0).collect::<Vec<_>>()})
}

/// The same, or `null`.
fn nullable(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    schema
}

/// A name that an answer has; one that this version does not know is `unknown`.
fn answered<T>(table: &[(&str, T)]) -> Value {
    let mut schema = names(table);
    if let Some(values) = schema["enum"].as_array_mut().filter(|it| !it.contains(&json!("unknown"))) {
        values.push(json!("unknown"));
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

/// A resource that is answered: it has all of its members, and further ones may come.
fn answer(description: &str, members: &Value) -> Value {
    let required: Vec<&String> = members.as_object().map(|it| it.keys().collect()).unwrap_or_default();
    json!({"type": "object", "description": description, "required": required, "properties": members})
}

/// An object that is taken: it has no further members.
fn input(description: &str, required: &[&str], members: &Value) -> Value {
    let mut schema = json!({
        "type": "object", "description": description, "properties": members, "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn page(of: &str) -> Value {
    answer(
        "A page of a list.",
        &json!({
            "items": {"type": "array", "maxItems": 200, "items": schema(of)},
            "next_page_token": {"type": ["string", "null"], "description": "`null` on the last page."},
        }),
    )
}

/// Every schema, by its name.
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
    answer(
        "A piece of work.",
        &json!({
            "id": uuid(),
            "kind": answered(&tasks::KINDS),
            "title": text(1, 200),
            "description": {"type": "string", "maxLength": 10_000},
            "status": answered(&tasks::STATUSES),
            "priority": answered(&tasks::PRIORITIES),
            "assignee_id": nullable(text(1, 255)),
            "department": nullable(text(1, 100)),
            "worker_id": nullable(uuid()),
            "created_by": {"type": "string", "description": "Subject of the caller that created it."},
            "created_at": instant(),
            "updated_at": instant(),
            "version": counter(),
            "revision": counter(),
        }),
    )
}

/// Members that a create and a change have in common.
fn writable_of_task() -> Value {
    json!({
        "title": text(1, 200),
        "description": {"type": ["string", "null"], "maxLength": 10_000, "pattern": LINES},
        "priority": nullable(names(&tasks::PRIORITIES)),
        "assignee_id": nullable(text(1, 255)),
        "department": nullable(text(1, 100)),
        "worker_id": nullable(uuid()),
    })
}

fn new_task() -> Value {
    let mut schema = input("A task to create.", &["title"], &writable_of_task());
    schema["examples"] = json!([{"title": "Replace the uplink", "priority": "high"}]);
    schema
}

fn task_patch() -> Value {
    let mut members = writable_of_task();
    // What the system alone does cannot be asked for.
    let settable: Vec<&str> = tasks::STATUSES.iter().map(|it| it.0).filter(|it| *it != "failed").collect();
    members["status"] = json!({"type": "string", "enum": settable});
    let mut schema = input("A merge patch of a task (RFC 7396): `null` clears, absent stays.", &[], &members);
    schema["examples"] = json!([{"status": "completed"}, {"assignee_id": null}]);
    schema
}

/// One change of a subject, whose resource has this schema.
fn event(of: &str, mut before: Value) -> Value {
    let name = of.to_lowercase();
    if let Some(it) = before.as_object_mut() {
        it.remove("required");
    }
    before["type"] = json!(["object", "null"]);
    before["description"] =
        json!(format!("The changed fields as they were; `null`: the {name} did not exist."));
    answer(
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
            "actor": {"type": "string", "description": "Subject of the token that it was made with."},
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
    answer(
        "A machine of the fleet: `status` is what was last seen, `desired_status` what is wished for.",
        &json!({
            "id": uuid(),
            "name": text(1, 100),
            "region": {"type": "string"},
            "instance_type": {"type": "string"},
            "provider": answered(&workers::PROVIDERS),
            "instance_id": {"type": ["string", "null"], "description": "How the provider calls its machine."},
            "tags": {"type": "object", "additionalProperties": {"type": "string"}},
            "status": answered(&workers::STATES),
            "status_since": instant(),
            "desired_status": answered(&workers::DESIRED_STATES),
            "reconciling": {"type": "boolean", "description": "What was seen does not answer the newest wish yet."},
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
        "provider": nullable(names(&workers::PROVIDERS)),
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
    let what = if exists { "A machine to register." } else { "A worker to create." };
    let mut schema = input(what, &required, &members);
    schema["examples"] = json!([example]);
    schema
}

fn worker_patch() -> Value {
    let members = json!({"name": text(1, 100), "tags": tags(true)});
    let mut schema = input("A merge patch of a worker (RFC 7396): `null` removes a tag.", &[], &members);
    schema["examples"] = json!([{"name": "lab 2", "tags": {"team": null}}]);
    schema
}

fn me() -> Value {
    let roles: Vec<&str> = Role::VARIANTS.iter().map(Into::into).collect();
    answer(
        "Who the caller is, as this product sees it.",
        &json!({
            "issuer": {"type": "string"},
            "subject": {"type": "string"},
            "roles": {"type": "array", "uniqueItems": true, "items": {"type": "string", "enum": roles}},
            "department": {"type": ["string", "null"]},
            "expires_at": instant(),
            "notices": {
                "type": "array", "items": {"type": "string"},
                "description": "What the caller should know about the token, for people.",
            },
        }),
    )
}

fn live() -> Value {
    answer("The gateway runs.", &json!({"status": {"const": "ok"}}))
}

fn ready() -> Value {
    let service = answer(
        "A service behind the gateway.",
        &json!({
            "name": {"type": "string", "examples": ["task-service"]},
            "status": {"type": "string", "enum": ["serving", "not_serving", "unreachable"]},
        }),
    );
    let members = json!({"status": {"const": "ready"}, "services": {"type": "array", "items": service}});
    answer("The gateway takes requests, whatever the services do.", &members)
}

fn problem() -> Value {
    let violation = answer(
        "A field, parameter or header that is wrong.",
        &json!({"field": {"type": "string"}, "description": {"type": "string"}}),
    );
    answer(
        "What went wrong (RFC 9457); docs/errors.md explains the reasons.",
        &json!({
            "type": {"type": "string", "pattern": "^urn:cml-cloud-manager:problem:[a-z-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "For people; it may change."},
            "code": {"type": "string", "pattern": "^[A-Z_]+$", "description": "The gRPC status code."},
            "violations": {"type": "array", "items": violation},
            "retryable": {"type": "boolean", "description": "The same request may simply be sent again."},
            "trace_id": {"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"},
        }),
    )
}
