//! The events that changes of tasks leave behind.

use access::Caller;
use events::NewEvent;
use serde_json::{Map, Value, json};
use strum::VariantArray as _;
use telemetry::propagation::Cause;
use uuid::Uuid;

use crate::convert;
use crate::subjects::TASK;
use crate::task::{Field, Task};

/// `task.status.updated` when the status is another one, else `task.updated`.
pub(crate) fn updated(id: Uuid, before: &Task, after: &Task, by: &Caller) -> NewEvent {
    let kind = if before.status == after.status { "task.updated" } else { "task.status.updated" };
    let event = created(id, after, by);
    let as_was = serde_json::to_value(convert::task(before)).unwrap_or_default();
    let changed = |field: &&str| as_was.get(field) != event.resource.get(field);
    // A field that was not set is absent from the mapping: it was `null`, or an empty text.
    let unset = |field: &str| if matches!(field, "title" | "description") { json!("") } else { Value::Null };
    let fields = Field::VARIANTS.iter().map(Field::into_str).filter(changed);
    let values: Map<String, Value> =
        fields.map(|it| (it.to_owned(), as_was.get(it).cloned().unwrap_or_else(|| unset(it)))).collect();
    NewEvent { kind, before: Some(before.scope()), changed_before: Some(values.into()), ..event }
}

/// `task.deleted`: nobody sees the task any more, which is told as it was last seen.
pub(crate) fn deleted(id: Uuid, task: &Task, by: &Caller) -> NewEvent {
    NewEvent { kind: "task.deleted", before: Some(task.scope()), after: None, ..created(id, task, by) }
}

/// `task.created`.
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
