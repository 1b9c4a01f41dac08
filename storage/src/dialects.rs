//! Statements whose text differs between the two databases.

use telemetry::database::{Statement, System};

/// A statement with a text for each database.
#[derive(Clone, Copy, Debug)]
pub struct Dialects {
    /// The statement for SQLite.
    pub sqlite: Statement,
    /// The statement for PostgreSQL.
    pub postgres: Statement,
}

impl Dialects {
    /// Returns the statement for a database.
    #[must_use]
    pub const fn of(&self, system: System) -> &Statement {
        match system {
            System::Sqlite => &self.sqlite,
            System::Postgres => &self.postgres,
        }
    }
}

/// The current time of SQLite in microseconds since 1970, with a precision of milliseconds, as an SQL expression. Leases
/// and deadlines are compared with the clock of the database, which all replicas share.
#[macro_export]
macro_rules! sqlite_now {
    () => {
        "CAST(unixepoch('subsec') * 1000000 AS INTEGER)"
    };
}

/// The current time of PostgreSQL in microseconds since 1970, as an SQL expression: when the statement began.
#[macro_export]
macro_rules! postgres_now {
    () => {
        "CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS BIGINT)"
    };
}
