//! Updates and deletions of tasks: reading, deciding and writing in one transaction.

use access::Visibility;
use events::NewEvent;
use platform::clock::Micros;
use storage::{Statements as _, StorageError, Transaction};
use telemetry::semconv::CCM_TASK_ID;
use telemetry::span::set_on_current;
use uuid::Uuid;

use super::{Class, Row, TaskStore, queue, sql, stored_action};
use crate::error::TaskError;
use crate::metrics;
use crate::task::Task;

/// Reads the task and locks it until the transaction ends; `None` if it does not exist.
pub(super) async fn locked(on: &mut Transaction, id: Uuid) -> Result<Option<Task>, StorageError> {
    let row: Option<Row> = on.fetch_optional(sql::GET.locking(on.system()), [id.into()]).await?;
    row.map(Row::into_task).transpose()
}

/// Reads a task that is visible, and locks it until the transaction ends; fails if there is none. The statement that locks
/// decides what is visible: whoever does not see a task does not wait for its lock either.
pub(super) async fn seen(on: &mut Transaction, id: Uuid, visibility: Visibility) -> Result<Task, TaskError> {
    let (statement, values) = sql::seen(id, visibility);
    let row: Option<Row> = on.fetch_optional(statement.locking(on.system()), values).await?;
    Ok(row.ok_or(TaskError::NotFound)?.into_task()?)
}

/// Writes all columns of a task that can change.
pub(super) async fn write(on: &mut Transaction, task: &Task) -> Result<(), StorageError> {
    let values = [
        task.id.into(),
        task.title.as_str().into(),
        task.description.as_str().into(),
        task.status.into_str().into(),
        task.priority.into_str().into(),
        task.assignee_id.clone().into(),
        task.department.clone().into(),
        task.worker_id.into(),
        task.updated_at.0.into(),
        task.version.into(),
        task.revision.into(),
        stored_action::column(task.action.as_ref()).into(),
        (Class::of(task) as i64).into(),
    ];
    on.execute(&sql::UPDATE, values).await
}

/// Counts a change of status once it is committed.
pub(super) fn count(on: &mut Transaction, before: &Task, after: &Task) {
    if before.status != after.status {
        let after = after.clone();
        on.once_committed(move || metrics::changed(&after));
    }
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
                    let before = seen(on, id, visibility).await?;
                    let Some(after) = decide(&before)? else { return Ok(before) };
                    write(on, &after).await?;
                    if after.priority != before.priority && after.live_action().is_some() {
                        queue::reorder(on, &after).await?;
                    }
                    events::append(on, event(&before, &after)).await?;
                    count(on, &before, &after);
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
                    let task = seen(on, id, visibility).await?;
                    decide(&task)?;
                    // As for every change: the clock may have been set back.
                    let updated_at = at.max(task.updated_at);
                    let deleted = Task { revision: task.revision + 1, updated_at, ..task };
                    let values = [deleted.id.into(), updated_at.0.into(), deleted.revision.into()];
                    on.execute(&sql::DELETE, values).await?;
                    events::append(on, event(&deleted)).await?;
                    Ok(())
                })
            })
            .await
    }
}
