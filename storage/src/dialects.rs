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

/// Makes [`Dialects`] of a statement that differs in single places: `now` is the time of the database, and `for_update` and
/// `skip_locked` lock rows on PostgreSQL; SQLite has one writer at a time. All other parts are literals.
#[macro_export]
macro_rules! dialects {
    (@sqlite now) => { $crate::sqlite_now!() };
    (@postgres now) => { $crate::postgres_now!() };
    (@sqlite for_update) => { "" };
    (@postgres for_update) => { " FOR UPDATE" };
    (@sqlite skip_locked) => { "" };
    (@postgres skip_locked) => { " FOR UPDATE SKIP LOCKED" };
    (@$system:ident $text:literal) => { $text };
    ($summary:literal, $($part:tt),+ $(,)?) => {
        $crate::Dialects {
            sqlite: $crate::Statement {
                summary: $summary,
                sql: concat!($($crate::dialects!(@sqlite $part)),+),
            },
            postgres: $crate::Statement {
                summary: $summary,
                sql: concat!($($crate::dialects!(@postgres $part)),+),
            },
        }
    };
}
