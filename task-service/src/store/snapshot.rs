//! Reads tasks within a snapshot of the event log.

use access::Visibility;
use events::Snapshot;
use events::grpc::ListKey;
use storage::{Page, Statements as _, StorageError};
use uuid::Uuid;

use super::{Filter, Row, Shown, TaskStore, list};
use crate::task::Task;

/// A key before all tasks.
const FIRST: ListKey = (i64::MAX, Uuid::max());

impl TaskStore {
    /// Returns at most `limit` visible tasks after a key, and the key of the next page if there may be more.
    pub(crate) async fn snapshot_page(
        &self,
        snapshot: &mut Snapshot,
        visibility: &Visibility,
        after: Option<ListKey>,
        limit: i64,
    ) -> Result<(Vec<Task>, Option<ListKey>), StorageError> {
        let everything = Filter { shown: Shown::All, ..Filter::default() };
        let (system, after) = (snapshot.on.system(), after.unwrap_or(FIRST));
        let (statement, values) = list::statement(system, after, limit, &everything, visibility.clone());
        let (rows, were_cut) =
            snapshot.on.fetch_within(statement, values, Page::MAX_BYTES, Row::bytes).await?;
        let tasks = rows.into_iter().map(Row::into_task).collect::<Result<Vec<_>, _>>()?;
        let full = were_cut || i64::try_from(tasks.len()).is_ok_and(|it| it >= limit);
        let last = tasks.last().filter(|_| full).map(|it| (it.created_at.0, it.id));
        Ok((tasks, last))
    }

    /// Returns one task; `None` if it does not exist or is not visible.
    pub(crate) async fn snapshot_one(
        &self,
        snapshot: &mut Snapshot,
        visibility: &Visibility,
        id: Uuid,
    ) -> Result<Option<Task>, StorageError> {
        let (statement, values) = super::sql::seen(id, visibility.clone());
        let row: Option<Row> = snapshot.on.fetch_optional(&statement.reading, values).await?;
        row.map(Row::into_task).transpose()
    }
}
