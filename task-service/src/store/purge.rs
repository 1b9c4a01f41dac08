//! Removes the rows of tasks that were deleted long ago.

use platform::clock::Micros;
use service::Purge;
use storage::{Statement, StorageError};
use uuid::Uuid;

use super::TaskStore;

const PURGE: Purge = Purge {
    sqlite: Statement {
        summary: "DELETE tasks",
        sql: "DELETE FROM tasks WHERE deleted_at < $1 AND id IN ( \
                SELECT id FROM tasks WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2) RETURNING id",
    },
    postgres: Statement {
        summary: "DELETE tasks",
        sql: "DELETE FROM tasks WHERE id IN ( \
                SELECT id FROM tasks WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE) RETURNING id",
    },
};

impl TaskStore {
    /// Removes the rows of at most `limit` tasks that were deleted before that time, and returns their ids.
    pub(crate) async fn purge_deleted(&self, before: Micros, limit: i64) -> Result<Vec<Uuid>, StorageError> {
        PURGE.run(&self.database, before, limit).await
    }
}
