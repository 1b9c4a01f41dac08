//! Removes the rows of workers that were deleted long ago.

use platform::clock::Micros;
use service::Purge;
use storage::{Statement, StorageError};
use uuid::Uuid;

use super::WorkerStore;

const PURGE: Purge = Purge {
    sqlite: Statement {
        summary: "DELETE workers",
        sql: "DELETE FROM workers WHERE deleted_at < $1 AND id IN ( \
                SELECT id FROM workers WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2) RETURNING id",
    },
    postgres: Statement {
        summary: "DELETE workers",
        sql: "DELETE FROM workers WHERE id IN ( \
                SELECT id FROM workers WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE) RETURNING id",
    },
};

impl WorkerStore {
    /// Removes the rows of at most `limit` workers that were deleted before that time, and returns their ids.
    pub(crate) async fn purge_deleted(&self, before: Micros, limit: i64) -> Result<Vec<Uuid>, StorageError> {
        PURGE.run(&self.database, before, limit).await
    }
}
