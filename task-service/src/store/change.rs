//! Updates and deletions of tasks: reading, deciding and writing in one transaction.

use access::Visibility;
use events::NewEvent;
use platform::clock::Micros;
use storage::{Statements as _, System, Transaction};
use telemetry::semconv::CCM_TASK_ID;
use telemetry::span::set_on_current;
use uuid::Uuid;

use super::{Row, TaskStore, sql};
use crate::error::TaskError;
use crate::task::Task;

/// Reads the task and locks it until the transaction ends. Fails if it does not exist or is not visible.
async fn locked(on: &mut Transaction, id: Uuid, visibility: &Visibility) -> Result<Task, TaskError> {
    // On SQLite, the transaction already holds the write lock.
    let statement = match on.system() {
        System::Sqlite => &sql::GET,
        System::Postgres => &sql::GET_LOCKED,
    };
    let row: Option<Row> = on.fetch_optional(statement, [id.into()]).await?;
    let task = row.ok_or(TaskError::NotFound)?.into_task()?;
    if visibility.sees(&task.scope()) { Ok(task) } else { Err(TaskError::NotFound) }
}

impl TaskStore {
    /// Locks the task, stores the result of `decide`, and returns the task. If `decide` returns `None`, nothing is
    /// changed. The caller has read the task before, which has put its id on the span. `event` makes the event from the task before and after the update.
    pub(crate) async fn update(
        &self,
        id: Uuid,
        visibility: Visibility,
        decide: impl FnOnce(&Task) -> Result<Option<Task>, TaskError> + Send + 'static,
        event: impl FnOnce(&Task, &Task) -> NewEvent + Send + 'static,
    ) -> Result<Task, TaskError> {
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let before = locked(on, id, &visibility).await?;
                    let Some(after) = decide(&before)? else { return Ok(before) };
                    let values = [
                        after.id.into(),
                        after.title.as_str().into(),
                        after.description.as_str().into(),
                        after.status.into_str().into(),
                        after.priority.into_str().into(),
                        after.assignee_id.clone().into(),
                        after.department.clone().into(),
                        after.worker_id.into(),
                        after.updated_at.0.into(),
                        after.version.into(),
                        after.revision.into(),
                    ];
                    on.execute(&sql::UPDATE, values).await?;
                    events::append(on, event(&before, &after)).await?;
                    Ok(after)
                })
            })
            .await
    }

    /// Locks the task and marks it as deleted at the time `at`, unless `decide` fails. `event` makes the event from the
    /// last state of the task, with its new revision.
    pub(crate) async fn delete(
        &self,
        id: Uuid,
        visibility: Visibility,
        at: Micros,
        decide: impl FnOnce(&Task) -> Result<(), TaskError> + Send + 'static,
        event: impl FnOnce(&Task) -> NewEvent + Send + 'static,
    ) -> Result<(), TaskError> {
        set_on_current(CCM_TASK_ID, &id);
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let task = locked(on, id, &visibility).await?;
                    decide(&task)?;
                    let deleted = Task { revision: task.revision + 1, updated_at: at, ..task };
                    let values = [deleted.id.into(), at.0.into(), deleted.revision.into()];
                    on.execute(&sql::DELETE, values).await?;
                    events::append(on, event(&deleted)).await?;
                    Ok(())
                })
            })
            .await
    }
}
