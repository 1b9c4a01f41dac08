//! How much a statement reads, from what the databases themselves say of it: a list that is fast on ten rows and walks
//! over a hundred thousand is found by its plan, not by a clock.

mod postgres;
mod sqlite;

use crate::{Database, Pools, Statement, StorageError, Value};

/// What one run of a statement read. Writing statements are rolled back.
#[derive(Debug)]
pub struct Reading(Measured);

#[derive(Debug)]
enum Measured {
    Postgres(postgres::Reading),
    Sqlite(sqlite::Reading),
}

impl Reading {
    /// What `statement` reads with these values.
    ///
    /// PostgreSQL runs it twice, with the plan made for these values and with the one made for any, since it may take
    /// either for a statement that is prepared; the worse one counts. `EXPLAIN ANALYZE` tells the rows of each access to
    /// a table or an index, those that a filter has dropped too, and the blocks touched: a condition on a column in the
    /// middle of an index drops entries that no count of rows shows.
    ///
    /// SQLite counts no rows. `EXPLAIN QUERY PLAN` has to show that every access to a table goes by an index and that
    /// nothing is sorted but what a subquery has answered (where LIMIT has cut it). And its virtual machine's
    /// instructions are counted, of which a row that is looked at costs at least three, whatever becomes of it.
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

    /// Whether no more than this many rows were read; the error says what was read instead, and by which plan.
    pub fn at_most(&self, rows: u64) -> Result<(), String> {
        match &self.0 {
            Measured::Postgres(it) => it.at_most(rows),
            Measured::Sqlite(it) => it.at_most(rows),
        }
    }
}

/// Gives PostgreSQL the statistics that autovacuum gives it in time. SQLite plans without: no service runs its ANALYZE.
pub async fn gather_statistics(database: &Database) -> Result<(), StorageError> {
    if let Database::Postgres(Pools { writers, .. }) = database {
        sqlx::query("VACUUM ANALYZE").execute(writers).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
