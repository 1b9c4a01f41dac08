//! Assigns positions to committed events on PostgreSQL (docs/adr/0011). Every replica runs this loop; a row lock on the
//! log lets one of them number at a time.

use std::sync::Arc;
use std::time::Duration;

use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use sqlx::PgPool;

use super::dedicated;
use super::tail::Tail;
use sqlx::Postgres;
use storage::{Pools, StorageError};

/// Maximum number of events numbered in one transaction.
const BATCH_SIZE: i64 = 1_000;
/// Timeout of one numbering call. It is longer than the lock timeout, so a call that exceeds it has lost its connection.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// Minimum time between two numbering calls.
const MIN_INTERVAL: Duration = Duration::from_millis(5);
/// Timeout for closing the connection.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum delay of events of other processes, or after a lost wake-up.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Numbers events until `stop`, and then one last time.
pub(super) async fn run(pools: Pools<Postgres>, tail: Arc<Tail>, stop: Shutdown) {
    let is_own = dedicated::are_beside(&pools);
    let connection = if is_own { dedicated::connection(&pools.writers) } else { pools.writers.clone() };
    // Under load, the pause lets one call number the events of many commits.
    let committed = || async {
        tokio::time::sleep(MIN_INTERVAL).await;
        pools.commits.next().await;
    };
    let numbering = Periodic::every(POLL_INTERVAL, "numbering events");
    numbering.run_woken(&stop, committed, || number(&pools, &connection, &tail)).await;
    // If this fails, another replica or the next start numbers the remaining events.
    let _ = number(&pools, &connection, &tail).await;
    if is_own {
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, connection.close()).await;
    }
}

/// Numbers all committed events that have no position yet.
async fn number(pools: &Pools<Postgres>, pool: &PgPool, tail: &Tail) -> Result<(), StorageError> {
    loop {
        // No span: the call belongs to no request, and most calls find nothing to number.
        let mut connection = match pool.acquire().await {
            Ok(connection) => connection,
            Err(error) => return Err(pools.explain(pool, error).await),
        };
        let call = sqlx::query_scalar::<_, i64>("SELECT number_events($1)").bind(BATCH_SIZE);
        let called = tokio::time::timeout(CALL_TIMEOUT, call.fetch_one(&mut *connection)).await;
        let Ok(numbered) = called else {
            // The connection is dead. Returned to the pool, it would be tested before its next use, without a timeout.
            connection.close_on_drop();
            return Err(sqlx::Error::from(std::io::Error::from(std::io::ErrorKind::TimedOut)).into());
        };
        let numbered = numbered.map_err(StorageError::from);
        if numbered.as_ref().is_err_and(StorageError::is_read_only) {
            // A session keeps the default of its database: the next one asks again.
            connection.close_on_drop();
        }
        let numbered = numbered?;
        if numbered > 0 {
            tail.wake();
        }
        if numbered < BATCH_SIZE {
            return Ok(());
        }
    }
}
