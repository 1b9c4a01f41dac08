//! Errors of the database.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use platform::connection_failure::ConnectionFailure;
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;
use telemetry::database::{DescribeFailure, Failure};

/// Why a database call failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StorageError {
    /// The URL is neither `sqlite:PATH` nor `postgres://…`.
    #[error("{0:?} is not a database URL: expected sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")]
    Url(String),
    /// The database cannot be reached, or no connection became free in time. The call can be retried.
    #[error("the database is not available")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// The database server accepts no connection. The call can be retried.
    #[error("the database server accepts no connection")]
    Unreachable(#[source] Arc<sqlx::Error>),
    /// The file of the database was deleted or replaced while it was open.
    #[error("the file of the database was deleted or replaced: restore it and restart the process")]
    FileGone,
    /// The database rolled the transaction back because another change in it failed. The call can be retried.
    #[error("the database rolled the transaction back, because another change in it failed")]
    RolledBack,
    /// The file of a database is not whole.
    #[error("the database {} is damaged ({what}): copying it while a process writes to it does that, and so does a failing disk; restore a backup with ccm restore, see docs/operations.md", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What SQLite says about it.
        what: String,
    },
    /// The database would lose or mix up what is stored.
    #[error("the database cannot be used: {0}")]
    Unsuitable(String),
    /// A migration of the schema failed.
    #[error("the database schema migration failed")]
    Migration(#[source] Arc<sqlx::migrate::MigrateError>),
    /// Migrations are missing that cannot be applied.
    #[error("the schema of the database lacks the migrations {missing}, and {why}")]
    NotMigrated {
        /// Their versions.
        missing: String,
        /// Why they cannot be applied, and what to do.
        why: &'static str,
        /// What the database answered.
        #[source]
        error: Arc<sqlx::migrate::MigrateError>,
    },
    /// A statement failed.
    #[error("a database statement failed")]
    Failed(#[source] Arc<sqlx::Error>),
    /// The connection was lost while the transaction was being committed.
    #[error("the connection was lost during COMMIT; it is unknown whether the transaction was committed")]
    OutcomeUnknown(#[source] Arc<sqlx::Error>),
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
    /// Whether the database cannot be used at the moment, whatever the statement.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unreachable(_) | Self::FileGone | Self::RolledBack)
    }

    /// Whether the connection was lost, or the server had closed it before the statement.
    pub(crate) fn is_lost_connection(&self) -> bool {
        let Self::Unavailable(error) = self else { return false };
        match &**error {
            sqlx::Error::Io(_) => true,
            sqlx::Error::Database(it) => match code_of(it.as_ref()) {
                // Connection exceptions, shutdowns and sessions that an operator ended.
                ErrorCode::SqlState(state) => state.starts_with("08") || matches!(&*state, "57P01" | "57P02"),
                ErrorCode::Sqlite(_) => false,
            },
            _ => false,
        }
    }

    /// Whether the server told of the failure, after which it has done nothing.
    pub(crate) fn is_told_by_server(&self) -> bool {
        matches!(self, Self::Unavailable(error) if error.as_database_error().is_some())
    }

    /// Classifies an error of a statement that commits itself: the outcome is unknown if the connection was lost.
    pub(crate) fn of_commit_of_its_own(self) -> Self {
        match self {
            Self::Unavailable(error) if matches!(*error, sqlx::Error::Io(_)) => Self::OutcomeUnknown(error),
            other => other,
        }
    }

    /// Whether the server accepts no connection for now: it has as many as it or the user may have, or it is starting up.
    pub(crate) fn is_for_now(&self) -> bool {
        let Self::Unreachable(error) = self else { return false };
        let code = error.as_database_error().and_then(DatabaseError::code);
        code.is_some_and(|it| matches!(&*it, "53300" | "57P03"))
    }

    /// Whether no change can be stored, although reads may succeed.
    pub(crate) fn refuses_changes(&self) -> bool {
        match self {
            Self::FileGone => true,
            Self::Unavailable(error) | Self::OutcomeUnknown(error) => {
                error.as_database_error().is_some_and(|it| match code_of(it) {
                    ErrorCode::Sqlite(code) => {
                        matches!(code, sqlite::FULL | sqlite::READ_ONLY | sqlite::IO_ERROR)
                    }
                    ErrorCode::SqlState(state) => matches!(&*state, "25006" | "53100"),
                })
            }
            _ => false,
        }
    }

    /// Whether PostgreSQL takes no changes, as a hot standby does, or a session of a database that is read-only by default.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        let Self::Unavailable(error) = self else { return false };
        error.as_database_error().is_some_and(|it| it.code().as_deref() == Some("25006"))
    }

    /// Whether PostgreSQL gives no connection any more, because the limit of the server, the database or the user is reached.
    #[must_use]
    pub fn is_lack_of_connections(&self) -> bool {
        let (Self::Unavailable(error) | Self::Unreachable(error)) = self else { return false };
        error.as_database_error().is_some_and(|it| it.code().as_deref() == Some("53300"))
    }

    /// Whether a statement would have made a second row with values that are unique.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        let Self::Failed(error) = self else { return false };
        error.as_database_error().is_some_and(DatabaseError::is_unique_violation)
    }

    /// Turns any error of opening the database into "unavailable".
    pub(crate) fn of_open(self) -> Self {
        match self {
            Self::Failed(error) => Self::Unavailable(error),
            other => other,
        }
    }

    /// Whether SQLite finds that a file is damaged, or that it is no database at all.
    pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
        let code = |it| matches!(it, ErrorCode::Sqlite(sqlite::CORRUPT | sqlite::NOT_A_DATABASE));
        matches!(error, sqlx::Error::Database(it) if code(code_of(it.as_ref())))
    }

    /// Whether a statement of SQLite was interrupted by its progress handler.
    pub(crate) fn is_interruption(error: &sqlx::Error) -> bool {
        let code = |it| matches!(it, ErrorCode::Sqlite(sqlite::INTERRUPT));
        matches!(error, sqlx::Error::Database(it) if code(code_of(it.as_ref())))
    }

    /// Classifies an error of COMMIT: the outcome is unknown unless the database itself rejected the commit.
    pub(crate) fn of_commit(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(it) if is_rejection(it.as_ref()) => error.into(),
            _ => Self::OutcomeUnknown(Arc::new(error)),
        }
    }

    /// The database cannot be used because of `error`.
    pub(crate) fn unavailable(error: impl Into<sqlx::Error>) -> Self {
        Self::Unavailable(Arc::new(error.into()))
    }
}

