//! Gets connections from the pools.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Pool, Postgres};

/// Timeout for getting a connection from a pool, and for the write lock of SQLite.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a caller that waits for a new connection looks for one that has become idle.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

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

/// Waits until a connection is idle that no other caller has been promised.
async fn next_idle(pool: &Pool<Postgres>) -> PoolConnection<Postgres> {
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        if let Some(idle) = pool.try_acquire() {
            return idle;
        }
    }
}
