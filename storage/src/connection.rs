//! Connections for reads and transactions for writes, of SQLite or PostgreSQL behind one type, so that stores are written
//! once. Each statement runs in a span.

use std::future::Future;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, PgConnection, Postgres, SqlSafeStr as _, Sqlite, SqliteConnection};
use telemetry::database::{self as spans, Statement, System, Target};
use telemetry::span::in_current_context;

use crate::writability::Writability;
use crate::{Backend, Commits, Database, Pools, StorageError, Value};

/// A type that can be read from rows of both databases. Implemented for every type that implements [`sqlx::FromRow`] for
/// both, tuples and the types that [`record!`](crate::record) declares included.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A borrowed connection to one of the two databases.
pub enum Executor<'c> {
    /// A connection to SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// A connection to PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// Runs the same query on the connection of either database.
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

/// Runs statements, each in a span. Values are bound in the order of the placeholders.
pub trait Statements: Send {
    /// Returns the database that the connection leads to.
    fn target(&self) -> Arc<Target>;

    /// Returns the database system, for statements whose text differs.
    fn system(&self) -> System {
        self.target().system
    }

    /// Returns the underlying connection, for queries that a [`Statement`] cannot express.
    fn executor(&mut self) -> Executor<'_>;

    /// Where failed changes are noted; `None` for a connection that only reads.
    #[doc(hidden)]
    fn writability(&self) -> Option<Arc<Writability>> {
        None
    }

    /// Runs a statement and returns all rows.
    fn fetch_all<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Vec<R>, StorageError>> + Send {
        let (target, writes) = (self.target(), self.writability());
        let executor = self.executor();
        let values: Vec<Value> = values.into_iter().collect();
        let call = async move {
            Ok(on_either!(executor, sqlx::query_as::<_, R>(statement.sql), values, fetch_all)?)
        };
        async move { noted(writes, spans::statement(&target, statement, call).await) }
    }

    /// Runs a statement and returns its first rows: as many as have at most `most` bytes together, as `bytes` counts them, and
    /// at least one. The flag says whether there are more. The rows beyond are not kept in memory.
    fn fetch_within<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
        most: usize,
        bytes: impl Fn(&R) -> usize + Send,
    ) -> impl Future<Output = Result<(Vec<R>, bool), StorageError>> + Send {
        let target = self.target();
        let executor = self.executor();
        let values: Vec<Value> = values.into_iter().collect();
        let call = async move {
            let mut rows = match executor {
                Executor::Sqlite(connection) => {
                    values.into_iter().fold(sqlx::query_as(statement.sql), QueryAs::bind).fetch(connection)
                }
                Executor::Postgres(connection) => {
                    values.into_iter().fold(sqlx::query_as(statement.sql), QueryAs::bind).fetch(connection)
                }
            };
            let (mut kept, mut total) = (Vec::new(), 0_usize);
            while let Some(row) = rows.try_next().await? {
                total = total.saturating_add(bytes(&row));
                if total > most && !kept.is_empty() {
                    return Ok((kept, true));
                }
                kept.push(row);
            }
            Ok((kept, false))
        };
        async move { spans::statement(&target, statement, call).await }
    }

    /// Runs a statement and returns its row, or `None` if it has none.
    fn fetch_optional<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Option<R>, StorageError>> + Send {
        let (target, writes) = (self.target(), self.writability());
        let executor = self.executor();
        let values: Vec<Value> = values.into_iter().collect();
        let call = async move {
            Ok(on_either!(executor, sqlx::query_as::<_, R>(statement.sql), values, fetch_optional)?)
        };
        async move { noted(writes, spans::statement(&target, statement, call).await) }
    }

    /// Runs a statement that returns no row.
    fn execute(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<(), StorageError>> + Send {
        let (target, writes) = (self.target(), self.writability());
        let executor = self.executor();
        let values: Vec<Value> = values.into_iter().collect();
        let call = async move {
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
        };
        async move { noted(writes, spans::statement(&target, statement, call).await) }
    }
}

fn noted<T>(writes: Option<Arc<Writability>>, outcome: Result<T, StorageError>) -> Result<T, StorageError> {
    if let (Some(writes), Err(error)) = (writes, &outcome) {
        writes.failed(error);
    }
    outcome
}

/// A pooled connection for reads.
pub struct Connection {
    inner: PooledConnection,
    target: Arc<Target>,
}

enum PooledConnection {
    /// Opened read-only.
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Statements for Connection {
    fn target(&self) -> Arc<Target> {
        self.target.clone()
    }

    fn executor(&mut self) -> Executor<'_> {
        match &mut self.inner {
            PooledConnection::Sqlite(connection) => Executor::Sqlite(connection),
            PooledConnection::Postgres(connection) => Executor::Postgres(connection),
        }
    }
}

/// A transaction, which is rolled back if it is dropped without [`Transaction::commit`].
pub struct Transaction {
    inner: Inner,
    after_commit: Vec<AfterCommit>,
    commits: Commits,
    target: Arc<Target>,
    /// `None` for a transaction that only reads.
    writability: Option<Arc<Writability>>,
}

/// How a commit ended after which changes are, or may be, in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// The changes are in the database.
    Known,
    /// The connection was lost during the commit.
    Unknown,
}

type AfterCommit = Box<dyn FnOnce(Committed) + Send>;

enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Statements for Transaction {
    fn target(&self) -> Arc<Target> {
        self.target.clone()
    }

    fn writability(&self) -> Option<Arc<Writability>> {
        self.writability.clone()
    }

    fn executor(&mut self) -> Executor<'_> {
        match &mut self.inner {
            Inner::Sqlite(transaction) => Executor::Sqlite(transaction),
            Inner::Postgres(transaction) => Executor::Postgres(transaction),
        }
    }
}

