//! What every stateful process does now and then: forget what has had its time. Every replica does; all of it is safe to
//! do at once and to stop at any moment.

use std::sync::Arc;
use std::time::Duration;

use platform::clock::{Clock, Micros};
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;

use events::EventLog;
use events::grpc::Subjects;
use storage::{Database, Statement, Statements as _, StorageError};

/// Rows forgotten in one transaction.
const KEYS: i64 = 1_000;
/// Subjects purged, and histories forgotten, in one transaction.
const SUBJECTS: i64 = 50;

/// The row may have been claimed anew meanwhile: that is asked again when its lock is held.
const FORGET_KEYS: Statement = Statement {
    operation: "DELETE",
    collection: "request_keys",
    sql: "DELETE FROM request_keys
          WHERE expires_at <= $1 AND (issuer, subject, method, key) IN (
            SELECT issuer, subject, method, key FROM request_keys
            WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
          RETURNING expires_at",
};

/// How long what is gone is kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Deleted subjects, with their history.
    pub deleted: Duration,
    /// Events, at least: for as long a reader can be away and go on where it was.
    pub events: Duration,
    /// How often it is looked.
    pub interval: Duration,
}

/// Forgets until `stop`.
pub(crate) async fn run(
    log: EventLog,
    subjects: Vec<Arc<dyn Subjects>>,
    retention: Retention,
    clock: Clock,
    stop: Shutdown,
) {
    let turn = || async {
        let swept = sweep(&log, &subjects, retention, clock.now(), &stop);
        let forgotten = telemetry::sweep::traced("housekeeping", swept).await?;
        if forgotten != Forgotten::default() {
            let Forgotten { request_keys, subjects, histories } = forgotten;
            tracing::info!(request_keys, subjects, histories, "what has had its time was forgotten");
        }
        Ok::<(), StorageError>(())
    };
    Periodic::every(retention.interval, "housekeeping").run(&stop, turn).await;
}

/// What a turn has forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Forgotten {
    request_keys: usize,
    subjects: usize,
    histories: usize,
}

async fn sweep(
    log: &EventLog,
    subjects: &[Arc<dyn Subjects>],
    retention: Retention,
    now: Micros,
    stop: &Shutdown,
) -> Result<Forgotten, StorageError> {
    let mut forgotten = Forgotten::default();
    // What is left when the process stops, the next turn forgets.
    let goes_on = |more: bool| more && !stop.is_cancelled();
    while goes_on(more(&mut forgotten.request_keys, forget_keys(log.database(), now).await?, KEYS)) {}
    let deleted = before(now, retention.deleted);
    for kind in subjects {
        while goes_on(more(&mut forgotten.subjects, kind.purge(deleted, SUBJECTS).await?, SUBJECTS)) {}
    }
    if stop.is_cancelled() {
        return Ok(forgotten);
    }
    // After the purge, so that nothing whose history is forgotten can be restored any more.
    let ended = before(now, retention.deleted.max(retention.events));
    while goes_on(more(&mut forgotten.histories, log.trim(ended, SUBJECTS).await?, SUBJECTS)) {}
    Ok(forgotten)
}

/// Counts a batch; whether there may be more.
fn more(sum: &mut usize, batch: usize, limit: i64) -> bool {
    *sum += batch;
    i64::try_from(batch).is_ok_and(|it| it >= limit)
}

fn before(now: Micros, age: Duration) -> Micros {
    Micros(now.0.saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX)))
}

async fn forget_keys(database: &Database, now: Micros) -> Result<usize, StorageError> {
    database
        .write(move |on| {
            Box::pin(async move {
                let forgotten: Vec<(i64,)> = on.fetch_all(&FORGET_KEYS, [now.0.into(), KEYS.into()]).await?;
                Ok(forgotten.len())
            })
        })
        .await
}
