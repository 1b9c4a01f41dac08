//! `/api/tasks`.

use axum::Json;
use axum::extract::State;
use proto::task::v1 as wire;
use proto::task::v1::{CreateTaskRequest, GetTaskRequest, ListTasksRequest, TaskPriority, TaskStatus};
use serde::Serialize;

use super::{Created, Found, Page, Versioned, rfc3339};
use crate::error::ApiError;
use crate::input::{Authenticated, Body, Fields, FromFields, Id, PageQuery};
use crate::services::Services;

/// Creates a task and answers it with its location.
pub(crate) async fn create(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    body: Body<wire::Task>,
) -> Result<Created<Task>, ApiError> {
    let request = CreateTaskRequest { task: Some(body.value), validate_only: body.wrong.is_certain() };
    let answer = body.wrong.or(services.tasks.create_task(caller.request(request)).await)?;
    let task = Task::from(answer.task.unwrap_or_default());
    Ok(Created { location: format!("/api/tasks/{}", task.id), resource: task })
}

/// Answers one task.
pub(crate) async fn get(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    Id(id): Id,
) -> Result<Found<Task>, ApiError> {
    let answer = services.tasks.get_task(caller.request(GetTaskRequest { id })).await?.into_inner();
    Ok(Found(answer.task.unwrap_or_default().into()))
}

/// Answers a page of the tasks that the caller may see, newest first.
pub(crate) async fn list(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    page: PageQuery,
) -> Result<Json<Page<Task>>, ApiError> {
    let request = ListTasksRequest { page_size: page.size, page_token: page.token };
    let answer = services.tasks.list_tasks(caller.request(request)).await?.into_inner();
    Ok(Json(Page::new(answer.tasks, answer.next_page_token)))
}

/// A task as REST shows it.
#[derive(Serialize)]
pub(crate) struct Task {
    id: String,
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

const PRIORITIES: [(&str, TaskPriority); 3] =
    [("low", TaskPriority::Low), ("medium", TaskPriority::Medium), ("high", TaskPriority::High)];

impl FromFields for wire::Task {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            title: fields.text("title").unwrap_or_default(),
            description: fields.text("description").unwrap_or_default(),
            priority: fields.choice("priority", &PRIORITIES).unwrap_or_default().into(),
            assignee_id: fields.text("assignee_id"),
            department: fields.text("department"),
            worker_id: fields.text("worker_id"),
            ..Self::default()
        }
    }
}

impl From<wire::Task> for Task {
    fn from(task: wire::Task) -> Self {
        Self {
            status: match task.status() {
                TaskStatus::Unspecified => "unknown",
                TaskStatus::Pending => "pending",
                TaskStatus::InProgress => "in_progress",
                TaskStatus::Completed => "completed",
                TaskStatus::Failed => "failed",
                TaskStatus::Cancelled => "cancelled",
            },
            priority: PRIORITIES.iter().find(|it| it.1 == task.priority()).map_or("unknown", |it| it.0),
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

impl Versioned for Task {
    fn version(&self) -> i64 {
        self.version
    }
}