impl DescribeFailure for StorageError {
    fn failure(&self) -> Failure {
        let of = |error_type: &'static str, description| Failure {
            error_type: error_type.into(),
            description,
            status_code: None,
        };
        match self {
            Self::Unavailable(error)
            | Self::Unreachable(error)
            | Self::Failed(error)
            | Self::OutcomeUnknown(error) => failure_of(error),
            Self::FileGone => of("file_gone", "its file was deleted or replaced"),
            Self::RolledBack => of("rolled_back", "transaction rolled back by the database"),
            Self::Corrupt { .. } => of("corrupt_row", "a row cannot be decoded"),
            Self::Interrupted => of("panic", "the transaction panicked"),
            Self::Url(_)
            | Self::Unsuitable(_)
            | Self::Damaged { .. }
            | Self::Migration(_)
            | Self::NotMigrated { .. } => of("_OTHER", "the database could not be opened"),
        }
    }
}

fn failure_of(error: &sqlx::Error) -> Failure {
    let (error_type, description) = match error {
        sqlx::Error::Database(it) => {
            let code = it.code().map(Cow::into_owned);
            let error_type = code.clone().map_or(Cow::Borrowed("database"), Cow::Owned);
            return Failure { error_type, description: meaning(&code_of(it.as_ref())), status_code: code };
        }
        sqlx::Error::Io(it) => {
            let failure = ConnectionFailure::of_io(it);
            (failure.error_type(), failure.text())
        }
        sqlx::Error::Tls(it) => {
            let failure = ConnectionFailure::of_chain(it.as_ref()).or(ConnectionFailure::Tls);
            (failure.error_type(), failure.text())
        }
        sqlx::Error::PoolTimedOut => ("pool_timed_out", "no connection of the pool became free in time"),
        sqlx::Error::PoolClosed => ("pool_closed", "the pool is closed"),
        sqlx::Error::WorkerCrashed => ("worker_crashed", "the thread of the connection ended"),
        _ => ("protocol", "unexpected answer of the database"),
    };
    Failure { error_type: error_type.into(), description, status_code: None }
}

/// Returns what the error code of a database means, for people.
fn meaning(code: &ErrorCode<'_>) -> &'static str {
    match code {
        ErrorCode::Sqlite(sqlite::BUSY) => "database locked",
        ErrorCode::Sqlite(sqlite::READ_ONLY) => "database read-only",
        ErrorCode::Sqlite(sqlite::IO_ERROR) => "disk I/O error",
        ErrorCode::Sqlite(sqlite::CORRUPT | sqlite::NOT_A_DATABASE) => "database file corrupt",
        ErrorCode::Sqlite(sqlite::FULL) => "disk full",
        ErrorCode::Sqlite(sqlite::CONSTRAINT) => "constraint violated",
        ErrorCode::Sqlite(_) => "statement failed",
        ErrorCode::SqlState(state) => match &**state {
            "25006" => "database read-only",
            "53100" => "disk full",
            "53300" => "too many connections",
            "55P03" => "lock timeout",
            "57014" => "statement cancelled",
            "57P01" | "57P02" => "database shutting down",
            "57P03" => "database starting up",
            _ if state.starts_with("08") => "connection lost",
            _ if state.starts_with("23") => "constraint violated",
            _ if state.starts_with("28") => "login rejected",
            _ if state.starts_with("40") => "transaction rolled back by the database",
            _ if state.starts_with("53") => "database out of resources",
            _ => "statement failed",
        },
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        let is_unavailable = is_unavailable(&error);
        let error = Arc::new(error);
        if is_unavailable { Self::Unavailable(error) } else { Self::Failed(error) }
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
            ErrorCode::Sqlite(code) => {
                matches!(code, sqlite::BUSY | sqlite::FULL | sqlite::READ_ONLY | sqlite::IO_ERROR)
            }
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
    pub(super) const READ_ONLY: i64 = 8;
    pub(super) const INTERRUPT: i64 = 9;
    pub(super) const IO_ERROR: i64 = 10;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CONSTRAINT: i64 = 19;
    pub(super) const NOT_A_DATABASE: i64 = 26;
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
