//! Makes the events of changes of workers.

use access::{Caller, Scope};
use events::NewEvent;
use serde_json::json;
use telemetry::propagation::Cause;
use uuid::Uuid;

use crate::convert;
use crate::subjects::WORKER;
use crate::worker::Worker;

/// Makes the event `worker.created`.
pub(crate) fn created(id: Uuid, worker: &Worker, by: &Caller) -> NewEvent {
    of(id, "worker.created", worker, by)
}

/// Makes the event `worker.updated`.
pub(crate) fn updated(id: Uuid, before: &Worker, after: &Worker, by: &Caller) -> NewEvent {
    let event = of(id, "worker.updated", after, by);
    let as_was = serde_json::to_value(convert::worker(before)).unwrap_or_default();
    let fields = [("name", json!("")), ("tags", json!({}))];
    let changed = events::changed_fields(&as_was, &event.resource, fields);
    NewEvent { before: Some(Scope::default()), changed_before: Some(changed), ..event }
}

/// Makes the event `worker.restored`, which to subscribers is like a creation.
pub(crate) fn restored(id: Uuid, worker: &Worker, by: &Caller) -> NewEvent {
    of(id, "worker.restored", worker, by)
}

/// Makes the event `worker.deleted`, which contains the last state of the worker.
pub(crate) fn deleted(id: Uuid, worker: &Worker, by: &Caller) -> NewEvent {
    let event = of(id, "worker.deleted", worker, by);
    NewEvent { before: Some(Scope::default()), after: None, changed_before: Some(json!({})), ..event }
}

fn of(id: Uuid, kind: &'static str, worker: &Worker, by: &Caller) -> NewEvent {
    NewEvent {
        id,
        kind,
        subject_kind: &WORKER,
        subject_id: worker.id,
        revision: worker.revision,
        occurred_at: worker.updated_at,
        actor: by.sub.clone(),
        on_behalf_of: by.on_behalf_of.clone(),
        cause: Cause::current(),
        before: None,
        // Every caller may see every worker.
        after: Some(Scope::default()),
        resource: serde_json::to_value(convert::worker(worker)).unwrap_or_default(),
        changed_before: None,
    }
}
