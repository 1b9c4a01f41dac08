//! `/api/tasks`: create, read, list, change and delete tasks, cancel and retry them, and read their history.

mod resource;
mod run;

use access::Caller;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use proto::ContractEnum as _;
use proto::event::v1::{ListEventsRequest, SubjectKind};
use proto::task::v1 as wire;
use proto::task::v1::{
    CancelTaskRequest, CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ListTasksRequest,
    RetryTaskRequest, TaskKind, TaskPriority, TaskStatus, UpdateTaskRequest,
};

use super::history::Change;
use super::stream::EventPosition;
use super::{Located, Page, Tagged, answered};
use crate::error::ApiError;
use crate::input::{
    Authenticated, Body, Fields, Filter, FromFields, IdempotencyKey, IfMatch, IfNoneMatch, ListQuery,
    OptionalBody, Patch, PathId, QueryParameters,
};
use crate::services::{Services, TASKS};

pub(crate) use resource::{Task, TaskPatch};

/// Creates a task: 201 with its location, or 200 with the live action of the worker that already does this.
pub(crate) async fn create(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    key: IdempotencyKey,
    mut body: Body<wire::Task>,
) -> Result<Located<Task>, ApiError> {
    let request = CreateTaskRequest {
        request_id: key.request_id(&mut body.violations),
        task: Some(body.value),
        validate_only: body.violations.exist(),
    };
    let answer = body.violations.merge_into(services.tasks().create_task(caller.request(request)).await)?;
    let status = if answer.existing { StatusCode::OK } else { StatusCode::CREATED };
    located(status, answer.task, answer.replayed)
}

/// Answers a task, or 304 when the client has the current version.
pub(crate) async fn get(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = services.tasks().get_task(caller.request(GetTaskRequest { id })).await?.into_inner();
    Ok(Tagged(Task::from(answered(TASKS, answer.task)?)).or_not_modified(&condition))
}

/// Answers a page of the tasks that the caller may see, newest first.
pub(crate) async fn list(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    position: EventPosition,
    query: ListQuery<TaskFilter>,
) -> Result<(EventPosition, Page<Task>), ApiError> {
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
    let answer = services.tasks().list_tasks(caller.request(request)).await?.into_inner();
    Ok((position, Page::new(TASKS, answer.tasks, answer.next_page_token)?))
}

/// Changes a task by a JSON merge patch and answers the task after the change.
pub(crate) async fn patch(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
    patch: Patch<TaskPatch>,
) -> Result<Tagged<Task>, ApiError> {
    let (etag, unmet) = condition.etag(current_version(&services, &caller, &id)).await?;
    let request = UpdateTaskRequest {
        etag,
        task: Some(wire::Task { id: id.clone(), ..patch.value.0 }),
        update_mask: Some(patch.mask),
        validate_only: patch.violations.exist(),
    };
    let answer = services.tasks().update_task(caller.request(request)).await;
    let answer = patch.violations.merge_into(answer.map_err(|it| unmet.explain(it)))?;
    Ok(Tagged(answered(TASKS, answer.task)?.into()))
}

/// Deletes a task and answers 204.
pub(crate) async fn delete(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
) -> Result<StatusCode, ApiError> {
    let (etag, unmet) = condition.etag(current_version(&services, &caller, &id)).await?;
    let answer = services.tasks().delete_task(caller.request(DeleteTaskRequest { id, etag })).await;
    answer.map_err(|it| unmet.explain(it))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancels a task and answers the task after the change.
pub(crate) async fn cancel(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
) -> Result<Tagged<Task>, ApiError> {
    let (etag, unmet) = condition.etag(current_version(&services, &caller, &id)).await?;
    let answer = services.tasks().cancel_task(caller.request(CancelTaskRequest { id, etag })).await;
    let answer = answer.map_err(|it| unmet.explain(it))?.into_inner();
    Ok(Tagged(answered(TASKS, answer.task)?.into()))
}

/// Begins a new run of an action and answers 202 with its task.
pub(crate) async fn retry(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
    key: IdempotencyKey,
    OptionalBody(mut body): OptionalBody<Retry>,
) -> Result<Located<Task>, ApiError> {
    let request_id = key.request_id(&mut body.violations);
    if body.violations.exist() {
        // A retry cannot be validated only. Whether the caller sees the task takes precedence here, too.
        let found = services.tasks().get_task(caller.request(GetTaskRequest { id })).await;
        return Err(body.violations.refuse(found));
    }
    let (etag, unmet) = condition.etag(current_version(&services, &caller, &id)).await?;
    let request = RetryTaskRequest { id, confirm: body.value.confirm, etag, request_id };
    let answer = services.tasks().retry_task(caller.request(request)).await;
    let answer = answer.map_err(|it| unmet.explain(it))?.into_inner();
    located(StatusCode::ACCEPTED, answer.task, answer.replayed)
}

/// Answers a page of a task's history, newest first.
pub(crate) async fn events(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(subject_id): PathId,
    query: ListQuery<()>,
) -> Result<Page<Change<Task>>, ApiError> {
    let request = ListEventsRequest {
        subject_id,
        subject_kind: SubjectKind::Task.into(),
        page_size: query.page_size,
        page_token: query.page_token,
    };
    let answer = services.task_events().list_events(caller.request(request)).await?.into_inner();
    Page::new(TASKS, answer.events, answer.next_page_token)
}

/// A response with a task and its location.
pub(super) fn located(
    status: StatusCode,
    task: Option<wire::Task>,
    replayed: bool,
) -> Result<Located<Task>, ApiError> {
    let task = Task::from(answered(TASKS, task)?);
    Ok(Located { status, location: format!("/api/tasks/{}", task.id), replayed, resource: task })
}

async fn current_version(services: &Services, caller: &Caller, id: &str) -> Result<i64, ApiError> {
    let request = GetTaskRequest { id: id.to_owned() };
    let answer = services.tasks().get_task(caller.request(request)).await?.into_inner();
    Ok(answered(TASKS, answer.task)?.version)
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
            kind: parameters.choice("kind", TaskKind::values()),
        }
    }
}

/// The body of a retry.
pub(crate) struct Retry {
    /// The name of the worker, which task-service asks for when the action is terminate.
    confirm: String,
}

impl FromFields for Retry {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { confirm: fields.text("confirm").unwrap_or_default() }
    }
}
