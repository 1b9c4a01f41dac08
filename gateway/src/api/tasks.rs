//! `/api/tasks`: create, read, list, change and delete tasks, and read their history.

use access::Caller;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use proto::ContractEnum as _;
use proto::event::v1::event::Resource;
use proto::event::v1::{ListEventsRequest, SubjectKind};
use proto::task::v1 as wire;
use proto::task::v1::{
    CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ListTasksRequest, TaskKind, TaskPriority,
    TaskStatus, UpdateTaskRequest,
};
use serde::Serialize;

use super::history::{Change, Recorded};
use super::{Created, Page, Tagged, Versioned, rfc3339};
use crate::error::ApiError;
use crate::input::{
    Authenticated, Body, Fields, Filter, FromFields, IdempotencyKey, IfMatch, IfNoneMatch, ListQuery, Patch,
    PatchFields, PathId, QueryParameters,
};
use crate::names::{UNKNOWN, rest_name};
use crate::services::Services;

/// Creates a task and answers 201 with its location.
pub(crate) async fn create(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    key: IdempotencyKey,
    mut body: Body<wire::Task>,
) -> Result<Created<Task>, ApiError> {
    let request = CreateTaskRequest {
        request_id: key.request_id(&mut body.violations),
        task: Some(body.value),
        validate_only: body.violations.exist(),
    };
    let answer = body.violations.merge_into(services.tasks.create_task(caller.request(request)).await)?;
    let task = Task::from(answer.task.unwrap_or_default());
    Ok(Created { location: format!("/api/tasks/{}", task.id), replayed: answer.replayed, resource: task })
}

/// Answers a task, or 304 when the client has the current version.
pub(crate) async fn get(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = services.tasks.get_task(caller.request(GetTaskRequest { id })).await?.into_inner();
    Ok(Tagged(Task::from(answer.task.unwrap_or_default())).or_not_modified(&condition))
}

/// Answers a page of the tasks that the caller may see, newest first.
pub(crate) async fn list(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    query: ListQuery<TaskFilter>,
) -> Result<Json<Page<Task>>, ApiError> {
    let filter = query.filter;
    let request = ListTasksRequest {
        page_size: query.page_size,
        page_token: query.page_token,
        status: filter.status.unwrap_or_default().into(),
        priority: filter.priority.unwrap_or_default().into(),
        assignee_id: filter.assignee_id,
        department: filter.department,
        worker_id: filter.worker_id,
        kind: filter.kind.unwrap_or_default().into(),
    };
    let answer = services.tasks.list_tasks(caller.request(request)).await?.into_inner();
    Ok(Json(Page::new(answer.tasks, answer.next_page_token)))
}

/// Changes a task by a JSON merge patch and answers the task after the change.
pub(crate) async fn patch(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
    patch: Patch<TaskPatch>,
) -> Result<Tagged<Task>, ApiError> {
    let current = current_version(services.clone(), &caller, &id);
    let request = UpdateTaskRequest {
        etag: condition.etag(current).await?,
        task: Some(wire::Task { id: id.clone(), ..patch.value.0 }),
        update_mask: Some(patch.mask),
        validate_only: patch.violations.exist(),
    };
    let answer = patch.violations.merge_into(services.tasks.update_task(caller.request(request)).await)?;
    Ok(Tagged(answer.task.unwrap_or_default().into()))
}

/// Deletes a task and answers 204.
pub(crate) async fn delete(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
) -> Result<StatusCode, ApiError> {
    let etag = condition.etag(current_version(services.clone(), &caller, &id)).await?;
    services.tasks.delete_task(caller.request(DeleteTaskRequest { id, etag })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a page of a task's history, newest first.
pub(crate) async fn events(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(subject_id): PathId,
    query: ListQuery<()>,
) -> Result<Json<Page<Change<Task>>>, ApiError> {
    let request = ListEventsRequest {
        subject_id,
        subject_kind: SubjectKind::Task.into(),
        page_size: query.page_size,
        page_token: query.page_token,
    };
    let answer = services.task_events.list_events(caller.request(request)).await?.into_inner();
    Ok(Json(Page::new(answer.events, answer.next_page_token)))
}

async fn current_version(mut services: Services, caller: &Caller, id: &str) -> Result<i64, ApiError> {
    let request = GetTaskRequest { id: id.to_owned() };
    let answer = services.tasks.get_task(caller.request(request)).await?.into_inner();
    Ok(answer.task.unwrap_or_default().version)
}

/// The filters of a list of tasks.
pub(crate) struct TaskFilter {
    status: Option<TaskStatus>,
    priority: Option<TaskPriority>,
    assignee_id: Option<String>,
    department: Option<String>,
    worker_id: Option<String>,
    kind: Option<TaskKind>,
}

impl Filter for TaskFilter {
    fn from_parameters(parameters: &mut QueryParameters) -> Self {
        Self {
            status: parameters.choice("status", TaskStatus::values()),
            priority: parameters.choice("priority", TaskPriority::values()),
            assignee_id: parameters.text("assignee_id"),
            department: parameters.text("department"),
            worker_id: parameters.text("worker_id"),
            kind: parameters.choice("kind", KINDS),
        }
    }
}

/// The JSON representation of a task.
#[derive(Serialize)]
pub(crate) struct Task {
    id: String,
    kind: &'static str,
    title: String,
    description: String,
    status: &'static str,
    priority: &'static str,
    assignee_id: Option<String>,
    department: Option<String>,
    worker_id: Option<String>,
    created_by: String,
    created_at: String,
    updated_at: String,
    version: i64,
    revision: i64,
}

/// The kinds of tasks that exist. The contract also has system tasks, which nothing can create yet.
pub(crate) const KINDS: [TaskKind; 1] = [TaskKind::Human];

impl FromFields for wire::Task {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            title: fields.text("title").unwrap_or_default(),
            description: fields.text("description").unwrap_or_default(),
            priority: fields.choice("priority", TaskPriority::values()).unwrap_or_default().into(),
            assignee_id: fields.text("assignee_id"),
            department: fields.text("department"),
            worker_id: fields.text("worker_id"),
            ..Self::default()
        }
    }
}

/// The fields of a task that a patch can change.
pub(crate) struct TaskPatch(wire::Task);

impl FromFields for TaskPatch {
    fn from_fields(fields: &mut Fields) -> Self {
        let status = fields.choice("status", TaskStatus::values()).unwrap_or_default().into();
        Self(wire::Task { status, ..wire::Task::from_fields(fields) })
    }
}

impl PatchFields for TaskPatch {
    const WRITABLE: &'static [&'static str] =
        &["title", "description", "status", "priority", "assignee_id", "department", "worker_id"];
    const OBJECTS: &'static [&'static str] = &[];
    const READ_ONLY: &'static [&'static str] =
        &["id", "kind", "created_by", "created_at", "updated_at", "version", "revision"];
}

impl From<wire::Task> for Task {
    fn from(task: wire::Task) -> Self {
        Self {
            // Only the kinds that this version has: the description of the API names no others.
            kind: if KINDS.contains(&task.kind()) { rest_name(task.kind()) } else { UNKNOWN },
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
            created_by: task.created_by,
            version: task.version,
            revision: task.revision,
        }
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
}
