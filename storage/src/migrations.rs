//! Schema migrations. Each crate provides its own, and a service combines them. Migrations are append-only: a released
//! migration is never changed, because its checksum is stored and compared at each start.

use std::path::Path;

use sqlx::migrate::{Migration as SqlxMigration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr as _, SqlitePool};

use crate::StorageError;

/// A schema migration for one of the two databases.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Position in the order of migrations; those of a service start at 1,000.
    pub version: i64,
    /// Short description.
    pub name: &'static str,
    /// SQL text, which may contain several statements.
    pub sql: &'static str,
}

/// The migrations of a schema, for both databases.
#[derive(Clone, Debug, Default)]
pub struct Migrations {
    /// Migrations for SQLite.
    pub sqlite: Vec<Migration>,
    /// Migrations for PostgreSQL.
    pub postgres: Vec<Migration>,
}

impl Migrations {
    /// Combines the migrations of several crates, in the order of their versions.
    #[must_use]
    pub fn of(all: &[&Self]) -> Self {
        let joined = |steps: fn(&Self) -> &Vec<Migration>| {
            let mut steps: Vec<Migration> = all.iter().flat_map(|it| steps(it).iter().copied()).collect();
            steps.sort_by_key(|it| it.version);
            steps
        };
        Self { sqlite: joined(|it| &it.sqlite), postgres: joined(|it| &it.postgres) }
    }

    pub(crate) async fn apply_to_postgres(&self, pool: &PgPool) -> Result<(), StorageError> {
        // sqlx holds an advisory lock while it migrates.
        migrator(&self.postgres).run(pool).await.map_err(StorageError::Migration)
    }

    /// Applies the missing migrations. `_lock` keeps other processes out: sqlx locks nothing here.
    pub(crate) async fn apply_to_sqlite(
        &self,
        writer: &SqlitePool,
        _lock: &SqliteLock,
    ) -> Result<(), StorageError> {
        migrator(&self.sqlite).run(writer).await.map_err(StorageError::Migration)
    }
}

/// A lock on a file beside a SQLite database, until dropped. It covers the first connection too: while another process
/// switches a new database to the write-ahead log, SQLite fails at once instead of waiting for its lock.
pub(crate) struct SqliteLock(#[expect(dead_code, reason = "locked while it is open")] std::fs::File);

impl SqliteLock {
    /// Waits for the lock.
    pub(crate) async fn of(file: &Path) -> Result<Self, StorageError> {
        let mut path = file.as_os_str().to_owned();
        path.push(".migration-lock");
        let locked = tokio::task::spawn_blocking(move || {
            let lock = std::fs::File::create(path)?;
            lock.lock().map(|()| lock)
        });
        let lock = locked.await.map_err(|_| StorageError::Interrupted)?;
        lock.map(Self).map_err(|error| StorageError::Unavailable(sqlx::Error::Io(error)))
    }
}

fn migrator(steps: &[Migration]) -> Migrator {
    let of = |it: &Migration| {
        SqlxMigration::new(it.version, it.name.into(), MigrationType::Simple, it.sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations(steps.iter().map(of).collect());
    // A replica of the previous release can start on the schema of the next one (docs/adr/0006).
    migrator.set_ignore_missing(true);
    migrator
}
