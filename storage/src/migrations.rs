//! Schema migrations. Each crate provides its own, and a service combines them. Migrations are append-only: a released
//! migration is never changed, because its checksum is stored and compared at each start.

use std::fs::TryLockError;
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::{MigrateError, Migration as SqlxMigration, MigrationType, Migrator};
use sqlx::{PgConnection, SqlSafeStr as _, SqliteConnection};

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

    /// Applies the missing migrations, and returns them. A user without the right to do so, or a server that is read-only, is
    /// enough for a schema in which nothing is missing: neither a lock is taken then, nor a table created.
    pub(crate) async fn apply_to_postgres(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Vec<Migration>, StorageError> {
        let migrator = migrator(&self.postgres);
        let missing = missing(&migrator, &applied_to_postgres(connection).await?)?;
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        // sqlx holds an advisory lock while it migrates.
        let Err(error) = migrator.run_direct(None, connection, false).await else {
            return Ok(self.postgres.iter().filter(|it| missing.contains(&it.version)).copied().collect());
        };
        let Some(why) = refusal(&error) else { return Err(migration_failed(error)) };
        // Another process may have applied them while this one waited for the lock.
        let missing = self::missing(&migrator, &applied_to_postgres(connection).await?)?;
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let missing = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Err(StorageError::NotMigrated { missing, why, error: Arc::new(error) })
    }

    /// Applies the missing migrations, and returns them. `_lock` keeps other processes out: sqlx locks nothing here.
    pub(crate) async fn apply_to_sqlite(
        &self,
        connection: &mut SqliteConnection,
        _lock: &SqliteLock,
    ) -> Result<Vec<Migration>, StorageError> {
        let migrator = migrator(&self.sqlite);
        let missing = missing(&migrator, &applied_to_sqlite(connection).await?)?;
        migrator.run_direct(None, connection, false).await.map_err(migration_failed)?;
        Ok(self.sqlite.iter().filter(|it| missing.contains(&it.version)).copied().collect())
    }

    /// The tables that the migrations for PostgreSQL create. None of them drops or renames one.
    pub(crate) fn tables_of_postgres(&self) -> Vec<&'static str> {
        const CREATE: &str = "CREATE TABLE ";
        let names = |sql: &'static str| {
            let after = sql.split(CREATE).skip(1);
            after.filter_map(|it| it.split(|it: char| !it.is_alphanumeric() && it != '_').next())
        };
        self.postgres.iter().flat_map(|it| names(it.sql)).collect()
    }

    /// The versions of the migrations that are missing, and of those that were applied and are not among these.
    pub(crate) async fn state_of_postgres(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(Vec<i64>, Vec<i64>), StorageError> {
        state(&self.postgres, &applied_to_postgres(connection).await?)
    }

    /// The same of a SQLite database.
    pub(crate) async fn state_of_sqlite(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(Vec<i64>, Vec<i64>), StorageError> {
        state(&self.sqlite, &applied_to_sqlite(connection).await?)
    }
}

fn state(steps: &[Migration], applied: &[Applied]) -> Result<(Vec<i64>, Vec<i64>), StorageError> {
    let missing = missing(&migrator(steps), applied)?;
    let is_known = |version: i64| steps.iter().any(|it| it.version == version);
    let mut unknown: Vec<i64> = applied.iter().map(|it| it.0).filter(|it| !is_known(*it)).collect();
    unknown.sort_unstable();
    Ok((missing, unknown))
}

/// A migration that was applied: its version, its checksum, and whether it was applied as a whole.
type Applied = (i64, Vec<u8>, bool);

/// Of the table that sqlx keeps.
const APPLIED: &str = "SELECT version, checksum, success FROM _sqlx_migrations";

async fn applied_to_postgres(connection: &mut PgConnection) -> Result<Vec<Applied>, StorageError> {
    match sqlx::query_as(APPLIED).persistent(false).fetch_all(connection).await {
        // No table of this name: nothing was applied.
        Err(sqlx::Error::Database(it)) if it.code().as_deref() == Some("42P01") => Ok(Vec::new()),
        Err(sqlx::Error::Database(it)) if it.code().as_deref() == Some("42501") => {
            Err(StorageError::Unsuitable(
                "its user has no right to read the table _sqlx_migrations, which tells what was migrated"
                    .to_owned(),
            ))
        }
        applied => applied.map_err(StorageError::from).map_err(StorageError::of_open),
    }
}

async fn applied_to_sqlite(connection: &mut SqliteConnection) -> Result<Vec<Applied>, StorageError> {
    const IS_THERE: &str = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let tables: i64 = sqlx::query_scalar(IS_THERE).fetch_one(&mut *connection).await.map_err(opening)?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    sqlx::query_as(APPLIED).fetch_all(connection).await.map_err(opening)
}

fn migration_failed(error: MigrateError) -> StorageError {
    StorageError::Migration(Arc::new(error))
}

fn opening(error: sqlx::Error) -> StorageError {
    StorageError::from(error).of_open()
}

/// Returns the versions that were not applied. Those that this version does not know are left alone (docs/adr/0006).
fn missing(migrator: &Migrator, applied: &[Applied]) -> Result<Vec<i64>, StorageError> {
    let mut missing = Vec::new();
    for step in migrator.iter() {
        match applied.iter().find(|it| it.0 == step.version) {
            None => missing.push(step.version),
            Some((version, _, false)) => return Err(migration_failed(MigrateError::Dirty(*version))),
            Some((version, checksum, true)) if **checksum != *step.checksum => {
                return Err(migration_failed(MigrateError::VersionMismatch(*version)));
            }
            Some(_) => {}
        }
    }
    Ok(missing)
}

/// Why PostgreSQL refuses to change the schema, whatever the change; `None` for other errors.
fn refusal(error: &MigrateError) -> Option<&'static str> {
    let (MigrateError::Execute(sqlx::Error::Database(it))
    | MigrateError::ExecuteMigration(sqlx::Error::Database(it), _)) = error
    else {
        return None;
    };
    match it.code()?.as_ref() {
        // Without the right to use any schema, there is none to create a table in.
        "42501" | "3F000" => {
            Some("its user has no right to apply them: run `ccm migrate` as the owner of the schema")
        }
        "25006" => Some("it is read-only: run `ccm migrate` where it takes changes"),
        _ => None,
    }
}

/// A lock on a file beside a SQLite database, until dropped. It covers the first connection too: while another process
/// switches a new database to the write-ahead log, SQLite fails at once instead of waiting for its lock.
pub(crate) struct SqliteLock(#[expect(dead_code, reason = "locked while it is open")] std::fs::File);

impl SqliteLock {
    /// Waits for the lock, and logs that it does.
    pub(crate) async fn of(file: &Path) -> Result<Self, StorageError> {
        let (database, mut path) = (file.display().to_string(), file.as_os_str().to_owned());
        path.push(".migration-lock");
        let locked = tokio::task::spawn_blocking(move || {
            let lock = std::fs::File::create(path)?;
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) => {
                    tracing::info!(
                        database,
                        "waiting until another process has opened or migrated the database"
                    );
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            lock.lock().map(|()| lock)
        });
        let lock = locked.await.map_err(|_| StorageError::Interrupted)?;
        lock.map(Self).map_err(StorageError::unavailable)
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
