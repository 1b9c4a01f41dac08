//! Transactions, and how they begin and end.

use std::sync::Arc;

use opentelemetry::Context;
use sqlx::pool::PoolConnection;
use sqlx::{Postgres, SqlSafeStr as _, Sqlite};
use telemetry::database::{self as spans, Target};

use crate::connection::{Again, Use, acquire_from, noted};
use crate::writability::Writability;
use crate::{Backend, Commits, Database, Executor, Pools, Statements, StorageError};

/// A transaction, which is rolled back if it is dropped without [`Transaction::commit`].
pub struct Transaction {
    inner: Inner,
    after_commit: Vec<Work>,
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

type Work = Box<dyn FnOnce(Committed) + Send>;

pub(crate) enum Inner {
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
    pub(crate) fn of<DB: Backend>(inner: Inner, pools: &Pools<DB>, purpose: Use) -> Self {
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
    pub async fn commit(mut self) -> Result<(), StorageError> {
        let after = self.take_after_commit();
        let outcome = self.commit_for(&[Context::current()]).await;
        after.run(&outcome);
        outcome
    }

    /// Commits the transaction, whose COMMIT has a span in each of the contexts. What is to be done after the commit must have
    /// been taken.
    pub(crate) async fn commit_for(self, callers: &[Context]) -> Result<(), StorageError> {
        debug_assert!(self.after_commit.is_empty(), "it would not be done");
        let committed = async {
            match self.inner {
                Inner::Sqlite(transaction) => transaction.commit().await,
                Inner::Postgres(transaction) => transaction.commit().await,
            }
            .map_err(StorageError::of_commit)
        };
        let outcome = spans::shared_commit(&self.target, callers, committed).await;
        let outcome = outcome.and_then(|()| match &self.writability {
            // Nothing tells whether the file was there during the commit.
            Some(writes) if writes.check_file().is_err() => Err(StorageError::OutcomeUnknown(Arc::new(
                sqlx::Error::Io(std::io::ErrorKind::NotFound.into()),
            ))),
            _ => Ok(()),
        });
        // Also after an unknown outcome: the transaction may have been committed.
        self.commits.notify();
        noted(self.writability, outcome)
    }

    /// Takes what is to be done after the commit.
    pub(crate) fn take_after_commit(&mut self) -> AfterCommit {
        AfterCommit(std::mem::take(&mut self.after_commit))
    }
}

/// What is to be done after a commit.
pub(crate) struct AfterCommit(Vec<Work>);

impl AfterCommit {
    /// Does it, unless the transaction is known to be rolled back.
    pub(crate) fn run(self, outcome: &Result<(), StorageError>) {
        let committed = match outcome {
            Ok(()) => Committed::Known,
            Err(StorageError::OutcomeUnknown(_)) => Committed::Unknown,
            Err(_) => return,
        };
        for work in self.0 {
            work(committed);
        }
    }
}

impl Database {
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
                let inner = begin_on_working(pools, Use::Write, "BEGIN").await?;
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
                let inner = begin_on_working(pools, Use::Read, POSTGRES).await?;
                Ok(Transaction::of(Inner::Postgres(inner), pools, Use::Read))
            }
        }
    }
}

async fn begin<DB: Backend>(
    pools: &Pools<DB>,
    purpose: Use,
    text: &'static str,
) -> Result<sqlx::Transaction<'static, DB>, StorageError> {
    begin_on(acquire_from(pools, purpose).await?, &pools.target, text).await
}

/// Begins a transaction; on another connection if the server had closed the one that the pool gave.
async fn begin_on_working(
    pools: &Pools<Postgres>,
    purpose: Use,
    text: &'static str,
) -> Result<sqlx::Transaction<'static, Postgres>, StorageError> {
    match begin(pools, purpose, text).await {
        Err(error) if error.is_lost_connection() => {
            let another = Again::of(pools, purpose).acquire(&pools.target).await?;
            begin_on(another, &pools.target, text).await
        }
        outcome => outcome,
    }
}

/// Begins a transaction on a connection.
pub(crate) async fn begin_on<DB: Backend>(
    connection: PoolConnection<DB>,
    target: &Target,
    text: &'static str,
) -> Result<sqlx::Transaction<'static, DB>, StorageError> {
    let begun = async {
        let begun = sqlx::Transaction::begin(connection, Some(text.into_sql_str())).await;
        begun.map_err(StorageError::from)
    };
    spans::transaction(target, "BEGIN", begun).await
}
