//! What can go wrong with a database.

use std::borrow::Cow;

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;
use telemetry::database::ErrorType;

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The address is neither `sqlite:PATH` nor `postgres://…`.
    #[error("{0:?} is no database address: it takes sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")]
    Url(String),
    /// It cannot be reached, or has no connection free in time. Worth another try.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("the database schema cannot be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("a database statement failed")]
    Failed(#[source] sqlx::Error),
    /// The connection was lost while the transaction was being committed.
    #[error("nobody knows whether the transaction was committed")]
    OutcomeUnknown(#[source] sqlx::Error),
    /// A row holds what the code cannot read.
    #[error("a row of {table} cannot be read: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// The transaction's task ended without an outcome.
    #[error("the transaction was interrupted")]
    Interrupted,
}

impl StorageError {
    /// The error of a COMMIT: its outcome is open unless the database itself has refused it.
    pub(crate) fn of_commit(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(it) if is_refusal(it.as_ref()) => error.into(),
            _ => Self::OutcomeUnknown(error),
        }
    }
}

impl ErrorType for StorageError {
    fn error_type(&self) -> Cow<'static, str> {
        match self {
            Self::Unavailable(error) | Self::Failed(error) | Self::OutcomeUnknown(error) => match error {
                sqlx::Error::Database(it) => {
                    it.code().map_or("database".into(), |code| code.into_owned().into())
                }
                sqlx::Error::Io(_) => "io".into(),
                sqlx::Error::Tls(_) => "tls".into(),
                sqlx::Error::PoolTimedOut => "pool_timed_out".into(),
                sqlx::Error::PoolClosed => "pool_closed".into(),
                sqlx::Error::WorkerCrashed => "worker_crashed".into(),
                _ => "protocol".into(),
            },
            Self::Url(_) | Self::Migration(_) | Self::Corrupt { .. } | Self::Interrupted => "other".into(),
        }
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) { Self::Unavailable(error) } else { Self::Failed(error) }
    }
}

fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(it) => match code_of(it.as_ref()) {
            ErrorCode::Sqlite(code) => matches!(code, sqlite::BUSY | sqlite::FULL),
            // Connection exceptions, rollbacks (serialisation, deadlock), out of resources, shutdowns; a read-only server
            // after a failover, a lock that was not had in time, a statement that was cancelled.
            ErrorCode::SqlState(state) => {
                ["08", "40", "53"].iter().any(|it| state.starts_with(it))
                    || matches!(&*state, "25006" | "55P03" | "57014" | "57P01" | "57P02" | "57P03")
            }
        },
        _ => false,
    }
}

/// Whether the database has looked at a COMMIT and said no.
fn is_refusal(error: &dyn DatabaseError) -> bool {
    match code_of(error) {
        ErrorCode::Sqlite(code) => matches!(code, sqlite::BUSY | sqlite::FULL | sqlite::CONSTRAINT),
        // Integrity constraints, rollbacks (serialisation, deadlock).
        ErrorCode::SqlState(state) => state.starts_with("23") || state.starts_with("40"),
    }
}

/// SQLite's primary result codes, <https://sqlite.org/rescode.html>.
mod sqlite {
    pub(super) const BUSY: i64 = 5;
    pub(super) const FULL: i64 = 13;
    pub(super) const CONSTRAINT: i64 = 19;
}

enum ErrorCode<'a> {
    /// The primary code, without what extends it.
    Sqlite(i64),
    /// Of PostgreSQL.
    SqlState(Cow<'a, str>),
}

fn code_of(error: &dyn DatabaseError) -> ErrorCode<'_> {
    let code = error.code().unwrap_or_default();
    match error.try_downcast_ref::<SqliteError>().and_then(|_| code.parse::<i64>().ok()) {
        Some(extended) => ErrorCode::Sqlite(extended & 0xff),
        None => ErrorCode::SqlState(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_without_a_free_connection_is_worth_another_try() {
        assert!(matches!(StorageError::from(sqlx::Error::PoolTimedOut), StorageError::Unavailable(_)));
    }
}
