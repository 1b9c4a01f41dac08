//! Gives events their positions after their commit, on PostgreSQL: docs/adr/0011. Every replica does; the lock of the log's
//! row lets one at a time.

use std::sync::Arc;
use std::time::Duration;

use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use sqlx::PgPool;

use super::dedicated;
use super::tail::Tail;
use sqlx::Postgres;
use storage::Pools;

/// Events numbered in one transaction.
const BATCH_SIZE: i64 = 1_000;
/// How long a call may take; one that waits for a lock longer has lost its connection.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// Between two calls, however often it is asked.
const MIN_INTERVAL: Duration = Duration::from_millis(5);
/// How long it may take to close the connection.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long events of other processes, or a lost wake-up, wait at most.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Numbers until `stop`, and once more then.
pub(super) async fn run(pools: Pools<Postgres>, tail: Arc<Tail>, stop: Shutdown) {
    let connection = dedicated::connection(&pools.writers);
    // Under load the next call numbers many: what it costs, the commits pay.
    let committed = || async {
        tokio::time::sleep(MIN_INTERVAL).await;
        pools.commits.next().await;
    };
    let numbering = Periodic::every(POLL_INTERVAL, "numbering events");
    numbering.run_woken(&stop, committed, || number(&connection, &tail)).await;
    // Its failure was logged, and what is left another replica or the next start numbers.
    let _ = number(&connection, &tail).await;
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, connection.close()).await;
}

/// Numbers what there is.
async fn number(connection: &PgPool, tail: &Tail) -> Result<(), sqlx::Error> {
    loop {
        // Without a span: it belongs to no request, and polls for the most part.
        let mut connection = connection.acquire().await?;
        let call = sqlx::query_scalar::<_, i64>("SELECT number_events($1)").bind(BATCH_SIZE);
        let called = tokio::time::timeout(CALL_TIMEOUT, call.fetch_one(&mut *connection)).await;
        let Ok(numbered) = called else {
            // It has gone silent: given back, it would be asked for a sign of life, without end.
            connection.close_on_drop();
            return Err(sqlx::Error::PoolTimedOut);
        };
        let numbered = numbered?;
        if numbered > 0 {
            tail.wake();
        }
        if numbered < BATCH_SIZE {
            return Ok(());
        }
    }
}
