//! The first connection of a pool. sqlx tries for five seconds to connect to a server that refuses it, and then reports that its pool
//! has timed out: here, the cause is told at once, and a process waits where others have to give a connection back.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use super::pool_options;
use crate::StorageError;
use crate::acquire::ACQUIRE_TIMEOUT;
use crate::connection::Use;
use crate::reachability::Reachability;

/// How long a process waits while the server has no connection for it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// How often it asks meanwhile.
const AGAIN: Duration = Duration::from_millis(500);

/// A pool of at most `most` connections, one of which is open; or why the server cannot be reached. While the server has no
/// connection for this user, it is asked again for as long as `patience` says.
pub(crate) async fn connected(
    options: &PgConnectOptions,
    most: u32,
    purpose: Use,
    patience: Duration,
) -> Result<PgPool, StorageError> {
    let (begun, mut is_told) = (Instant::now(), false);
    loop {
        let error = match connect(options, most, purpose).await {
            Ok(pool) => return Ok(pool),
            Err(error) => error,
        };
        if !error.is_for_now() || begun.elapsed() >= patience {
            return Err(error);
        }
        if !is_told {
            let error = platform::causes::chain(&error);
            tracing::warn!(error, "waiting until the database server has a connection for this process");
            is_told = true;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn connect(options: &PgConnectOptions, most: u32, purpose: Use) -> Result<PgPool, StorageError> {
    // Outside of a pool, which would not give up at once.
    let first = match tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await {
        Ok(Ok(first)) => first,
        Ok(Err(error)) => return Err(refused(error)),
        Err(_) => return Err(refused(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))),
    };
    // Its place may be the last one. If the server ends the session late, the pool tries again.
    let _ = first.close().await;
    match pool_options(most, purpose).connect_with(options.clone()).await {
        Ok(pool) => Ok(pool),
        Err(error @ sqlx::Error::PoolTimedOut) => {
            Err(Reachability::default().explain(error, options).await.of_open())
        }
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: sqlx::Error) -> StorageError {
    let by_pooler = |message: &str| message.starts_with("unsupported startup parameter");
    match error {
        sqlx::Error::Database(it) if by_pooler(it.message()) => StorageError::Unsuitable(
            "a connection pooler in front of it refuses the settings of a connection, as PgBouncer does: connect to \
             PostgreSQL itself"
                .to_owned(),
        ),
        error => StorageError::Unreachable(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::options;
    use crate::testing;

    #[tokio::test(flavor = "multi_thread")]
    async fn that_nothing_listens_is_told_before_a_pool_gives_up() {
        let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let options = options(&format!("postgres://ccm@{unused}/tasks")).unwrap();
        let error = tokio::select! {
            opened = connected(&options, 2, Use::Write, PATIENCE) => opened.unwrap_err(),
            pool = pool_options(2, Use::Write).connect_with(options.clone()) => panic!("the pool of sqlx was first: {pool:?}"),
        };
        assert_eq!(
            platform::causes::chain(&error),
            "the database server accepts no connection: error communicating with database: Connection refused (os error 111)"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_has_no_connection_left_is_waited_for_until_it_has_one() {
        let fresh = testing::postgres().await;
        let mut owner = sqlx::PgConnection::connect(&fresh.url).await.unwrap();
        let role = format!("one_of_{}", fresh.url.rsplit('/').next().unwrap());
        let sql = format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 1");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
        let options = options(&fresh.url.replace("ccm@", &format!("{role}@"))).unwrap();
        let held = options.connect().await.unwrap();
        let others = async {
            let error = connected(&options, 2, Use::Write, Duration::ZERO).await.unwrap_err();
            held.close().await.unwrap();
            platform::causes::chain(&error)
        };
        let (opened, said) = tokio::join!(connected(&options, 2, Use::Write, PATIENCE), others);
        assert!(said.contains("too many connections for role"), "{said}");
        opened.unwrap();
    }
}
