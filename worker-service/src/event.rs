//! Makes the events of changes of workers.

use access::{Caller, Role, Scope};
use events::NewEvent;
use serde_json::{Value, json};
use telemetry::propagation::Cause;
use uuid::Uuid;

use crate::convert;
use crate::subjects::WORKER;
use crate::worker::{ObservedState, Worker};

/// The types of all events of workers.
pub(crate) const TYPES: [&str; 6] = [
    "worker.created",
    "worker.updated",
    "worker.status.updated",
    "worker.terminated",
    "worker.restored",
    "worker.deleted",
];

/// Who makes a change.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    sub: String,
    /// `None` if the process makes the change without being asked.
    roles: Option<Vec<Role>>,
    on_behalf_of: Option<String>,
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self {
            sub: caller.sub.to_string(),
            roles: Some(caller.roles.clone()),
            on_behalf_of: caller.on_behalf_of.clone(),
        }
    }
}

impl Actor {
    /// This process, on behalf of the person who set the desired state.
    pub(crate) fn process_for(worker: &Worker) -> Self {
        Self { sub: crate::NAME.to_owned(), roles: None, on_behalf_of: Some(worker.desired.set_by.clone()) }
    }
}

/// The fields that can change, with their values when they are not set.
fn fields() -> [(&'static str, Value); 7] {
    [
        ("name", json!("")),
        ("tags", json!({})),
        ("instance_id", Value::Null),
        ("desired", Value::Null),
        ("observed", Value::Null),
        ("outcome", Value::Null),
        ("converged_at", Value::Null),
    ]
}

/// Makes the event `worker.created`.
pub(crate) fn created(id: Uuid, worker: &Worker, by: &Actor) -> NewEvent {
    of(id, "worker.created", worker, by)
}

/// Makes the event of a change: `worker.terminated` or `worker.status.updated` if the observed state changed, otherwise
/// `worker.updated`.
pub(crate) fn updated(id: Uuid, before: &Worker, after: &Worker, by: &Actor) -> NewEvent {
    let kind = match after.observed.state {
        same if same == before.observed.state => "worker.updated",
        ObservedState::Terminated => "worker.terminated",
        _ => "worker.status.updated",
    };
    let event = of(id, kind, after, by);
    let as_was = resource(before);
    let changed = events::changed_fields(&as_was, &event.resource, fields());
    NewEvent { before: Some(Scope::everyone()), changed_before: Some(changed), ..event }
}

/// Makes the event `worker.restored`, which to subscribers is like a creation.
pub(crate) fn restored(id: Uuid, worker: &Worker, by: &Actor) -> NewEvent {
    of(id, "worker.restored", worker, by)
}

/// Makes the event `worker.deleted`, which contains the last state of the worker.
pub(crate) fn deleted(id: Uuid, worker: &Worker, by: &Actor) -> NewEvent {
    let event = of(id, "worker.deleted", worker, by);
    NewEvent { before: Some(Scope::everyone()), after: None, changed_before: Some(json!({})), ..event }
}

/// The worker as the log keeps it: without its utilisation, which is no part of its history.
fn resource(worker: &Worker) -> Value {
    let mut message = convert::worker(worker);
    if let Some(observed) = &mut message.observed {
        observed.utilization = None;
    }
    serde_json::to_value(message).unwrap_or_default()
}

fn of(id: Uuid, kind: &'static str, worker: &Worker, by: &Actor) -> NewEvent {
    NewEvent {
        id,
        kind,
        subject_kind: &WORKER,
        subject_id: worker.id,
        revision: worker.revision,
        occurred_at: worker.updated_at,
        actor: by.sub.clone(),
        roles: by.roles.clone(),
        on_behalf_of: by.on_behalf_of.clone(),
        cause: Cause::current(),
        before: None,
        // Every caller may see every worker.
        after: Some(Scope::everyone()),
        resource: resource(worker),
        changed_before: None,
    }
}
