//! The tasks in a consistent read, for who begins to watch.

use access::Visibility;
use events::Snapshot;
use events::grpc::Place;
use storage::StorageError;
use uuid::Uuid;

use super::{Row, TaskStore, sql};
use crate::task::Task;

/// Before every task, newest first.
const FIRST: Place = (i64::MAX, Uuid::max());

impl TaskStore {
    /// The next tasks that are seen behind a place, and where to go on when there may be more.
    pub(crate) async fn snapshot_page(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        after: Option<Place>,
        limit: i64,
    ) -> Result<(Vec<Task>, Option<Place>), StorageError> {
        let (created_at, id) = after.unwrap_or(FIRST);
        let rows: Vec<Row> = match seen.clone() {
            Visibility::All => events::in_snapshot!(snapshot, |on| {
                storage::fetch_all!(on, sql::SNAPSHOT, Row, created_at, id, limit)
            })?,
            Visibility::Restricted { person, department } => events::in_snapshot!(snapshot, |on| {
                storage::fetch_all!(on, sql::SNAPSHOT_SEEN, Row, created_at, id, limit, person, department)
            })?,
        };
        let tasks = rows.into_iter().map(Row::into_task).collect::<Result<Vec<_>, _>>()?;
        let full = i64::try_from(tasks.len()).is_ok_and(|it| it >= limit);
        let last = tasks.last().filter(|_| full).map(|it| (it.created_at.0, it.id));
        Ok((tasks, last))
    }

    /// One task, if it is seen.
    pub(crate) async fn snapshot_one(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        id: Uuid,
    ) -> Result<Option<Task>, StorageError> {
        let row: Option<Row> = match seen.clone() {
            Visibility::All => {
                events::in_snapshot!(snapshot, |on| { storage::fetch_optional!(on, sql::GET, Row, id) })?
            }
            Visibility::Restricted { person, department } => events::in_snapshot!(snapshot, |on| {
                storage::fetch_optional!(on, sql::GET_SEEN, Row, id, person, department)
            })?,
        };
        row.map(Row::into_task).transpose()
    }
}
