//! Changes of a task that exists: read, decided and written in one transaction.

use access::Visibility;
use events::NewEvent;
use platform::clock::Micros;
use storage::System;
use uuid::Uuid;

use super::{Row, TaskStore, sql};
use crate::error::TaskError;
use crate::task::Task;

/// The row as it is, and nobody else changes it before the transaction `on` ends; refused when there is none that is seen.
macro_rules! locked {
    ($on:expr, $id:expr, $seen:expr) => {{
        // SQLite has the write lock already.
        let statement = match $on.system() {
            System::Sqlite => sql::GET,
            System::Postgres => sql::GET_LOCKED,
        };
        let row = storage::fetch_optional!($on, statement, Row, $id)?;
        let task = row.ok_or(TaskError::NotFound)?.into_task()?;
        if $seen.sees(&task.scope()) { Ok(task) } else { Err(TaskError::NotFound) }
    }};
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
        storage::write!(self.database, |on| -> Result<Task, TaskError> {
            let before: Task = locked!(on, id, seen)?;
            let Some(after) = decide(&before)? else { return Ok(before) };
            let it = after.clone();
            storage::execute!(
                on,
                sql::UPDATE,
                it.id,
                it.title,
                it.description,
                it.status.into_str(),
                it.priority.into_str(),
                it.assignee_id,
                it.department,
                it.worker_id,
                it.updated_at.0,
                it.version,
                it.revision,
            )?;
            events::append_event!(on, event(&before, &after))?;
            Ok(after)
        })
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
        storage::write!(self.database, |on| -> Result<(), TaskError> {
            let task: Task = locked!(on, id, seen)?;
            decide(&task)?;
            let deleted = Task { revision: task.revision + 1, updated_at: at, ..task };
            storage::execute!(on, sql::DELETE, deleted.id, at.0, deleted.revision)?;
            events::append_event!(on, event(&deleted))?;
            Ok(())
        })
    }
}
