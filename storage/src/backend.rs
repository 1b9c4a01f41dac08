//! What differs between the pools of the two databases.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{Pool, Postgres, Sqlite};
use telemetry::database::{System, Target};

use crate::reachability::Reachability;
use crate::{StorageError, acquire};

/// One of the two databases.
pub trait Backend: sqlx::Database {
    /// Returns the database that a pool connects to, as spans name it.
    fn target(pool: &Pool<Self>) -> Target;

    /// Returns a connection of a pool, waiting up to five seconds for it.
    fn acquire(pool: &Pool<Self>) -> impl Future<Output = Result<PoolConnection<Self>, sqlx::Error>> + Send;

    /// Returns why a pool gave no connection.
    fn acquire_failed(
        pool: &Pool<Self>,
        reachability: &Reachability,
        error: sqlx::Error,
    ) -> impl Future<Output = StorageError> + Send;
}

impl Backend for Sqlite {
    fn target(pool: &Pool<Self>) -> Target {
        let options = pool.connect_options();
        let file = options.get_filename().file_name().map(|it| it.to_string_lossy().into_owned());
        Target::new(System::Sqlite, file.unwrap_or_default(), None)
    }

    async fn acquire(pool: &Pool<Self>) -> Result<PoolConnection<Self>, sqlx::Error> {
        pool.acquire().await
    }

    async fn acquire_failed(_: &Pool<Self>, _: &Reachability, error: sqlx::Error) -> StorageError {
        error.into()
    }
}

impl Backend for Postgres {
    fn target(pool: &Pool<Self>) -> Target {
        let options = pool.connect_options();
        // libpq's default is a database of the user's name.
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        let server: (Arc<str>, _) = match options.get_socket() {
            Some(socket) => (socket.to_string_lossy().into(), None),
            None => (options.get_host().into(), Some(options.get_port())),
        };
        Target::new(System::Postgres, database, Some(server))
    }

    async fn acquire(pool: &Pool<Self>) -> Result<PoolConnection<Self>, sqlx::Error> {
        acquire::connection(pool).await
    }

    async fn acquire_failed(
        pool: &Pool<Self>,
        reachability: &Reachability,
        error: sqlx::Error,
    ) -> StorageError {
        reachability.explain(error, &pool.connect_options()).await
    }
}
