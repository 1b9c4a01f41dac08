//! The last report of each worker's utilisation. It is no part of the history of a worker: it changes no revision and makes
//! no event.

use serde_json::json;
use sqlx::types::Json;
use storage::{Dialects, Statement, Statements as _, StorageError, dialects, record};
use uuid::Uuid;

use super::WorkerStore;
use crate::worker::Report;

const STORE: Dialects = dialects!(
    "INSERT worker_utilization",
    "INSERT INTO worker_utilization (worker_id, report, stored_at) SELECT id, $2, ",
    now,
    " FROM workers WHERE id = $1 \
     ON CONFLICT (worker_id) DO UPDATE SET report = excluded.report, stored_at = excluded.stored_at",
);

const AFTER: Statement = Statement {
    summary: "SELECT worker_utilization",
    sql: "SELECT worker_id, report, stored_at FROM worker_utilization WHERE (stored_at, worker_id) > ($1, $2) \
          ORDER BY stored_at, worker_id LIMIT $3",
};

record! {
    struct Row {
        worker_id: Uuid,
        report: Json<Report>,
        stored_at: i64,
    }
}

/// A report as it is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StoredReport {
    pub(crate) worker_id: Uuid,
    pub(crate) report: Report,
    /// The database's time at which it was stored, in microseconds since 1970. Reports can become visible in another order.
    pub(crate) stored_at: i64,
}

impl WorkerStore {
    /// Stores the last reports of utilisation.
    pub(crate) async fn report(&self, reports: Vec<(Uuid, Report)>) -> Result<(), StorageError> {
        self.database
            .write(move |on| {
                Box::pin(async move {
                    for (worker, report) in reports {
                        let values = [worker.into(), json!(report).into()];
                        on.execute(STORE.of(on.system()), values).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Returns the reports after a time and a worker, at most `limit`, the oldest first.
    pub(crate) async fn reports_after(
        &self,
        (stored_at, worker): (i64, Uuid),
        limit: i64,
    ) -> Result<Vec<StoredReport>, StorageError> {
        let mut on = self.database.connection().await?;
        let rows: Vec<Row> = on.fetch_all(&AFTER, [stored_at.into(), worker.into(), limit.into()]).await?;
        let stored =
            |it: Row| StoredReport { worker_id: it.worker_id, report: it.report.0, stored_at: it.stored_at };
        Ok(rows.into_iter().map(stored).collect())
    }
}
