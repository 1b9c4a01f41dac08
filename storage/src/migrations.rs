//! The schema: what this crate needs, then what a service adds. Append-only: a migration that has landed is never
//! changed (its checksum is stored and compared).

use std::path::Path;

use sqlx::migrate::{Migration as SqlxMigration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr as _, SqlitePool};

use crate::StorageError;

/// One step of the schema, of one database.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its place in the order; a service's begin at 1,000.
    pub version: i64,
    /// What it does, in a word.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

macro_rules! steps {
    ($database:literal, $($version:literal $name:literal $file:literal),* $(,)?) => {
        [$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../migrations/", $database, "/", $file)),
        }),*]
    };
    ($database:literal) => {
        steps!(
            $database,
            1 "event_log" "0001_event_log.sql",
            2 "request_keys" "0002_request_keys.sql",
            3 "event_positions" "0003_event_positions.sql",
            4 "event_trimming" "0004_event_trimming.sql",
        )
    };
}

const SQLITE: [Migration; 4] = steps!("sqlite");
const POSTGRES: [Migration; 4] = steps!("postgres");

/// The steps of a service's schema, for both databases.
#[derive(Clone, Debug)]
pub struct Migrations {
    sqlite: Vec<Migration>,
    postgres: Vec<Migration>,
}

impl Migrations {
    /// The event log's steps, then the service's own.
    #[must_use]
    pub fn event_log_and(sqlite: &[Migration], postgres: &[Migration]) -> Self {
        Self { sqlite: [&SQLITE, sqlite].concat(), postgres: [&POSTGRES, postgres].concat() }
    }

    pub(crate) async fn apply_to_postgres(&self, pool: &PgPool) -> Result<(), StorageError> {
        // sqlx holds an advisory lock meanwhile.
        migrator(&self.postgres).run(pool).await.map_err(StorageError::Migration)
    }

    pub(crate) async fn apply_to_sqlite(&self, writer: &SqlitePool, file: &Path) -> Result<(), StorageError> {
        // sqlx locks nothing here: a lock file beside the database does.
        let mut path = file.as_os_str().to_owned();
        path.push(".migration-lock");
        let locked = tokio::task::spawn_blocking(move || {
            let lock = std::fs::File::create(path)?;
            lock.lock().map(|()| lock)
        });
        let lock = locked.await.map_err(|_| StorageError::Interrupted)?;
        let lock = lock.map_err(|error| StorageError::Unavailable(sqlx::Error::Io(error)))?;
        let applied = migrator(&self.sqlite).run(writer).await.map_err(StorageError::Migration);
        drop(lock);
        applied
    }
}

fn migrator(steps: &[Migration]) -> Migrator {
    let of = |it: &Migration| {
        SqlxMigration::new(it.version, it.name.into(), MigrationType::Simple, it.sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations(steps.iter().map(of).collect());
    // A replica of the version before starts on the schema of the one after: docs/adr/0006.
    migrator.set_ignore_missing(true);
    migrator
}
