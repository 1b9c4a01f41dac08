//! The operations on tasks.

use proto::error::v1::Reason;
use serde_json::json;

use super::{Operation, found, located};
use crate::description::parameters;

pub(super) fn operations() -> Vec<Operation> {
    let of = |method, path, id, summary| Operation::new(method, path, id, "tasks", summary);
    vec![
        of("GET", "/api/tasks", "listTasks", "Lists the tasks that the caller may see, newest first")
            .lists("TaskPage", parameters::of_tasks())
            .with_position(),
        of("POST", "/api/tasks", "createTask", "Creates a task")
            .creates("NewTask")
            .answers(201, "Created, or created by an earlier request with this key", located("Task"))
            .answers(200, "A live action of the worker with this verb; nothing was created", located("Task"))
            .fails(&[Reason::UpstreamFailed, Reason::RoleRequired, Reason::IllegalAction]),
        of("GET", "/api/tasks/{id}", "getTask", "Returns a task").one("Task").fails(&[Reason::TaskNotFound]),
        of("PATCH", "/api/tasks/{id}", "updateTask", "Changes a task by a merge patch")
            .patches("TaskPatch")
            .answers(200, "The task after the change", found("Task"))
            .fails(&[
                Reason::TaskNotFound,
                Reason::ChangeNotAllowed,
                Reason::IllegalStatus,
                Reason::UpstreamFailed,
            ]),
        of("DELETE", "/api/tasks/{id}", "deleteTask", "Deletes a task")
            .conditional()
            .answers(204, "Deleted", json!({}))
            .fails(&[Reason::TaskNotFound, Reason::DeleteNotAllowed, Reason::ActionIsLive]),
        of("POST", "/api/tasks/{id}/cancel", "cancelTask", "Cancels a task")
            .conditional()
            .answers(200, "The task after the change", found("Task"))
            .fails(&[
                Reason::TaskNotFound,
                Reason::ChangeNotAllowed,
                Reason::IllegalStatus,
                Reason::ActionIsLive,
            ]),
        of(
            "POST",
            "/api/tasks/{id}/retry",
            "retryTask",
            "Begins a new run of an action that has failed or was cancelled; for admins",
        )
        .creates("Retry")
        .body_is_optional()
        .conditional()
        .answers(202, "The task with its new run", located("Task"))
        .fails(&[
            Reason::TaskNotFound,
            Reason::RoleRequired,
            Reason::IllegalStatus,
            Reason::IllegalAction,
            Reason::UpstreamFailed,
        ]),
        of("GET", "/api/tasks/{id}/events", "listTaskEvents", "Lists the changes of a task, newest first")
            .lists("TaskEventPage", Vec::new())
            .fails(&[Reason::TaskNotFound]),
    ]
}
