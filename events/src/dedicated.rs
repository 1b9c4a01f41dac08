//! A connection apart from the pool of requests: requests that hold all of theirs must not keep their own events from being
//! numbered and told.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// How long a call waits for the connection to be made.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection like those of another pool, made when first used and again when it was lost.
pub(super) fn connection(like: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with((*like.connect_options()).clone())
}
