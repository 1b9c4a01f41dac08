//! Removing rows that were marked as deleted long ago.

use platform::clock::Micros;
use storage::{Database, Statement, Statements as _, StorageError, System};
use uuid::Uuid;

/// The statements of one table that remove the rows deleted before `$1`, at most `$2`, and return their ids.
#[derive(Clone, Copy, Debug)]
pub struct Purge {
    /// For SQLite, which has one writer.
    pub sqlite: Statement,
    /// For PostgreSQL. It locks the rows first: if another replica purges the same rows, it waits and removes others, so a
    /// result without rows means that none are left.
    pub postgres: Statement,
}

impl Purge {
    /// Removes at most `limit` rows that were deleted before that time, and returns their ids.
    pub async fn run(
        self,
        database: &Database,
        before: Micros,
        limit: i64,
    ) -> Result<Vec<Uuid>, StorageError> {
        database
            .write(move |on| {
                Box::pin(async move {
                    let statement = if on.system() == System::Sqlite { &self.sqlite } else { &self.postgres };
                    let purged: Vec<(Uuid,)> =
                        on.fetch_all(statement, [before.0.into(), limit.into()]).await?;
                    Ok(purged.into_iter().map(|it| it.0).collect())
                })
            })
            .await
    }
}
