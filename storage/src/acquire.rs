//! Gets connections from the pools.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, Pool, Postgres};

use crate::connection::Use;

/// Timeout for getting a connection from a pool, and for the write lock of SQLite.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that was used so short a time ago is not tested before it is used again: the pool has tested it after the last
/// use. If the server has closed it meanwhile, its first statement fails, and is done on another one.
const TRUSTED_FOR: Duration = Duration::from_millis(500);
/// The same for changes: it is not always known what has become of one that was sent to a server that has crashed.
const TRUSTED_FOR_CHANGES: Duration = Duration::from_millis(50);
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

/// Has a pool test an idle connection before it is used, unless it was used just now.
pub(crate) fn tested_when_idle(options: PgPoolOptions, purpose: Use) -> PgPoolOptions {
    let trusted_for = match purpose {
        Use::Read => TRUSTED_FOR,
        Use::Write => TRUSTED_FOR_CHANGES,
    };
    options.test_before_acquire(false).before_acquire(move |connection, about| {
        Box::pin(async move {
            // Not the error, about which the pool would warn: that idle connections are closed is nothing to worry about.
            Ok(about.idle_for < trusted_for || connection.ping().await.is_ok())
        })
    })
}

/// Returns a connection that works, in place of one that the server had closed before its first statement.
pub(crate) async fn working(pool: &Pool<Postgres>) -> Result<PoolConnection<Postgres>, sqlx::Error> {
    let working = async {
        loop {
            let mut connection = connection(pool).await?;
            if connection.ping().await.is_ok() {
                return Ok(connection);
            }
            // Closed, instead of going back to the pool.
            drop(connection.detach());
        }
    };
    tokio::time::timeout(ACQUIRE_TIMEOUT, working).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
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
