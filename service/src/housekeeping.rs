//! Housekeeping: periodically removes data past its retention. All replicas run it; it is safe to run concurrently and to
//! stop at any time. It goes by the clock of the database, as far as that can be believed.

use std::sync::Arc;
use std::time::Duration;

use platform::clock::{Clock, Micros};
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;

use events::EventLog;
use events::grpc::Subjects;
use storage::{Database, Statement, Statements as _, StorageError};

use crate::request_key;
use crate::steadiness::Steadiness;

/// Maximum number of idempotency keys removed in one transaction.
const KEY_BATCH: i64 = 1_000;
/// Maximum number of subjects, or of histories, removed in one transaction.
const SUBJECT_BATCH: i64 = 50;

/// The outer condition repeats the age for the rows that another replica has locked meanwhile.
const DELETE_EXPIRED_KEYS: Statement = Statement {
    summary: "DELETE request_keys",
    sql: "DELETE FROM request_keys \
          WHERE expires_at <= $1 AND (issuer, subject, method, key) IN ( \
            SELECT issuer, subject, method, key FROM request_keys \
            WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2) \
          RETURNING expires_at",
};

/// How long deleted and historical data is kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Retention of deleted subjects and their history.
    pub deleted: Duration,
    /// Minimum retention of events: a subscriber that was disconnected for less time can resume.
    pub events: Duration,
    /// Interval between two runs.
    pub interval: Duration,
}

/// Runs housekeeping until `stop`.
pub(crate) async fn run(
    log: EventLog,
    subjects: Vec<Arc<dyn Subjects>>,
    retention: Retention,
    clock: Clock,
    stop: Shutdown,
) {
    let steadiness = Steadiness::new(clock, retention.interval);
    // A clock that is set before the first turn is noticed by it. What fails here, fails there, too, and is logged.
    let first = telemetry::sweep::traced_if("housekeeping", steadiness.look(log.database()), |_| false);
    tokio::select! {
        _ = first => {}
        () = stop.cancelled() => return,
    }
    let turn = || async {
        let swept = sweep(&log, &subjects, retention, &steadiness, &stop);
        let removed = telemetry::sweep::traced("housekeeping", swept).await?;
        if removed != Removed::default() {
            let Removed { request_keys, subjects, histories } = removed;
            tracing::info!(request_keys, subjects, histories, "removed data past its retention");
        }
        Ok::<(), StorageError>(())
    };
    Periodic::every(retention.interval, "housekeeping").run(&stop, turn).await;
}

/// What one run has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Removed {
    request_keys: usize,
    subjects: usize,
    histories: usize,
}

async fn sweep(
    log: &EventLog,
    subjects: &[Arc<dyn Subjects>],
    retention: Retention,
    steadiness: &Steadiness,
    stop: &Shutdown,
) -> Result<Removed, StorageError> {
    let mut removed = Removed::default();
    // The next run removes whatever remains when the process stops.
    let continues = |more: bool| more && !stop.is_cancelled();
    let clock = steadiness.look(log.database()).await?;
    // What has an end by itself is kept for its lifetime after a jump, too.
    if clock.before(request_key::LIFETIME).is_some() {
        let now = clock.now();
        while continues(more(
            &mut removed.request_keys,
            remove_expired_keys(log.database(), now).await?,
            KEY_BATCH,
        )) {}
    }
    if let Some(deleted) = clock.before(retention.deleted) {
        for kind in subjects {
            while continues(more(
                &mut removed.subjects,
                kind.purge(deleted, SUBJECT_BATCH).await?,
                SUBJECT_BATCH,
            )) {}
        }
    }
    if stop.is_cancelled() {
        return Ok(removed);
    }
    // After the purge, because a subject whose history was removed must not be restored.
    if let Some(ended) = clock.before(retention.deleted.max(retention.events)) {
        while continues(more(&mut removed.histories, log.trim(ended, SUBJECT_BATCH).await?, SUBJECT_BATCH)) {}
    }
    Ok(removed)
}

/// Adds a batch to a sum, and returns whether there may be more to remove.
fn more(sum: &mut usize, batch: usize, limit: i64) -> bool {
    *sum += batch;
    i64::try_from(batch).is_ok_and(|it| it >= limit)
}

async fn remove_expired_keys(database: &Database, now: Micros) -> Result<usize, StorageError> {
    database
        .write(move |on| {
            Box::pin(async move {
                let removed: Vec<(i64,)> =
                    on.fetch_all(&DELETE_EXPIRED_KEYS, [now.0.into(), KEY_BATCH.into()]).await?;
                Ok(removed.len())
            })
        })
        .await
}