impl Transaction {
    fn of<DB: Backend>(inner: Inner, pools: &Pools<DB>, purpose: Use) -> Self {
        let (commits, target) = (pools.commits.clone(), pools.target.clone());
        let writability = matches!(purpose, Use::Write).then(|| pools.writability.clone());
        Self { inner, after_commit: Vec::new(), commits, target, writability }
    }

    /// Has `work` done after the commit, also if the outcome of the commit is unknown; never after a rollback. It must not
    /// block.
    pub fn after_commit(&mut self, work: impl FnOnce(Committed) + Send + 'static) {
        self.after_commit.push(Box::new(work));
    }

    /// Has `work` done once the transaction is known to be committed, a count for example.
    pub fn once_committed(&mut self, work: impl FnOnce() + Send + 'static) {
        self.after_commit(move |committed| {
            if committed == Committed::Known {
                work();
            }
        });
    }

    /// Commits the transaction, and wakes the tasks that number or read events.
    ///
    /// # Errors
    /// [`StorageError::OutcomeUnknown`] if the connection was lost during the commit: the changes may be committed.
    pub async fn commit(self) -> Result<(), StorageError> {
        let committed = async {
            match self.inner {
                Inner::Sqlite(transaction) => transaction.commit().await,
                Inner::Postgres(transaction) => transaction.commit().await,
            }
            .map_err(StorageError::of_commit)
        };
        let outcome = spans::transaction(&self.target, "COMMIT", committed).await;
        let outcome = outcome.and_then(|()| match &self.writability {
            // Nothing tells whether the file was there during the commit.
            Some(writes) if writes.check_file().is_err() => {
                Err(StorageError::OutcomeUnknown(sqlx::Error::Io(std::io::ErrorKind::NotFound.into())))
            }
            _ => Ok(()),
        });
        // Also after an unknown outcome: the transaction may have been committed.
        self.commits.notify();
        let outcome = noted(self.writability, outcome);
        let committed = match &outcome {
            Ok(()) => Committed::Known,
            Err(StorageError::OutcomeUnknown(_)) => Committed::Unknown,
            Err(_) => return outcome,
        };
        for work in self.after_commit {
            work(committed);
        }
        outcome
    }
}

impl Database {
    /// Returns a connection for reads, waiting up to five seconds for a free one. The wait has a span.
    pub async fn connection(&self) -> Result<Connection, StorageError> {
        let (inner, target) = match self {
            Self::Sqlite(pools) => {
                (PooledConnection::Sqlite(acquire(pools, Use::Read).await?), &pools.target)
            }
            Self::Postgres(pools) => {
                (PooledConnection::Postgres(acquire(pools, Use::Read).await?), &pools.target)
            }
        };
        Ok(Connection { inner, target: target.clone() })
    }

    /// Begins a transaction for writes.
    pub async fn begin(&self) -> Result<Transaction, StorageError> {
        match self {
            // IMMEDIATE takes the write lock now: upgrading a read lock later could fail with SQLITE_BUSY.
            Self::Sqlite(pools) => {
                let writes = Some(pools.writability.clone());
                noted(writes.clone(), pools.writability.check_file())?;
                let inner = noted(writes, begin(pools, Use::Write, "BEGIN IMMEDIATE").await)?;
                Ok(Transaction::of(Inner::Sqlite(inner), pools, Use::Write))
            }
            Self::Postgres(pools) => {
                let inner = begin(pools, Use::Write, "BEGIN").await?;
                Ok(Transaction::of(Inner::Postgres(inner), pools, Use::Write))
            }
        }
    }

    /// Begins a read-only transaction, in which all statements see the database as of the first statement.
    pub async fn begin_snapshot(&self) -> Result<Transaction, StorageError> {
        const POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        match self {
            Self::Sqlite(pools) => {
                let inner = begin(pools, Use::Read, "BEGIN").await?;
                Ok(Transaction::of(Inner::Sqlite(inner), pools, Use::Read))
            }
            Self::Postgres(pools) => {
                let inner = begin(pools, Use::Read, POSTGRES).await?;
                Ok(Transaction::of(Inner::Postgres(inner), pools, Use::Read))
            }
        }
    }

    /// Runs `work` in a transaction, which is committed after `Ok` and rolled back after `Err`. The work runs to its end
    /// even if the returned future is dropped.
    ///
    /// # Errors
    /// The errors of `work`, and [`StorageError::Interrupted`] if it panicked.
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

/// What a connection is for, which decides about its pool.
#[derive(Clone, Copy)]
enum Use {
    Read,
    Write,
}

async fn acquire<DB: Backend>(pools: &Pools<DB>, purpose: Use) -> Result<PoolConnection<DB>, StorageError> {
    let (pool, observed) = match purpose {
        Use::Read => (&pools.readers, &pools.read_use),
        Use::Write => (&pools.writers, &pools.write_use),
    };
    // Both futures can open a connection and are large, and every layer that wraps them copies them; so they are boxed.
    let acquired = async {
        match Box::pin(DB::acquire(pool)).await {
            Ok(connection) => Ok(connection),
            Err(error) => Err(Box::pin(pools.explain(pool, error)).await),
        }
    };
    spans::acquire(&pools.target, observed, acquired).await
}

async fn begin<DB: Backend>(
    pools: &Pools<DB>,
    purpose: Use,
    text: &'static str,
) -> Result<sqlx::Transaction<'static, DB>, StorageError> {
    let connection = acquire(pools, purpose).await?;
    let begun = async {
        let begun = sqlx::Transaction::begin(connection, Some(text.into_sql_str())).await;
        begun.map_err(StorageError::from)
    };
    spans::transaction(&pools.target, "BEGIN", begun).await
}
