//! Converts between the messages of the contract and the types of the domain.

mod action;
mod change;
mod filter;

pub(crate) use action::action_draft;
pub(crate) use change::{change, etag};
pub(crate) use filter::filter;

use platform::violation::Violations;
use proto::task::v1 as wire;
use proto::timestamp;
use uuid::Uuid;

use crate::task::{Draft, Priority, Status, Task};

/// Converts the task of a create request. Unknown enum values are violations.
pub(crate) fn draft(task: wire::Task, violations: &mut Violations) -> Draft {
    let priority = priority_of(task.priority).unwrap_or_else(|_| {
        violations.add("task.priority", "must be one of low, medium, high");
        None
    });
    let worker_id = task.worker_id.and_then(|text| {
        let id = Uuid::try_parse(&text).ok();
        if id.is_none() {
            violations.add("task.worker_id", "must be the UUID of a worker");
        }
        id
    });
    let action = task.action.and_then(|it| action_draft(it, violations));
    let wire::Task { title, description, assignee_id, department, .. } = task;
    Draft { title, description, priority, assignee_id, department, worker_id, action }
}

/// Converts an enum number to a priority; `None` if it is unspecified.
fn priority_of(number: i32) -> Result<Option<Priority>, prost::UnknownEnumValue> {
    Ok(match wire::TaskPriority::try_from(number)? {
        wire::TaskPriority::Unspecified => None,
        wire::TaskPriority::Low => Some(Priority::Low),
        wire::TaskPriority::Medium => Some(Priority::Medium),
        wire::TaskPriority::High => Some(Priority::High),
    })
}

/// Converts an enum number to a status; `None` if it is unspecified.
fn status_of(number: i32) -> Result<Option<Status>, prost::UnknownEnumValue> {
    Ok(match wire::TaskStatus::try_from(number)? {
        wire::TaskStatus::Unspecified => None,
        wire::TaskStatus::Pending => Some(Status::Pending),
        wire::TaskStatus::InProgress => Some(Status::InProgress),
        wire::TaskStatus::Completed => Some(Status::Completed),
        wire::TaskStatus::Failed => Some(Status::Failed),
        wire::TaskStatus::Cancelled => Some(Status::Cancelled),
    })
}

/// Converts a task that is still needed to its message.
pub(crate) fn task(task: &Task) -> wire::Task {
    message(task.clone())
}

/// Converts a task to its message, which takes over the texts.
pub(crate) fn message(task: Task) -> wire::Task {
    wire::Task {
        id: task.id.to_string(),
        title: task.title,
        description: task.description,
        status: status(task.status).into(),
        priority: priority(task.priority).into(),
        assignee_id: task.assignee_id,
        department: task.department,
        worker_id: task.worker_id.map(|it| it.to_string()),
        created_by: task.created_by,
        kind: if task.action.is_some() { wire::TaskKind::Action } else { wire::TaskKind::Human }.into(),
        created_at: Some(timestamp(task.created_at.0)),
        updated_at: Some(timestamp(task.updated_at.0)),
        version: task.version,
        revision: task.revision,
        action: task.action.as_ref().map(action::action),
        run: task.action.as_ref().map(|it| action::run(&it.run)),
    }
}

fn status(status: Status) -> wire::TaskStatus {
    match status {
        Status::Pending => wire::TaskStatus::Pending,
        Status::InProgress => wire::TaskStatus::InProgress,
        Status::Completed => wire::TaskStatus::Completed,
        Status::Failed => wire::TaskStatus::Failed,
        Status::Cancelled => wire::TaskStatus::Cancelled,
    }
}

fn priority(priority: Priority) -> wire::TaskPriority {
    match priority {
        Priority::Low => wire::TaskPriority::Low,
        Priority::Medium => wire::TaskPriority::Medium,
        Priority::High => wire::TaskPriority::High,
    }
}
