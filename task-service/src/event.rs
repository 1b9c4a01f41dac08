//! The events that changes of tasks leave behind.

use access::Caller;
use platform::propagation::Cause;
use storage::event_log::NewEvent;
use uuid::Uuid;

use crate::convert;
use crate::task::Task;

/// `task.created`.
pub(crate) fn created(id: Uuid, task: &Task, by: &Caller) -> NewEvent {
    NewEvent {
        id,
        kind: "task.created",
        subject_kind: "task",
        subject_id: task.id,
        revision: task.revision,
        occurred_at: task.updated_at,
        actor: by.subject.clone(),
        on_behalf_of: None,
        cause: Cause::current(),
        before: None,
        after: Some(task.scope()),
        resource: serde_json::to_value(convert::task(task)).unwrap_or_default(),
        changed_before: None,
    }
}
