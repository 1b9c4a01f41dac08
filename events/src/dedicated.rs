//! A database connection outside of the pool of requests, so that events are numbered and delivered even while requests
//! hold all connections of the pool. Pools of few connections share them with the event log instead: their number is a limit of the
//! server.

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Postgres};
use storage::Pools;

/// How long a call waits for the connection to be opened.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Pools of at most so many connections share them with the event log.
const FEW: u32 = 4;
/// Those that number, deliver and listen.
const OF_LOG: u32 = 3;

/// How many connections the event log of a process has beside `connections` of its pools.
#[must_use]
pub fn connections_beside(connections: u32) -> u32 {
    if connections <= FEW { 0 } else { OF_LOG }
}

/// Whether the event log has connections of its own beside these pools.
pub(super) fn are_beside(pools: &Pools<Postgres>) -> bool {
    let most = |it: &PgPool| it.options().get_max_connections();
    connections_beside(most(&pools.writers).saturating_add(most(&pools.readers))) > 0
}

/// Makes a pool of one connection with the options of another pool. The connection is opened on first use, and again
/// after it was lost.
pub(super) fn connection(like: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with((*like.connect_options()).clone())
}
