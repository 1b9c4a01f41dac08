//! Opens a database as it is, for the commands of operators.

use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::acquire::ACQUIRE_TIMEOUT;
use crate::connection::Use;
use crate::sqlite::sqlite_file;
use crate::{Commits, Database, Pools, StorageError, postgres};

impl Database {
    /// Opens a database that exists with one connection, and neither makes nor migrates it.
    pub async fn open_existing(url: &str) -> Result<Self, StorageError> {
        if let Some(file) = sqlite_file(url) {
            let options = SqliteConnectOptions::new().filename(file).busy_timeout(ACQUIRE_TIMEOUT);
            let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
            let pool = pool.connect_with(options.disable_statement_logging()).await;
            return Ok(Self::Sqlite(Pools::single(
                pool.map_err(StorageError::unavailable)?,
                Commits::default(),
            )));
        }
        let pool = postgres::connected(&postgres::options(url)?, 1, Use::Write, Duration::ZERO).await?;
        Ok(Self::Postgres(Pools::single(pool, Commits::default())))
    }
}

#[cfg(test)]
mod tests {
    use telemetry::database::DescribeFailure as _;

    use crate::Database;

    #[tokio::test(flavor = "multi_thread")]
    async fn why_a_server_cannot_be_reached_is_told() {
        let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let error = Database::open_existing(&format!("postgres://ccm@{unused}/tasks")).await.unwrap_err();
        assert_eq!(error.failure().error_type, "connection_refused", "{error}");
    }
}
