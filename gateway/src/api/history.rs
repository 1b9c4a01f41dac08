//! The history of a task or worker as REST shows it: one item per event, with the fields before and the resource after.

use proto::event::v1::Event;
use proto::event::v1::event::Resource;
use proto::task::v1::{TaskPriority, TaskStatus};
use serde::Serialize;
use serde_json::{Map, Value};

use super::rfc3339;
use super::tasks::{PRIORITIES, STATUSES, Task};
use super::workers::Worker;

/// One change of a task.
#[derive(Serialize)]
pub(crate) struct TaskEvent {
    #[serde(flatten)]
    change: Change,
    /// The task after the change; `null` when the change deleted it.
    after: Option<Task>,
}

/// One change of a worker.
#[derive(Serialize)]
pub(crate) struct WorkerEvent {
    #[serde(flatten)]
    change: Change,
    /// The worker after the change; `null` when the change deleted it.
    after: Option<Worker>,
}

/// The fields that changes of tasks and of workers have in common.
#[derive(Serialize)]
struct Change {
    id: String,
    r#type: String,
    revision: i64,
    time: String,
    /// `sub` of the token that the change was made with.
    actor: String,
    /// `sub` of the person on whose behalf a service made the change.
    on_behalf_of: Option<String>,
    /// Trace id of the request that made the change.
    trace_id: Option<String>,
    /// The changed fields with their values before; `null` when the change created the resource.
    before: Option<Map<String, Value>>,
}

impl From<Event> for TaskEvent {
    fn from(mut event: Event) -> Self {
        let after = match event.resource.take() {
            Some(Resource::Task(task)) if event.scope_after.is_some() => Some(task.into()),
            _ => None,
        };
        Self { change: Change::from(event), after }
    }
}

impl From<Event> for WorkerEvent {
    fn from(mut event: Event) -> Self {
        let after = match event.resource.take() {
            Some(Resource::Worker(worker)) if event.scope_after.is_some() => Some(worker.into()),
            _ => None,
        };
        Self { change: Change::from(event), after }
    }
}

impl From<Event> for Change {
    fn from(event: Event) -> Self {
        // A Struct's JSON is an object.
        let changed = event.changed_before.and_then(|it| serde_json::to_value(it).ok());
        let before = changed.and_then(|it| match it {
            Value::Object(fields) => Some(fields.into_iter().map(|it| rest_field(it.0, it.1)).collect()),
            _ => None,
        });
        Self {
            trace_id: event.traceparent.as_deref().and_then(trace_id),
            time: rfc3339(event.time),
            id: event.id,
            r#type: event.r#type,
            revision: event.revision,
            actor: event.actor,
            on_behalf_of: event.on_behalf_of,
            before,
        }
    }
}

/// The field as REST shows it. An event holds the enum names of the contract, such as `TASK_STATUS_PENDING`.
fn rest_field(name: String, value: Value) -> (String, Value) {
    let rest = match (name.as_str(), value.as_str()) {
        ("status", Some(text)) => TaskStatus::from_str_name(text).map(|it| super::name_of(&STATUSES, it)),
        ("priority", Some(text)) => {
            TaskPriority::from_str_name(text).map(|it| super::name_of(&PRIORITIES, it))
        }
        _ => None,
    };
    (name, rest.map_or(value, Value::from))
}

/// The trace id in a W3C traceparent.
fn trace_id(traceparent: &str) -> Option<String> {
    traceparent.split('-').nth(1).map(ToOwned::to_owned)
}
