//! Makes the events of changes of tasks.

use access::Caller;
use events::NewEvent;
use serde_json::{Value, json};
use strum::VariantArray as _;
use telemetry::propagation::Cause;
use uuid::Uuid;

use crate::convert;
use crate::subjects::TASK;
use crate::task::{Field, Task};

/// The types of all events of tasks.
pub(crate) const TYPES: [&str; 4] = ["task.created", "task.updated", "task.status.updated", "task.deleted"];

/// Makes the event of an update: `task.status.updated` if the status changed, otherwise `task.updated`.
pub(crate) fn updated(id: Uuid, before: &Task, after: &Task, by: &Caller) -> NewEvent {
    let kind = if before.status == after.status { "task.updated" } else { "task.status.updated" };
    let event = created(id, after, by);
    let as_was = serde_json::to_value(convert::task(before)).unwrap_or_default();
    let fields = Field::VARIANTS.iter().map(|field| match field {
        Field::Title | Field::Description => (field.into_str(), json!("")),
        _ => (field.into_str(), Value::Null),
    });
    let of_action = ["action", "run"].map(|it| (it, Value::Null));
    let changed = events::changed_fields(&as_was, &event.resource, fields.chain(of_action));
    NewEvent { kind, before: Some(before.scope()), changed_before: Some(changed), ..event }
}

/// Makes the event of an update, or of a creation if there was no task before.
pub(crate) fn of(id: Uuid, before: Option<&Task>, after: &Task, by: &Caller) -> NewEvent {
    before.map_or_else(|| created(id, after, by), |before| updated(id, before, after, by))
}

/// Makes the event `task.deleted`, which contains the last state of the task.
pub(crate) fn deleted(id: Uuid, task: &Task, by: &Caller) -> NewEvent {
    NewEvent { kind: "task.deleted", before: Some(task.scope()), after: None, ..created(id, task, by) }
}

/// Makes the event `task.created`.
pub(crate) fn created(id: Uuid, task: &Task, by: &Caller) -> NewEvent {
    NewEvent {
        id,
        kind: "task.created",
        subject_kind: &TASK,
        subject_id: task.id,
        revision: task.revision,
        occurred_at: task.updated_at,
        actor: by.sub.to_string(),
        roles: Some(by.roles.clone()),
        on_behalf_of: by.on_behalf_of.clone(),
        cause: Cause::current(),
        before: None,
        after: Some(task.scope()),
        resource: serde_json::to_value(convert::task(task)).unwrap_or_default(),
        changed_before: None,
    }
}
