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
    /// Returns the cause of a timeout of the pool: why the server cannot be reached, or the timeout itself if the server
    /// accepts connections. Concurrent calls share one attempt.
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
    let error = match tokio::time::timeout(TIMEOUT, options.connect()).await {
        Ok(Ok(connection)) => {
            let _ = connection.close().await;
            None
        }
        Ok(Err(error)) => Some(error),
        Err(_) => Some(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    };
    Attempt { finished: Instant::now(), error: error.map(Arc::new) }
}
