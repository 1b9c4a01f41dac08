//! A database connection outside of the pool of requests, so that events are numbered and delivered even while requests
//! hold all connections of the pool.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// How long a call waits for the connection to be opened.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes a pool of one connection with the options of another pool. The connection is opened on first use, and again
/// after it was lost.
pub(super) fn connection(like: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with((*like.connect_options()).clone())
}
