//! The history of a subject: what happened to it, who did it, what it was before and after, and in which trace.

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
    what: Happened,
    /// The task after the change; `null`: it is gone.
    after: Option<Task>,
}

/// One change of a worker.
#[derive(Serialize)]
pub(crate) struct WorkerEvent {
    #[serde(flatten)]
    what: Happened,
    /// The worker after the change; `null`: it is gone.
    after: Option<Worker>,
}

/// What happened to a subject.
#[derive(Serialize)]
struct Happened {
    id: String,
    r#type: String,
    revision: i64,
    time: String,
    /// Subject of the token that the change was made with.
    actor: String,
    /// On whose behalf a service made it.
    on_behalf_of: Option<String>,
    /// The trace of the request that made it.
    trace_id: Option<String>,
    /// The changed fields as they were; `null`: it did not exist.
    before: Option<Map<String, Value>>,
}

impl From<Event> for TaskEvent {
    fn from(mut event: Event) -> Self {
        let after = match event.resource.take() {
            Some(Resource::Task(task)) if event.scope_after.is_some() => Some(task.into()),
            _ => None,
        };
        Self { what: Happened::from(event), after }
    }
}

impl From<Event> for WorkerEvent {
    fn from(mut event: Event) -> Self {
        let after = match event.resource.take() {
            Some(Resource::Worker(worker)) if event.scope_after.is_some() => Some(worker.into()),
            _ => None,
        };
        Self { what: Happened::from(event), after }
    }
}

impl From<Event> for Happened {
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

/// A field as REST shows it: the names of enum values are the contract's in the event.
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

/// The second part of a W3C traceparent.
fn trace_id(traceparent: &str) -> Option<String> {
    traceparent.split('-').nth(1).map(ToOwned::to_owned)
}
