//! `/api/workers/{id}/start`, `stop` and `terminate`: each is a task with an action.

use access::Caller;
use axum::extract::State;
use axum::http::StatusCode;
use proto::ContractEnum as _;
use proto::error::v1::Reason;
use proto::task::v1::{CreateTaskRequest, Task, TaskAction, TaskPriority, TaskStatus, TaskVerb};
use tonic::Status;

use crate::api::{Located, tasks};
use crate::error::ApiError;
use crate::input::{Authenticated, Fields, FromFields, IdempotencyKey, OptionalBody, PathId};
use crate::services::Services;

/// Prefix of the fields of an action in the body of `POST /api/tasks`.
const OF_ACTION: &str = "action.";

/// Asks for the machine of a worker to be started.
pub(crate) async fn start(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    key: IdempotencyKey,
    body: OptionalBody<Asked>,
) -> Result<Located<tasks::Task>, ApiError> {
    ask(services, &caller, TaskVerb::Start, id, key, body).await
}

/// Asks for the machine of a worker to be stopped.
pub(crate) async fn stop(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    key: IdempotencyKey,
    body: OptionalBody<Asked>,
) -> Result<Located<tasks::Task>, ApiError> {
    ask(services, &caller, TaskVerb::Stop, id, key, body).await
}

/// Asks for the machine of a worker to be terminated.
pub(crate) async fn terminate(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    key: IdempotencyKey,
    body: OptionalBody<Asked>,
) -> Result<Located<tasks::Task>, ApiError> {
    ask(services, &caller, TaskVerb::Terminate, id, key, body).await
}

/// Creates the task of an action: 202 with a task that is still to be carried out, new or not, or 200 with a completed one
/// because the worker is in this state already.
async fn ask(
    services: Services,
    caller: &Caller,
    verb: TaskVerb,
    worker_id: String,
    key: IdempotencyKey,
    OptionalBody(mut body): OptionalBody<Asked>,
) -> Result<Located<tasks::Task>, ApiError> {
    let Asked { reason, priority, confirm } = body.value;
    let action = TaskAction { verb: verb.into(), worker_id, confirm, reason, ..TaskAction::default() };
    let request = CreateTaskRequest {
        request_id: key.request_id(&mut body.violations),
        task: Some(Task { priority: priority.into(), action: Some(action), ..Task::default() }),
        validate_only: body.violations.exist(),
    };
    let answer = services.tasks().create_task(caller.request(request)).await;
    let answer = body.violations.merge_into(answer.map_err(of_worker))?;
    let is_done = answer.task.as_ref().is_some_and(|it| it.status() == TaskStatus::Completed);
    let status = if is_done { StatusCode::OK } else { StatusCode::ACCEPTED };
    tasks::located(status, answer.task, answer.replayed)
}

/// The error as the resource of a worker has it. task-service knows the worker as a field of the task; here it is the
/// resource itself, and the fields of the action are those of the body.
fn of_worker(status: Status) -> ApiError {
    let error = ApiError::from(status);
    if error.violations().iter().any(|it| it.field == "action.worker_id") {
        return ApiError::new(Reason::WorkerNotFound, "the worker does not exist");
    }
    error.renamed(|field| field.strip_prefix(OF_ACTION))
}

/// The body of a request for an action.
pub(crate) struct Asked {
    reason: Option<String>,
    priority: TaskPriority,
    /// The name of the worker, which task-service asks for when the verb is terminate.
    confirm: String,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            reason: fields.text("reason"),
            priority: fields.choice("priority", TaskPriority::values()).unwrap_or_default(),
            confirm: fields.text("confirm").unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use net::grpc::status;
    use platform::violation::Violation;

    use super::*;

    fn refused(fields: &[&str]) -> ApiError {
        let of = |it: &&str| Violation { field: (*it).to_owned(), description: "is wrong".to_owned() };
        of_worker(status::invalid(fields.iter().map(of).collect()))
    }

    #[test]
    fn fields_of_an_action_are_named_as_the_body_of_its_request_has_them() {
        let error = refused(&["task.action.confirm", "task.action.reason", "task.priority", "request_id"]);
        let fields: Vec<&str> = error.violations().iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["confirm", "reason", "priority", "Idempotency-Key"]);
        let problem = format!("{:?}", refused(&["task.action.reason"]));
        assert!(problem.contains("\"reason is wrong\"") && !problem.contains("action."), "{problem}");
    }

    #[test]
    fn a_worker_that_does_not_exist_is_not_found_whatever_else_is_wrong() {
        let error = refused(&["task.action.reason", "task.action.worker_id"]);
        assert_eq!(error.reason(), Reason::WorkerNotFound.text());
    }
}
