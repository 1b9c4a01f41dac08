//! The JSON representation of a task, and the fields that requests can write.

use proto::ContractEnum as _;
use proto::event::v1::event::Resource;
use proto::task::v1 as wire;
use proto::task::v1::{TaskPriority, TaskStatus, TaskVerb};
use serde::Serialize;

use super::run::TaskRun;
use crate::api::history::Recorded;
use crate::api::{Identified, Versioned, rfc3339};
use crate::input::{Fields, FromFields, PatchFields};
use crate::names::rest_name;

/// The JSON representation of a task.
#[derive(Serialize)]
pub(crate) struct Task {
    pub(super) id: String,
    kind: &'static str,
    title: String,
    description: String,
    status: &'static str,
    priority: &'static str,
    assignee_id: Option<String>,
    department: Option<String>,
    worker_id: Option<String>,
    /// What the system does on a worker; `null` in a task of kind human.
    action: Option<TaskAction>,
    /// The execution of the action; `null` in a task of kind human.
    run: Option<TaskRun>,
    created_by: String,
    created_at: String,
    updated_at: String,
    version: i64,
    revision: i64,
}

/// An action on a worker. The confirmation of terminate is never shown.
#[derive(Serialize)]
pub(crate) struct TaskAction {
    verb: &'static str,
    worker_id: String,
    action_seq: i64,
    reason: Option<String>,
}

impl FromFields for wire::Task {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { action: fields.object("action", wire::TaskAction::from_fields), ..writable(fields) }
    }
}

impl FromFields for wire::TaskAction {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            verb: fields.choice("verb", TaskVerb::values()).unwrap_or_default().into(),
            worker_id: fields.text("worker_id").unwrap_or_default(),
            confirm: fields.text("confirm").unwrap_or_default(),
            reason: fields.text("reason"),
            ..Self::default()
        }
    }
}

/// Takes the fields that a create and a patch have in common.
fn writable(fields: &mut Fields) -> wire::Task {
    wire::Task {
        title: fields.text("title").unwrap_or_default(),
        description: fields.text("description").unwrap_or_default(),
        priority: fields.choice("priority", TaskPriority::values()).unwrap_or_default().into(),
        assignee_id: fields.text("assignee_id"),
        department: fields.text("department"),
        worker_id: fields.text("worker_id"),
        ..wire::Task::default()
    }
}

/// The fields of a task that a patch can change.
pub(crate) struct TaskPatch(pub(super) wire::Task);

impl FromFields for TaskPatch {
    fn from_fields(fields: &mut Fields) -> Self {
        let status = fields.choice("status", TaskStatus::values()).unwrap_or_default().into();
        Self(wire::Task { status, ..writable(fields) })
    }
}

impl PatchFields for TaskPatch {
    const WRITABLE: &'static [&'static str] =
        &["title", "description", "status", "priority", "assignee_id", "department", "worker_id"];
    const OBJECTS: &'static [&'static str] = &[];
    const READ_ONLY: &'static [&'static str] =
        &["id", "kind", "action", "run", "created_by", "created_at", "updated_at", "version", "revision"];
}

impl From<wire::Task> for Task {
    fn from(task: wire::Task) -> Self {
        Self {
            kind: rest_name(task.kind()),
            status: rest_name(task.status()),
            priority: rest_name(task.priority()),
            created_at: rfc3339(task.created_at),
            updated_at: rfc3339(task.updated_at),
            id: task.id,
            title: task.title,
            description: task.description,
            assignee_id: task.assignee_id,
            department: task.department,
            worker_id: task.worker_id,
            action: task.action.map(TaskAction::from),
            run: task.run.map(TaskRun::from),
            created_by: task.created_by,
            version: task.version,
            revision: task.revision,
        }
    }
}

impl From<wire::TaskAction> for TaskAction {
    fn from(action: wire::TaskAction) -> Self {
        Self {
            verb: rest_name(action.verb()),
            worker_id: action.worker_id,
            action_seq: action.action_seq,
            reason: action.reason,
        }
    }
}

impl Identified for wire::Task {
    const NAME: &'static str = "task";

    fn has_id(&self) -> bool {
        !self.id.is_empty()
    }
}

impl Recorded for Task {
    type Message = wire::Task;

    fn recorded(resource: Resource) -> Option<wire::Task> {
        if let Resource::Task(task) = resource { Some(task) } else { None }
    }
}

impl Versioned for Task {
    fn version(&self) -> i64 {
        self.version
    }

    fn revision(&self) -> i64 {
        self.revision
    }
}
