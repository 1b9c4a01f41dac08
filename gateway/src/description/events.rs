//! The events of the stream: their types, and the schemas of their JSON. OpenAPI can describe a stream only as text, so the
//! schemas stand among the components.

use serde_json::{Map, Value, json};

use super::resources::{instant, response_object, trace_id, uuid};
use super::schema;

/// Events with the same schema.
pub(super) struct Events {
    pub(super) schema: &'static str,
    /// `event` of the block, and `type` of its JSON.
    pub(super) types: &'static [&'static str],
    pub(super) description: &'static str,
    source: &'static str,
    /// Whether it is about one task or worker, and has a `subject`.
    has_subject: bool,
    data: Value,
}

/// The `source` of events that the gateway itself makes.
const GATEWAY: &str = "/ccm/gateway";
const TASKS: &str = "/ccm/task-service";
const WORKERS: &str = "/ccm/worker-service";

/// All events, in the order in which a client meets them.
pub(super) fn all() -> Vec<Events> {
    let mut all = beginning();
    all.extend(of_subjects("Task", TASKS, TASK_TYPES));
    all.extend(of_subjects("Worker", WORKERS, WORKER_TYPES));
    all.extend(live());
    all.extend(ends());
    all
}

const TASK_TYPES: [&[&str]; 3] = [
    &["task.snapshot"],
    &["task.created", "task.updated", "task.status.updated", "task.deleted"],
    &["task.removed"],
];
const WORKER_TYPES: [&[&str]; 3] = [
    &["worker.snapshot"],
    &[
        "worker.created",
        "worker.updated",
        "worker.status.updated",
        "worker.terminated",
        "worker.deleted",
        "worker.restored",
    ],
    &["worker.removed"],
];

fn beginning() -> Vec<Events> {
    let strings = || json!({"type": "array", "items": {"type": "string"}});
    let ids = || json!({"type": "array", "items": uuid()});
    let filters = json!({"event_types": strings(), "task_ids": ids(), "worker_ids": ids()});
    let mode = json!({
        "type": "string",
        "enum": ["snapshot", "replay", "live"],
        "description": "What comes next: a snapshot; the events after an id, or all events; the next events",
    });
    vec![
        control(
            "StreamConnected",
            &["connected"],
            "The first event of every stream.",
            json!({
                "user": {"type": "string", "description": "`sub` of the token."},
                "roles": strings(),
                "department": {
                    "type": ["string", "null"],
                    "description": "The department claim of the token. With other rights than before, a client begins with a snapshot.",
                },
                "filters": response_object("The filters of the stream; an empty list filters nothing.", &filters),
                "mode": mode,
                "resumed": {"type": "boolean", "description": "Whether the stream goes on after an id."},
                "heartbeat_seconds": {"type": "number", "exclusiveMinimum": 0},
                "server_time": instant(),
            }),
        ),
        control(
            "SnapshotCompleted",
            &["snapshot.completed"],
            "The end of a snapshot, with the numbers of its subjects. All that follows is newer.",
            json!({"tasks": {"type": "integer", "minimum": 0}, "workers": {"type": "integer", "minimum": 0}}),
        ),
    ]
}

fn of_subjects(kind: &'static str, source: &'static str, types: [&'static [&'static str]; 3]) -> [Events; 3] {
    let [snapshot, changes, removed] = types;
    let is_task = kind == "Task";
    let name = kind.to_lowercase();
    let of = |schema, types, description, data| Events {
        schema,
        types,
        description,
        source,
        has_subject: true,
        data,
    };
    let mut shown = Map::new();
    shown.insert(name.clone(), schema(kind));
    let mut before = json!({"type": ["object", "null"], "additionalProperties": true});
    before["description"] = json!(format!(
        "The previous values of the changed members of the {name}; `null` if the change created it, or if the caller could \
         not see it before."
    ));
    let mut change = json!({
        "revision": {"type": "integer", "format": "int64", "minimum": 1},
        "actor": {"type": "string", "description": "`sub` of the token with which the change was made."},
        "on_behalf_of": {"type": ["string", "null"]},
        "before": before,
    });
    change[name] =
        json!({"anyOf": [schema(kind), {"type": "null"}], "description": "`null` after a deletion."});
    let (of_snapshot, of_change, of_removed) = if is_task {
        ("TaskSnapshot", "TaskChanged", "TaskRemoved")
    } else {
        ("WorkerSnapshot", "WorkerChanged", "WorkerRemoved")
    };
    [
        of(
            of_snapshot,
            snapshot,
            if is_task { "A task of a snapshot." } else { "A worker of a snapshot." },
            Value::Object(shown),
        ),
        of(
            of_change,
            changes,
            if is_task { "A change of a task." } else { "A change of a worker. `utilization` is `null`." },
            change,
        ),
        of(
            of_removed,
            removed,
            if is_task {
                "The caller may no longer see the task."
            } else {
                "The caller may no longer see the worker."
            },
            json!({"id": uuid()}),
        ),
    ]
}

