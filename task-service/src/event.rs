//! Makes the events of changes of tasks.

use access::Caller;
use events::NewEvent;
use serde_json::{Map, Value, json};
use strum::VariantArray as _;
use telemetry::propagation::Cause;
use uuid::Uuid;

use crate::convert;
use crate::subjects::TASK;
use crate::task::{Field, Task};

/// Makes the event of an update: `task.status.updated` if the status changed, otherwise `task.updated`.
pub(crate) fn updated(id: Uuid, before: &Task, after: &Task, by: &Caller) -> NewEvent {
    let kind = if before.status == after.status { "task.updated" } else { "task.status.updated" };
    let event = created(id, after, by);
    let as_was = serde_json::to_value(convert::task(before)).unwrap_or_default();
    let changed = |field: &&str| as_was.get(field) != event.resource.get(field);
    // The JSON mapping omits fields that are not set: their value was `null` or an empty text.
    let unset = |field: &str| if matches!(field, "title" | "description") { json!("") } else { Value::Null };
    let fields = Field::VARIANTS.iter().map(Field::into_str).filter(changed);
    let values: Map<String, Value> =
        fields.map(|it| (it.to_owned(), as_was.get(it).cloned().unwrap_or_else(|| unset(it)))).collect();
    NewEvent { kind, before: Some(before.scope()), changed_before: Some(values.into()), ..event }
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
        actor: by.sub.clone(),
        on_behalf_of: by.on_behalf_of.clone(),
        cause: Cause::current(),
        before: None,
        after: Some(task.scope()),
        resource: serde_json::to_value(convert::task(task)).unwrap_or_default(),
        changed_before: None,
    }
}
