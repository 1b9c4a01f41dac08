//! Tells a database server that cannot be reached from a pool whose connections are all in use. sqlx reports both as
//! [`sqlx::Error::PoolTimedOut`], because its pool retries refused connections until its timeout.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Mutex;

use crate::StorageError;

/// Timeout of an attempt to connect.
const TIMEOUT: Duration = Duration::from_secs(1);
/// How long the outcome of an attempt counts for later calls.
const FRESH: Duration = Duration::from_secs(1);

/// Attempts to connect to a PostgreSQL server outside of the pool. Clones share the last outcome.
#[derive(Clone, Debug, Default)]
pub struct Reachability(Arc<Mutex<Option<Attempt>>>);

#[derive(Clone, Debug)]
struct Attempt {
    finished: Instant,
    error: Option<Arc<sqlx::Error>>,
}

impl Reachability {
    /// Returns the cause of a timeout of the pool: why the server accepts no connection, or the timeout itself if it does.
    /// Concurrent calls share one attempt, which needs one connection more than the pools have.
    pub(crate) async fn explain(&self, error: sqlx::Error, options: &PgConnectOptions) -> StorageError {
        if !matches!(error, sqlx::Error::PoolTimedOut) {
            return error.into();
        }
        let mut last = self.0.lock().await;
        let attempt = match last.as_ref().filter(|it| it.finished.elapsed() < FRESH) {
            Some(fresh) => fresh.clone(),
            None => last.insert(attempt(options).await).clone(),
        };
        attempt.error.map_or_else(|| error.into(), StorageError::Unreachable)
    }
}

async fn attempt(options: &PgConnectOptions) -> Attempt {
    let connected = async { options.connect().await?.close().await };
    let error = match tokio::time::timeout(TIMEOUT, connected).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error),
        Err(_) => Some(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    };
    Attempt { finished: Instant::now(), error: error.map(Arc::new) }
}

#[cfg(test)]
mod tests {
    use telemetry::database::DescribeFailure as _;

    use super::*;
    use crate::{Database, Migrations, postgres, testing};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_pool_whose_connections_are_all_in_use_is_busy_and_not_down() {
        let fresh = testing::postgres().await;
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let mut held = Vec::new();
        let error = loop {
            match database.connection().await {
                Ok(connection) => held.push(connection),
                Err(error) => break error,
            }
        };
        assert_eq!(error.failure().error_type, "pool_timed_out", "{error}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_pool_that_finds_no_server_tells_why_and_not_that_its_time_is_over() {
        let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let options = postgres::options(&format!("postgres://ccm@{unused}/tasks")).unwrap();
        let error = Reachability::default().explain(sqlx::Error::PoolTimedOut, &options).await;
        assert_eq!(error.failure().error_type, "connection_refused", "{error}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_is_not_there_is_named_when_the_database_is_opened() {
        let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let url = format!("postgres://ccm@{unused}/tasks");
        let error = Database::open(&url, &Migrations::default()).await.unwrap_err();
        assert_eq!(error.failure().error_type, "connection_refused", "{error}");
    }
}