fn live() -> Vec<Events> {
    let utilization = json!({"worker_id": uuid(), "utilization": super::resources::utilization()});
    vec![
        Events {
            schema: "WorkerMetricsUpdated",
            types: &[crate::stream::REPORT],
            description: "The utilization of a worker. Only the newest one is sent; it is not part of the history.",
            source: WORKERS,
            has_subject: true,
            data: utilization,
        },
        control(
            "StreamHeartbeat",
            &["heartbeat"],
            "Sent at every heartbeat interval.",
            json!({"server_time": instant()}),
        ),
    ]
}

fn ends() -> Vec<Events> {
    let reason = |reasons: &[&str]| json!({"type": "string", "examples": reasons});
    let reconnect = || json!({"type": "integer", "minimum": 0, "description": "Milliseconds, different for each client."});
    vec![
        control(
            "StreamReset",
            &["stream.reset"],
            "The events after the id are gone. The client forgets what it knows of the scope; a snapshot follows.",
            json!({
                "reason": reason(&["history_gone", "other_log", "unknown_id"]),
                "scope": {"type": "string", "enum": ["tasks", "workers", "all"]},
            }),
        ),
        control(
            "SessionExpired",
            &["auth.session.expired"],
            "The token has expired; the stream ends. The client needs a new token.",
            json!({}),
        ),
        control(
            "StreamShutdown",
            &["system.sse.shutdown"],
            "The gateway ends the stream. The client connects again with its last id.",
            json!({"reason": reason(&["shutdown", "max_age", "slow"]), "reconnect_in_ms": reconnect()}),
        ),
        control(
            "StreamRejected",
            &["system.sse.rejected"],
            "There are too many streams; the stream ends. The client connects again later.",
            json!({
                "reason": reason(&["too_many_streams_of_caller", "too_many_streams"]),
                "reconnect_in_ms": reconnect(),
            }),
        ),
    ]
}

fn control(
    schema: &'static str,
    types: &'static [&'static str],
    description: &'static str,
    data: Value,
) -> Events {
    Events { schema, types, description, source: GATEWAY, has_subject: false, data }
}

impl Events {
    /// The schema of the JSON: a CloudEvent.
    pub(super) fn describe(&self) -> Value {
        let mut event = response_object(
            self.description,
            &json!({
                "specversion": {"const": "1.0"},
                "id": uuid(),
                "type": {"type": "string", "enum": self.types},
                "source": {"const": self.source},
                "time": instant(),
                "data": response_object("", &self.data),
            }),
        );
        if let Some(data) = event["properties"]["data"].as_object_mut() {
            data.remove("description");
        }
        if self.has_subject {
            let pattern = "^(tasks|workers)/[0-9a-f-]{36}$";
            event["properties"]["subject"] = json!({"type": "string", "pattern": pattern});
            if let Some(required) = event["required"].as_array_mut() {
                required.push(json!("subject"));
            }
        }
        if self.schema.ends_with("Changed") {
            let mut id = trace_id();
            id["type"] = json!("string");
            id["description"] =
                json!("Trace id of the request that made the change; absent if there is none.");
            event["properties"]["trace_id"] = id;
            event["properties"]["traceparent"] = json!({"type": "string", "description": "W3C Trace Context of the request that made the change."});
            event["properties"]["trace_url"] = json!({
                "type": "string",
                "format": "uri",
                "description": "Link to the trace; absent if it is not sampled or CCM_TRACE_URL is not set.",
            });
        }
        event
    }
}

/// The schemas of all events, and of any one of them.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let all = all();
    let references: Vec<Value> = all.iter().map(|it| schema(it.schema)).collect();
    let types = all.iter().flat_map(|it| it.types.iter().map(|name| (*name, it.schema)));
    let mapping: Map<String, Value> =
        types.map(|(name, of)| (name.to_owned(), schema(of)["$ref"].clone())).collect();
    let any = json!({
        "description": "The JSON of one event: a CloudEvent 1.0. Later versions may add types, which clients ignore.",
        "oneOf": references,
        "discriminator": {"propertyName": "type", "mapping": mapping},
    });
    let mut schemas: Vec<_> = all.iter().map(|it| (it.schema, it.describe())).collect();
    schemas.push(("StreamEvent", any));
    schemas
}
