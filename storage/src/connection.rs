//! A connection for reading and a transaction for writing. Each is of SQLite or of PostgreSQL, so the code that uses one
//! is written once; each runs its statements in their spans.

use std::future::Future;

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, PgConnection, Pool, Postgres, SqlSafeStr as _, Sqlite, SqliteConnection};
use telemetry::database::{self as spans, Statement, System};
use telemetry::span::in_current_context;

use crate::{Commits, Database, StorageError, Value};

/// A row that both databases can give. Implemented by everything that implements [`sqlx::FromRow`] for both, tuples
/// and what [`record!`](crate::record) declares included.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// The connection of one database or the other.
pub enum Executor<'c> {
    /// A connection to SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// A connection to PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// Runs `$query`, which is written once, on the connection of either database.
macro_rules! on_either {
    ($executor:expr, $query:expr, $values:expr, $fetch:ident) => {
        match $executor {
            Executor::Sqlite(connection) => {
                $values.into_iter().fold($query, QueryAs::bind).$fetch(connection).await
            }
            Executor::Postgres(connection) => {
                $values.into_iter().fold($query, QueryAs::bind).$fetch(connection).await
            }
        }
    };
}

/// Runs statements, each in its span. The values of a statement are bound in the order of its placeholders.
pub trait Statements: Send {
    /// The database, for statements whose text differs.
    fn system(&self) -> System;

    /// The connection below, for what no [`Statement`] can express.
    fn executor(&mut self) -> Executor<'_>;

    /// All rows of a statement.
    fn fetch_all<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Vec<R>, StorageError>> + Send {
        let (system, executor) = (self.system(), self.executor());
        let values: Vec<Value> = values.into_iter().collect();
        spans::statement(system, statement, async move {
            Ok(on_either!(executor, sqlx::query_as::<_, R>(statement.sql), values, fetch_all)?)
        })
    }

    /// The only row of a statement, or `None`.
    fn fetch_optional<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Option<R>, StorageError>> + Send {
        let (system, executor) = (self.system(), self.executor());
        let values: Vec<Value> = values.into_iter().collect();
        spans::statement(system, statement, async move {
            Ok(on_either!(executor, sqlx::query_as::<_, R>(statement.sql), values, fetch_optional)?)
        })
    }

    /// Runs a statement that returns no row.
    fn execute(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<(), StorageError>> + Send {
        let (system, executor) = (self.system(), self.executor());
        let values: Vec<Value> = values.into_iter().collect();
        spans::statement(system, statement, async move {
            match executor {
                Executor::Sqlite(connection) => {
                    let query = sqlx::query::<Sqlite>(statement.sql);
                    values.into_iter().fold(query, Query::bind).execute(connection).await?;
                }
                Executor::Postgres(connection) => {
                    let query = sqlx::query::<Postgres>(statement.sql);
                    values.into_iter().fold(query, Query::bind).execute(connection).await?;
                }
            }
            Ok(())
        })
    }
}

/// A pooled connection, for reads.
pub enum Connection {
    /// To SQLite; it cannot write.
    Sqlite(PoolConnection<Sqlite>),
    /// To PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

impl Statements for Connection {
    fn system(&self) -> System {
        match self {
            Self::Sqlite(_) => System::Sqlite,
            Self::Postgres(_) => System::Postgres,
        }
    }

    fn executor(&mut self) -> Executor<'_> {
        match self {
            Self::Sqlite(connection) => Executor::Sqlite(connection),
            Self::Postgres(connection) => Executor::Postgres(connection),
        }
    }
}

/// A transaction. Dropped without [`Transaction::commit`], it is rolled back.
pub struct Transaction {
    inner: Inner,
    commits: Commits,
}

enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Statements for Transaction {
    fn system(&self) -> System {
        match self.inner {
            Inner::Sqlite(_) => System::Sqlite,
            Inner::Postgres(_) => System::Postgres,
        }
    }

    fn executor(&mut self) -> Executor<'_> {
        match &mut self.inner {
            Inner::Sqlite(transaction) => Executor::Sqlite(transaction),
            Inner::Postgres(transaction) => Executor::Postgres(transaction),
        }
    }
}

