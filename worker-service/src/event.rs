//! The events that changes of workers leave behind.

use access::{Caller, Scope};
use platform::propagation::Cause;
use storage::event_log::NewEvent;
use uuid::Uuid;

use crate::convert;
use crate::worker::Worker;

/// `worker.created`.
pub(crate) fn created(id: Uuid, worker: &Worker, by: &Caller) -> NewEvent {
    NewEvent {
        id,
        kind: "worker.created",
        subject_kind: "worker",
        subject_id: worker.id,
        revision: worker.revision,
        occurred_at: worker.updated_at,
        actor: by.subject.clone(),
        on_behalf_of: None,
        cause: Cause::current(),
        before: None,
        // Everyone may see a worker.
        after: Some(Scope::default()),
        resource: serde_json::to_value(convert::worker(worker)).unwrap_or_default(),
        changed_before: None,
    }
}
