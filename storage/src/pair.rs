//! Changes of two statements whose values are known before they begin. On PostgreSQL, they are one statement, which commits
//! itself: one round trip to the server instead of four.

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use telemetry::database::{self as spans, Statement};
use telemetry::span::in_current_context;

use crate::connection::{Again, Use, acquire_from, noted};
use crate::{Committed, Database, Pools, Statements as _, StorageError, Value};

/// Two statements, each of which inserts a row with an id that is new, so that the same change cannot be made twice.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// The statement that runs first.
    pub first: Statement,
    /// The statement that runs second.
    pub second: Statement,
    /// Both as one statement for PostgreSQL, where the placeholders of the second follow those of the first.
    pub joined: Statement,
}

impl Database {
    /// Runs both statements, or neither. `after` is called after the commit, also if its outcome is unknown. The change is made even
    /// if the returned future is dropped.
    ///
    /// # Errors
    /// [`StorageError::OutcomeUnknown`] if the connection was lost, and no other one could tell what has become of the change.
    pub async fn write_pair(
        &self,
        pair: &'static Pair,
        (first, second): (Vec<Value>, Vec<Value>),
        after: impl FnOnce(Committed) + Send + 'static,
    ) -> Result<(), StorageError> {
        let Self::Postgres(pools) = self else {
            return self
                .write(move |on| {
                    Box::pin(async move {
                        on.execute(&pair.first, first).await?;
                        on.execute(&pair.second, second).await?;
                        on.after_commit(after);
                        Ok(())
                    })
                })
                .await;
        };
        let (pools, values) = (pools.clone(), first.into_iter().chain(second).collect::<Vec<_>>());
        let change = async move {
            let outcome = write_joined(&pools, &pair.joined, &values).await;
            match &outcome {
                Ok(()) => after(Committed::Known),
                Err(StorageError::OutcomeUnknown(_)) => after(Committed::Unknown),
                Err(_) => {}
            }
            // Also after an error: the change may be in the database.
            pools.commits.notify();
            noted(Some(pools.writability.clone()), outcome)
        };
        tokio::spawn(in_current_context(change)).await.unwrap_or(Err(StorageError::Interrupted))
    }
}

/// Runs a statement that commits itself. If the connection was lost, it runs once more on another one: it fails there because of
/// the ids of its rows if it had been committed.
async fn write_joined(
    pools: &Pools<Postgres>,
    statement: &Statement,
    values: &[Value],
) -> Result<(), StorageError> {
    let connection = acquire_from(pools, Use::Write).await?;
    let first = execute(pools, connection, statement, values).await;
    let Err(lost) = first else { return Ok(()) };
    if !lost.is_lost_connection() {
        return Err(lost);
    }
    // Boxed, because it is large and rare.
    let again = Box::pin(async {
        let another = Again::of(pools, Use::Write).acquire(&pools.target).await?;
        execute(pools, another, statement, values).await
    });
    match again.await {
        Err(error) if error.is_unique_violation() => Ok(()),
        // What the server itself has ended has changed nothing.
        Err(error) if lost.is_told_by_server() => Err(error.of_commit_of_its_own()),
        Err(_) => Err(lost.of_commit_of_its_own()),
        Ok(()) => Ok(()),
    }
}

async fn execute(
    pools: &Pools<Postgres>,
    mut connection: PoolConnection<Postgres>,
    statement: &Statement,
    values: &[Value],
) -> Result<(), StorageError> {
    let query = values.iter().fold(sqlx::query::<Postgres>(statement.sql), Query::bind);
    let call = async {
        query.execute(&mut *connection).await?;
        Ok(())
    };
    spans::statement(&pools.target, statement, call).await
}

#[cfg(test)]
mod tests;
