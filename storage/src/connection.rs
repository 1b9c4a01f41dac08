//! Connections to SQLite or PostgreSQL behind one type, so that stores are written once. Each statement runs in a span.

use std::future::Future;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, PgConnection, Pool, Postgres, Sqlite, SqliteConnection};
use telemetry::database::{self as spans, PoolUse, Statement, System, Target};

use crate::reachability::Reachability;
use crate::writability::Writability;
use crate::{Backend, Database, Pools, StorageError, Value, acquire};

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
                $values.iter().fold($query, QueryAs::bind).$fetch(connection).await
            }
            Executor::Postgres(connection) => {
                $values.iter().fold($query, QueryAs::bind).$fetch(connection).await
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

    /// Whether the failed statement is to be done again, on another connection that has taken the place of this one: if the
    /// server had closed this one, and nothing was done on it that would be lost. If there is none, the error says why.
    #[doc(hidden)]
    fn is_replaced(&mut self, error: &mut StorageError) -> impl Future<Output = bool> + Send {
        let _ = error;
        std::future::ready(false)
    }

    /// Runs a statement and returns all rows.
    fn fetch_all<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Vec<R>, StorageError>> + Send {
        let (target, writes) = (self.target(), self.writability());
        let values: Vec<Value> = values.into_iter().collect();
        async move {
            loop {
                let executor = self.executor();
                let call = async {
                    Ok(on_either!(executor, sqlx::query_as::<_, R>(statement.sql), values, fetch_all)?)
                };
                let mut outcome = spans::statement(&target, statement, call).await;
                if !is_replaced(self, outcome.as_mut().err()).await {
                    return noted(writes, outcome);
                }
            }
        }
    }

    /// Runs a statement and returns its first rows: as many as have at most `most` bytes together, as `bytes` counts them, and
    /// at least one. The flag says whether there are more. The rows beyond are not kept in memory.
    fn fetch_within<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
        most: usize,
        bytes: impl Fn(&R) -> usize + Send + Sync,
    ) -> impl Future<Output = Result<(Vec<R>, bool), StorageError>> + Send {
        let target = self.target();
        let values: Vec<Value> = values.into_iter().collect();
        async move {
            loop {
                let executor = self.executor();
                let call = async {
                    let query = statement.sql;
                    let mut rows = match executor {
                        Executor::Sqlite(connection) => {
                            values.iter().fold(sqlx::query_as(query), QueryAs::bind).fetch(connection)
                        }
                        Executor::Postgres(connection) => {
                            values.iter().fold(sqlx::query_as(query), QueryAs::bind).fetch(connection)
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
                let mut outcome = spans::statement(&target, statement, call).await;
                if !is_replaced(self, outcome.as_mut().err()).await {
                    return outcome;
                }
            }
        }
    }

    /// Runs a statement and returns its row, or `None` if it has none.
    fn fetch_optional<R: Record>(
        &mut self,
        statement: &Statement,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Option<R>, StorageError>> + Send {
        let (target, writes) = (self.target(), self.writability());
        let values: Vec<Value> = values.into_iter().collect();
        async move {
            loop {
                let executor = self.executor();
                let call = async {
                    Ok(on_either!(executor, sqlx::query_as::<_, R>(statement.sql), values, fetch_optional)?)
                };
                let mut outcome = spans::statement(&target, statement, call).await;
                if !is_replaced(self, outcome.as_mut().err()).await {
                    return noted(writes, outcome);
                }
            }
        }
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

/// Whether a statement failed and is to be done again.
async fn is_replaced(on: &mut (impl Statements + ?Sized), error: Option<&mut StorageError>) -> bool {
    match error {
        None => false,
        Some(error) => on.is_replaced(error).await,
    }
}

pub(crate) fn noted<T>(
    writes: Option<Arc<Writability>>,
    outcome: Result<T, StorageError>,
) -> Result<T, StorageError> {
    if let (Some(writes), Err(error)) = (writes, &outcome) {
        writes.failed(error);
    }
    outcome
}

/// A pooled connection for reads.
pub struct Connection {
    /// `None` only while one variant takes the place of another.
    inner: Option<PooledConnection>,
    target: Arc<Target>,
}

enum PooledConnection {
    /// Opened read-only.
    Sqlite(PoolConnection<Sqlite>),
    /// With the pool that gives another one if the server had closed this one.
    Postgres(PoolConnection<Postgres>, Option<Again>),
    /// One that the server had closed, and for which there was no other one.
    Lost(PgConnection),
}

impl Statements for Connection {
    fn target(&self) -> Arc<Target> {
        self.target.clone()
    }

    fn executor(&mut self) -> Executor<'_> {
        match self.inner.as_mut().expect("a connection is put back at once") {
            PooledConnection::Sqlite(connection) => Executor::Sqlite(connection),
            PooledConnection::Postgres(connection, _) => Executor::Postgres(connection),
            PooledConnection::Lost(connection) => Executor::Postgres(connection),
        }
    }

    async fn is_replaced(&mut self, error: &mut StorageError) -> bool {
        if !error.is_lost_connection() {
            return false;
        }
        // Once: what fails on a connection that works has another cause.
        let may_be_replaced =
            |it: &mut PooledConnection| matches!(it, PooledConnection::Postgres(_, Some(_)));
        let Some(PooledConnection::Postgres(lost, Some(again))) = self.inner.take_if(may_be_replaced) else {
            return false;
        };
        // Its place in the pool is free for another one.
        self.inner = Some(PooledConnection::Lost(lost.detach()));
        match again.acquire(&self.target).await {
            Ok(another) => {
                self.inner = Some(PooledConnection::Postgres(another, None));
                true
            }
            Err(why) => {
                *error = why;
                false
            }
        }
    }
}

impl Database {
    /// Returns a connection for reads, waiting up to five seconds for a free one. The wait has a span.
    pub async fn connection(&self) -> Result<Connection, StorageError> {
        let (inner, target) = match self {
            Self::Sqlite(pools) => {
                (PooledConnection::Sqlite(acquire_from(pools, Use::Read).await?), &pools.target)
            }
            Self::Postgres(pools) => {
                let connection = acquire_from(pools, Use::Read).await?;
                (PooledConnection::Postgres(connection, Some(Again::of(pools, Use::Read))), &pools.target)
            }
        };
        Ok(Connection { inner: Some(inner), target: target.clone() })
    }
}

/// What a connection is for, which decides about its pool.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    Read,
    Write,
}

/// Gives a connection in place of one that the server had closed.
pub(crate) struct Again {
    pool: Pool<Postgres>,
    observed: Arc<PoolUse>,
    reachability: Reachability,
}

impl Again {
    pub(crate) fn of(pools: &Pools<Postgres>, purpose: Use) -> Self {
        let (pool, observed) = pools.used_for(purpose);
        let reachability = pools.reachability.clone();
        Self { pool: pool.clone(), observed: observed.clone(), reachability }
    }

    /// Returns a connection that works, or why there is none.
    pub(crate) async fn acquire(self, target: &Target) -> Result<PoolConnection<Postgres>, StorageError> {
        let working = async {
            match acquire::working(&self.pool).await {
                Ok(connection) => Ok(connection),
                Err(error) => Err(Postgres::acquire_failed(&self.pool, &self.reachability, error).await),
            }
        };
        // Boxed, because it is large and rare.
        Box::pin(spans::acquire(target, &self.observed, working)).await
    }
}

impl<DB: Backend> Pools<DB> {
    pub(crate) fn used_for(&self, purpose: Use) -> (&Pool<DB>, &Arc<PoolUse>) {
        match purpose {
            Use::Read => (&self.readers, &self.read_use),
            Use::Write => (&self.writers, &self.write_use),
        }
    }
}

pub(crate) async fn acquire_from<DB: Backend>(
    pools: &Pools<DB>,
    purpose: Use,
) -> Result<PoolConnection<DB>, StorageError> {
    let (pool, observed) = pools.used_for(purpose);
    // Both futures can open a connection and are large, and every layer that wraps them copies them; so they are boxed.
    let acquired = async {
        match Box::pin(DB::acquire(pool)).await {
            Ok(connection) => Ok(connection),
            Err(error) => Err(Box::pin(pools.explain(pool, error)).await),
        }
    };
    spans::acquire(&pools.target, observed, acquired).await
}
