//! A connection for reading and a transaction for writing, of either database, each with its spans.

use std::future::Future;

use sqlx::pool::PoolConnection;
use sqlx::{Pool, SqlSafeStr as _};
use telemetry::database::{self as spans, Statement, System};
use telemetry::span::in_current_context;

use crate::Commits;
use crate::StorageError;

/// A pooled connection, for reads.
pub struct Connection<DB: sqlx::Database> {
    inner: PoolConnection<DB>,
    system: System,
}

impl<DB: sqlx::Database> Connection<DB> {
    /// A connection of `pool`, waited for in a span.
    pub async fn acquire(system: System, pool: &Pool<DB>) -> Result<Self, StorageError> {
        let acquired = async { pool.acquire().await.map_err(StorageError::from) };
        Ok(Self { inner: spans::acquire(system, acquired).await?, system })
    }

    /// What its spans name.
    #[must_use]
    pub fn system(&self) -> System {
        self.system
    }

    /// What statements run on.
    pub fn executor(&mut self) -> &mut DB::Connection {
        &mut self.inner
    }
}

/// A transaction. Dropped without [`Transaction::commit`], it is rolled back.
pub struct Transaction<DB: sqlx::Database> {
    inner: sqlx::Transaction<'static, DB>,
    system: System,
    commits: Commits,
}

impl<DB: sqlx::Database> Transaction<DB> {
    /// Begins on a connection of `pool`.
    pub async fn begin(system: System, pool: &Pool<DB>, commits: &Commits) -> Result<Self, StorageError> {
        // SQLite takes the write lock at once: a later upgrade could fail for being busy.
        let statement = match system {
            System::Sqlite => "BEGIN IMMEDIATE",
            System::Postgres => "BEGIN",
        };
        Self::begin_with(statement, system, pool, commits).await
    }

    /// Begins a transaction that reads what was committed before its first statement, whatever is committed after.
    pub async fn begin_snapshot(
        system: System,
        pool: &Pool<DB>,
        commits: &Commits,
    ) -> Result<Self, StorageError> {
        let statement = match system {
            System::Sqlite => "BEGIN",
            System::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        Self::begin_with(statement, system, pool, commits).await
    }

    async fn begin_with(
        statement: &'static str,
        system: System,
        pool: &Pool<DB>,
        commits: &Commits,
    ) -> Result<Self, StorageError> {
        let connection = Connection::acquire(system, pool).await?.inner;
        let begun = async {
            let begun = sqlx::Transaction::begin(connection, Some(statement.into_sql_str())).await;
            begun.map_err(StorageError::from)
        };
        let inner = spans::transaction(system, "BEGIN", begun).await?;
        Ok(Self { inner, system, commits: commits.clone() })
    }

    /// What its spans name.
    #[must_use]
    pub fn system(&self) -> System {
        self.system
    }

    /// What statements run on.
    pub fn executor(&mut self) -> &mut DB::Connection {
        &mut self.inner
    }

    /// Makes it last, and has the events that it has appended numbered and read.
    pub async fn commit(self) -> Result<(), StorageError> {
        let committed = async { self.inner.commit().await.map_err(StorageError::of_commit) };
        let outcome = spans::transaction(self.system, "COMMIT", committed).await;
        // Also where nobody knows: it may have been committed.
        self.commits.made();
        outcome
    }
}

/// Runs a statement in its span.
pub async fn run<T>(
    system: System,
    statement: &Statement,
    call: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StorageError> {
    spans::statement(system, statement, async { call.await.map_err(StorageError::from) }).await
}

/// Runs `work` to its end even when the caller goes away or gives up waiting: a transaction is never left half done,
/// and one that was asked to commit is not rolled back because nobody waits any more.
pub async fn to_completion<T, E>(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    match tokio::spawn(in_current_context(work)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(StorageError::Interrupted.into()),
    }
}
