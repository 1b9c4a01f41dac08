//! Reads workers within a snapshot of the event log.

use events::Snapshot;
use events::grpc::ListKey;
use storage::{Page, Statements as _, StorageError};
use uuid::Uuid;

use super::{Filter, Row, WorkerStore, list, sql};
use crate::worker::Worker;

/// A key before all workers.
const FIRST: ListKey = (i64::MAX, Uuid::max());

impl WorkerStore {
    /// Returns at most `limit` workers after a key, and the key of the next page if there may be more.
    pub(crate) async fn snapshot_page(
        &self,
        snapshot: &mut Snapshot,
        after: Option<ListKey>,
        limit: i64,
    ) -> Result<(Vec<Worker>, Option<ListKey>), StorageError> {
        let (statement, values) = list::statement(after.unwrap_or(FIRST), limit, &Filter::default());
        let (rows, were_cut) =
            snapshot.on.fetch_within(statement, values, Page::MAX_BYTES, Row::bytes).await?;
        let workers = rows.into_iter().map(Row::into_worker).collect::<Result<Vec<_>, _>>()?;
        let full = were_cut || i64::try_from(workers.len()).is_ok_and(|it| it >= limit);
        let last = workers.last().filter(|_| full).map(|it| (it.created_at.0, it.id));
        Ok((workers, last))
    }

    /// Returns one worker; `None` if it does not exist.
    pub(crate) async fn snapshot_one(
        &self,
        snapshot: &mut Snapshot,
        id: Uuid,
    ) -> Result<Option<Worker>, StorageError> {
        let row: Option<Row> = snapshot.on.fetch_optional(&sql::GET, [id.into()]).await?;
        row.map(Row::into_worker).transpose()
    }
}
