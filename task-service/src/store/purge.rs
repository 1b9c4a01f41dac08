//! Removes the rows of tasks that were deleted long ago.

use platform::clock::Micros;
use storage::{Statement, Statements as _, StorageError, System};
use uuid::Uuid;

use super::TaskStore;

const PURGE: Statement = Statement {
    operation: "DELETE",
    collection: "tasks",
    sql: "DELETE FROM tasks WHERE deleted_at < $1 AND id IN (
            SELECT id FROM tasks WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2) RETURNING id",
};

/// [`PURGE`] for PostgreSQL. If another replica purges the same rows, this statement waits for it and removes others,
/// so a result without rows means that none are left.
const PURGE_LOCKED: Statement = Statement {
    operation: "DELETE",
    collection: "tasks",
    sql: "DELETE FROM tasks WHERE id IN (
            SELECT id FROM tasks WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE) RETURNING id",
};

impl TaskStore {
    /// Removes at most `limit` tasks that were deleted before that time, and returns their ids.
    pub(crate) async fn purge_deleted(&self, before: Micros, limit: i64) -> Result<Vec<Uuid>, StorageError> {
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let purge = if on.system() == System::Sqlite { &PURGE } else { &PURGE_LOCKED };
                    let purged: Vec<(Uuid,)> = on.fetch_all(purge, [before.0.into(), limit.into()]).await?;
                    Ok(purged.into_iter().map(|it| it.0).collect())
                })
            })
            .await
    }
}
