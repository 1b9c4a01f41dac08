//! Gets connections from the pools.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Pool, Postgres};

/// Timeout for getting a connection from a pool, and for the write lock of SQLite.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the pool is left alone. It then tests no connection any more, but opens one or lets the caller wait.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a caller then looks for a connection that has become idle.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Timeout of the test of such a connection, which the pool has not tested.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Returns a connection to PostgreSQL: an idle one, a new one, or the next one that becomes idle. Once sqlx's pool has
/// decided to open a connection it tries until its timeout, even beside idle ones (transact-rs/sqlx#2848): where the server
/// allows fewer connections than the pool has, callers would time out for no reason.
pub(crate) async fn connection(pool: &Pool<Postgres>) -> Result<PoolConnection<Postgres>, sqlx::Error> {
    tokio::select! {
        biased;
        acquired = pool.acquire() => acquired,
        idle = next_idle(pool) => Ok(idle),
    }
}

/// Waits until a connection is idle that no other caller has been promised, and that works.
async fn next_idle(pool: &Pool<Postgres>) -> PoolConnection<Postgres> {
    tokio::time::sleep(PATIENCE).await;
    loop {
        let Some(mut idle) = pool.try_acquire() else {
            tokio::time::sleep(LOOK_AGAIN).await;
            continue;
        };
        if matches!(tokio::time::timeout(PING_TIMEOUT, idle.ping()).await, Ok(Ok(()))) {
            return idle;
        }
        // Closed, instead of going back to the pool.
        drop(idle.detach());
    }
}