impl Transaction {
    /// Makes the changes permanent, and wakes whoever numbers or reads the events among them.
    ///
    /// # Errors
    /// [`StorageError::OutcomeUnknown`] when the connection was lost meanwhile: the changes may be permanent.
    pub async fn commit(self) -> Result<(), StorageError> {
        let system = self.system();
        let committed = async {
            match self.inner {
                Inner::Sqlite(transaction) => transaction.commit().await,
                Inner::Postgres(transaction) => transaction.commit().await,
            }
            .map_err(StorageError::of_commit)
        };
        let outcome = spans::transaction(system, "COMMIT", committed).await;
        // Also after an unknown outcome: the transaction may have been committed.
        self.commits.made();
        outcome
    }
}

impl Database {
    /// A connection for reads. It is waited for in a span, five seconds at most.
    pub async fn connection(&self) -> Result<Connection, StorageError> {
        match self {
            Self::Sqlite(pools) => Ok(Connection::Sqlite(acquire(System::Sqlite, &pools.readers).await?)),
            Self::Postgres(pools) => {
                Ok(Connection::Postgres(acquire(System::Postgres, &pools.readers).await?))
            }
        }
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Transaction, StorageError> {
        match self {
            // SQLite takes the write lock at once: a later upgrade could fail for being busy.
            Self::Sqlite(pools) => {
                let inner = begin(System::Sqlite, &pools.writers, "BEGIN IMMEDIATE").await?;
                Ok(Transaction { inner: Inner::Sqlite(inner), commits: pools.commits.clone() })
            }
            Self::Postgres(pools) => {
                let inner = begin(System::Postgres, &pools.writers, "BEGIN").await?;
                Ok(Transaction { inner: Inner::Postgres(inner), commits: pools.commits.clone() })
            }
        }
    }

    /// Begins a transaction that only reads, and reads what was committed before its first statement, whatever is
    /// committed after.
    pub async fn begin_snapshot(&self) -> Result<Transaction, StorageError> {
        const POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        match self {
            Self::Sqlite(pools) => {
                let inner = begin(System::Sqlite, &pools.readers, "BEGIN").await?;
                Ok(Transaction { inner: Inner::Sqlite(inner), commits: pools.commits.clone() })
            }
            Self::Postgres(pools) => {
                let inner = begin(System::Postgres, &pools.readers, POSTGRES).await?;
                Ok(Transaction { inner: Inner::Postgres(inner), commits: pools.commits.clone() })
            }
        }
    }

    /// Runs `work` in a transaction: its `Ok` commits, its `Err` rolls back. The work runs to its end even when the caller
    /// goes away or stops waiting, so it owns what it uses.
    ///
    /// # Errors
    /// Those of `work`, and [`StorageError::Interrupted`] when it panicked.
    pub async fn write<T, E>(
        &self,
        work: impl for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let database = self.clone();
        let transaction = async move {
            let mut transaction = database.begin().await?;
            let answer = work(&mut transaction).await?;
            transaction.commit().await?;
            Ok(answer)
        };
        match tokio::spawn(in_current_context(transaction)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(StorageError::Interrupted.into()),
        }
    }
}

async fn acquire<DB: sqlx::Database>(
    system: System,
    pool: &Pool<DB>,
) -> Result<PoolConnection<DB>, StorageError> {
    spans::acquire(system, async { pool.acquire().await.map_err(StorageError::from) }).await
}

async fn begin<DB: sqlx::Database>(
    system: System,
    pool: &Pool<DB>,
    text: &'static str,
) -> Result<sqlx::Transaction<'static, DB>, StorageError> {
    let connection = acquire(system, pool).await?;
    let begun = async {
        let begun = sqlx::Transaction::begin(connection, Some(text.into_sql_str())).await;
        begun.map_err(StorageError::from)
    };
    spans::transaction(system, "BEGIN", begun).await
}
