//! Actions whose outcome is waited for, and those whose deadline has passed.

use storage::{Statements as _, StorageError};
use uuid::Uuid;

use super::{Live, QueueRow, live, sql};
use crate::store::TaskStore;

impl TaskStore {
    /// Returns at most `limit` parked actions after a task, in the order of their ids.
    pub(crate) async fn parked(&self, after: Uuid, limit: i64) -> Result<Vec<Live>, StorageError> {
        let mut on = self.database.connection().await?;
        let rows: Vec<QueueRow> = on.fetch_all(&sql::PARKED, [after.into(), limit.into()]).await?;
        live(rows)
    }

    /// Returns the action of a worker, if it is parked.
    pub(crate) async fn parked_of(&self, worker: Uuid) -> Result<Option<Live>, StorageError> {
        let mut on = self.database.connection().await?;
        let row: Option<QueueRow> = on.fetch_optional(&sql::PARKED_OF_WORKER, [worker.into()]).await?;
        row.map(Live::try_from).transpose()
    }

    /// Returns at most `limit` actions whose deadline has passed and which no process executes.
    pub(crate) async fn expired(&self, limit: i64) -> Result<Vec<Live>, StorageError> {
        let mut on = self.database.connection().await?;
        let statement = sql::EXPIRED.of(on.system());
        let rows: Vec<QueueRow> = on.fetch_all(statement, [limit.into()]).await?;
        live(rows)
    }
}
