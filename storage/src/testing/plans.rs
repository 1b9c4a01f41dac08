//! Measures how much a statement reads, from query plans and counters of the database. This finds a list that scans a
//! large table without depending on timing.

mod postgres;
mod sqlite;

use crate::{Database, Pools, Statement, StorageError, Value};

/// What one run of a statement read. Changes are rolled back.
#[derive(Debug)]
pub struct Reading(Measured);

#[derive(Debug)]
enum Measured {
    Postgres(postgres::Reading),
    Sqlite(sqlite::Reading),
}

impl Reading {
    /// Measures what `statement` reads with these values.
    ///
    /// On PostgreSQL, the statement runs twice, with a custom and with a generic plan, because PostgreSQL may use either for
    /// a prepared statement; the worse one counts. `EXPLAIN ANALYZE` reports the rows of each scan, including those that a
    /// filter removed, and the blocks read. The blocks count because index entries that are skipped by a condition on a
    /// later column of the index do not appear in the rows.
    ///
    /// SQLite does not count rows. `EXPLAIN QUERY PLAN` must show that each table is read through an index, and that only
    /// results of subqueries, which LIMIT has cut, are sorted. In addition, the instructions of its virtual machine are
    /// counted: each row that is read costs at least three.
    pub async fn of(
        database: &Database,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Self, StorageError> {
        let measured = match database {
            Database::Sqlite(pools) => {
                Measured::Sqlite(sqlite::Reading::of(&pools.writers, statement, values).await?)
            }
            Database::Postgres(Pools { readers, .. }) => {
                Measured::Postgres(postgres::Reading::of(readers, statement, values).await?)
            }
        };
        Ok(Self(measured))
    }

    /// Checks that at most `rows` rows were read; the error contains the measurement and the plan.
    pub fn at_most(&self, rows: u64) -> Result<(), String> {
        match &self.0 {
            Measured::Postgres(it) => it.at_most(rows),
            Measured::Sqlite(it) => it.at_most(rows),
        }
    }
}

/// Gathers the planner statistics of PostgreSQL, as autovacuum does in production. SQLite plans without statistics,
/// because no service runs ANALYZE.
pub async fn gather_statistics(database: &Database) -> Result<(), StorageError> {
    if let Database::Postgres(Pools { writers, .. }) = database {
        sqlx::query("VACUUM ANALYZE").execute(writers).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
