//! The events of the stream: their types, and the schemas of their JSON. OpenAPI can describe a stream only as text, so the
//! schemas stand among the components.

use serde_json::{Map, Value, json};

use super::resources::types::{
    always, count, counter, described, instant, list, nullable, person, response_object, string, such_as,
    trace_id, uuid, words,
};
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
    let rights =
        "The department claim of the token. With other rights than before, a client begins with a snapshot.";
    vec![
        control(
            "StreamConnected",
            &["connected"],
            "The first event of every stream.",
            json!({
                "user": person("`sub` of the token."),
                "roles": list("The roles of the token.", &schema("Role")),
                "department": nullable(such_as("network", string(rights))),
                "filters": described("The filters of the stream.", schema("StreamFilters")),
                "mode": described("What comes next.", schema("StreamMode")),
                "resumed": {"type": "boolean", "description": "Whether the stream goes on after an id."},
                "heartbeat_seconds": {"type": "number", "exclusiveMinimum": 0, "description": "The heartbeat interval."},
                "server_time": instant("The time of the gateway."),
            }),
        ),
        control(
            "SnapshotCompleted",
            &["snapshot.completed"],
            "The end of a snapshot, with the numbers of its subjects. All that follows is newer.",
            json!({"tasks": count("How many tasks the snapshot has."), "workers": count("How many workers it has.")}),
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
    shown.insert(name.clone(), described(&format!("The {name}."), schema(kind)));
    let before = format!(
        "The previous values of the changed members of the {name}; `null` if the change created it, or if the caller could \
         not see it before."
    );
    let on_behalf_of = "`sub` of the person on whose behalf a service made the change; `null`: nobody.";
    let mut change = json!({
        "revision": counter(&format!("Revision of the {name} after the change.")),
        "actor": person("`sub` of the token with which the change was made."),
        "on_behalf_of": nullable(person(on_behalf_of)),
        "before": described(&before, nullable(schema(&format!("{kind}Before")))),
    });
    let id = uuid(&format!("Id of the {name}."));
    change[name] = described("`null` after a deletion.", nullable(schema(kind)));
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
            json!({"id": id}),
        ),
    ]
}

fn live() -> Vec<Events> {
    let used = "How much of the machine is used; `null` unless it runs.";
    let utilization = json!({
        "worker_id": uuid("Id of the worker."),
        "utilization": described(used, nullable(schema("WorkerUtilization"))),
    });
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
            json!({"server_time": instant("The time of the gateway.")}),
        ),
    ]
}

fn ends() -> Vec<Events> {
    let reason = |reasons: &[&str]| json!({"type": "string", "examples": reasons, "description": "Why."});
    let reconnect = || json!({"type": "integer", "minimum": 0, "description": "Milliseconds, different for each client."});
    vec![
        control(
            "StreamReset",
            &["stream.reset"],
            "The events after the id are gone. The client forgets what it knows of the scope; a snapshot follows.",
            json!({
                "reason": reason(&["history_gone", "other_log", "unknown_id"]),
                "scope": described("What the client forgets.", schema("StreamScope")),
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
    fn describe(&self) -> Value {
        let r#type = "What has happened.";
        let r#type = match self.types {
            [one] => always(r#type, *one),
            _ => described(r#type, schema(&format!("{}Type", self.schema))),
        };
        let mut event = response_object(
            self.description,
            &json!({
                "specversion": always("The version of CloudEvents.", "1.0"),
                "id": uuid("Id of the event."),
                "type": r#type,
                "source": always("Who tells it.", self.source),
                "time": instant("When it happened."),
                "data": described("What is told.", schema(&format!("{}Data", self.schema))),
            }),
        );
        if self.has_subject {
            let pattern = "^(tasks|workers)/[0-9a-f-]{36}$";
            event["properties"]["subject"] = json!({
                "type": "string", "pattern": pattern, "description": "The task or worker that it is about.",
                "examples": ["tasks/01a202a3-2bd9-730c-8819-6267667c643f"],
            });
            if let Some(required) = event["required"].as_array_mut() {
                required.push(json!("subject"));
            }
        }
        if self.schema.ends_with("Changed") {
            let traceparent = "W3C Trace Context of the request that made the change.";
            let properties = &mut event["properties"];
            properties["trace_id"] =
                trace_id("Trace id of the request that made the change; absent if there is none.");
            properties["traceparent"] =
                such_as("00-4bf92f3577b34da6a3ce929d0e0e4736-b0f11dc6f5b764eb-03", string(traceparent));
            properties["trace_url"] = json!({
                "type": "string",
                "format": "uri",
                "description": "Link to the trace; absent if it is not sampled or CCM_TRACE_URL is not set.",
            });
        }
        event
    }

    /// The schema of the JSON, and those that it consists of.
    fn schemas(&self) -> Vec<(String, Value)> {
        let data = response_object(&format!("What `{}` tells.", self.types[0]), &self.data);
        let mut all = vec![(self.schema.to_owned(), self.describe()), (format!("{}Data", self.schema), data)];
        if self.types.len() > 1 {
            let types = words(&format!("The types of {}.", self.schema), self.types);
            all.push((format!("{}Type", self.schema), types));
        }
        all
    }
}

/// The schemas of all events, and of any one of them.
pub(super) fn schemas() -> Vec<(String, Value)> {
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
    let filters = json!({
        "event_types": list("Types of events.", &json!({"type": "string"})),
        "task_ids": list("Ids of tasks.", &uuid("Id of a task.")),
        "worker_ids": list("Ids of workers.", &uuid("Id of a worker.")),
    });
    let filters = response_object("The filters of a stream; an empty list filters nothing.", &filters);
    let mode =
        "What a stream begins with: a snapshot; the events after an id, or all events; the next events.";
    let mut schemas: Vec<_> = all.iter().flat_map(Events::schemas).collect();
    schemas.extend([
        ("StreamEvent".to_owned(), any),
        ("StreamFilters".to_owned(), filters),
        ("StreamMode".to_owned(), words(mode, ["snapshot", "replay", "live"])),
        ("StreamScope".to_owned(), words("What a client of a stream forgets.", ["tasks", "workers", "all"])),
    ]);
    schemas
}
