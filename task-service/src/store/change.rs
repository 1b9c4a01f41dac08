//! Changes of a task that exists: read, decided and written in one transaction.

use access::Visibility;
use events::NewEvent;
use platform::clock::Micros;
use storage::{Statements as _, System, Transaction};
use uuid::Uuid;

use super::{Row, TaskStore, sql};
use crate::error::TaskError;
use crate::task::Task;

/// The task as it is now, which nobody else changes before the transaction ends; NOT_FOUND when there is none that is
/// seen.
async fn locked(on: &mut Transaction, id: Uuid, seen: &Visibility) -> Result<Task, TaskError> {
    // SQLite has the write lock already.
    let statement = match on.system() {
        System::Sqlite => &sql::GET,
        System::Postgres => &sql::GET_LOCKED,
    };
    let row: Option<Row> = on.fetch_optional(statement, [id.into()]).await?;
    let task = row.ok_or(TaskError::NotFound)?.into_task()?;
    if seen.sees(&task.scope()) { Ok(task) } else { Err(TaskError::NotFound) }
}

impl TaskStore {
    /// Stores what `decide` makes of the row as it is then, and answers it; no other change comes in between. `None`
    /// changes nothing. `event` tells of the task before and after.
    pub(crate) async fn update(
        &self,
        id: Uuid,
        seen: Visibility,
        decide: impl FnOnce(&Task) -> Result<Option<Task>, TaskError> + Send + 'static,
        event: impl FnOnce(&Task, &Task) -> NewEvent + Send + 'static,
    ) -> Result<Task, TaskError> {
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let before = locked(on, id, &seen).await?;
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

    /// Marks the task as deleted `at` an instant, if `decide` agrees on the row as it is then: no other change comes in
    /// between. `event` tells of the task as last seen, with its new revision.
    pub(crate) async fn delete(
        &self,
        id: Uuid,
        seen: Visibility,
        at: Micros,
        decide: impl FnOnce(&Task) -> Result<(), TaskError> + Send + 'static,
        event: impl FnOnce(&Task) -> NewEvent + Send + 'static,
    ) -> Result<(), TaskError> {
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let task = locked(on, id, &seen).await?;
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
