//! Whether a database can be used, and why not.

use std::time::Duration;

use sqlx::Postgres;
use telemetry::database::DescribeFailure as _;

use crate::backend::Backend as _;
use crate::{Database, StorageError};

/// How long the database may take to respond.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Asks the database for an answer, and whether it stores changes after one has failed.
pub(crate) async fn check(database: &Database) -> Result<(), &'static str> {
    match tokio::time::timeout(TIMEOUT, ask(database)).await {
        Ok(answered) => answered,
        Err(_) => Err(late(database).await),
    }
}

async fn ask(database: &Database) -> Result<(), &'static str> {
    let failed = |error: sqlx::Error| StorageError::from(error).failure().description;
    match database {
        Database::Sqlite(pools) => {
            // First, because a file that is gone is told as such, and not by the error that it makes.
            pools.writability.of_sqlite(&pools.writers).await?;
            sqlx::query("SELECT 1").execute(&pools.readers).await.map(drop).map_err(failed)
        }
        Database::Postgres(pools) => {
            // Where there are fewer connections than callers, health waits as requests do.
            let mut reader = Postgres::acquire(&pools.readers).await.map_err(failed)?;
            sqlx::query("SELECT 1").execute(&mut *reader).await.map_err(failed)?;
            pools.writability.of_postgres(&pools.writers).await
        }
    }
}

/// Why a database did not respond in time.
async fn late(database: &Database) -> &'static str {
    match database {
        Database::Sqlite(_) => "no answer in time",
        Database::Postgres(pools) => {
            pools.explain(&pools.readers, sqlx::Error::PoolTimedOut).await.failure().description
        }
    }
}
