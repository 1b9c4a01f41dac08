//! Errors of the database.

use std::borrow::Cow;

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;
use telemetry::database::ErrorType;

/// Why a database call failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The URL is neither `sqlite:PATH` nor `postgres://…`.
    #[error("{0:?} is not a database URL: expected sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")]
    Url(String),
    /// The database cannot be reached, or no connection became free in time. The call can be retried.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A migration of the schema failed.
    #[error("the database schema migration failed")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("a database statement failed")]
    Failed(#[source] sqlx::Error),
    /// The connection was lost while the transaction was being committed.
    #[error("the connection was lost during COMMIT; it is unknown whether the transaction was committed")]
    OutcomeUnknown(#[source] sqlx::Error),
    /// A row contains a value that this version cannot decode.
    #[error("a row of table {table} cannot be decoded: {what}")]
    Corrupt {
        /// Name of the table.
        table: &'static str,
        /// What is wrong with the row.
        what: String,
    },
    /// The work of the transaction panicked.
    #[error("the transaction was interrupted")]
    Interrupted,
}

impl StorageError {
    /// Classifies an error of COMMIT: the outcome is unknown unless the database itself rejected the commit.
    pub(crate) fn of_commit(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(it) if is_rejection(it.as_ref()) => error.into(),
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
            // Connection exceptions, rollbacks (serialization failure, deadlock), insufficient resources, shutdowns, a
            // read-only server after a failover, a lock timeout, a cancelled statement.
            ErrorCode::SqlState(state) => {
                ["08", "40", "53"].iter().any(|it| state.starts_with(it))
                    || matches!(&*state, "25006" | "55P03" | "57014" | "57P01" | "57P02" | "57P03")
            }
        },
        _ => false,
    }
}

/// Whether the database itself rejected a COMMIT.
fn is_rejection(error: &dyn DatabaseError) -> bool {
    match code_of(error) {
        ErrorCode::Sqlite(code) => matches!(code, sqlite::BUSY | sqlite::FULL | sqlite::CONSTRAINT),
        // Integrity constraints, rollbacks (serialization failure, deadlock).
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
    /// A primary result code of SQLite.
    Sqlite(i64),
    /// An SQLSTATE of PostgreSQL.
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
    fn a_pool_without_a_free_connection_is_unavailable() {
        assert!(matches!(StorageError::from(sqlx::Error::PoolTimedOut), StorageError::Unavailable(_)));
    }
}
