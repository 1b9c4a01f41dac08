//! Opens a database as it is, for the commands of operators.

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::acquire::ACQUIRE_TIMEOUT;
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
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
        let pool = pool.connect_with(postgres::options(url)?).await;
        Ok(Self::Postgres(Pools::single(pool.map_err(StorageError::unavailable)?, Commits::default())))
    }
}
