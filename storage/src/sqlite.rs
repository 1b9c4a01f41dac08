//! Opens a SQLite file.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use platform::url::without_password;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::acquire::ACQUIRE_TIMEOUT;
use crate::migrations::SqliteLock;
use crate::writability::Writability;
use crate::{Commits, Database, Migration, Migrations, Pools, StorageError, integrity, wal};

mod examination;
mod permissions;

pub(crate) use examination::examine;
pub(crate) use permissions::beside;

const READERS: u32 = 4;
/// How many rows the thread of a reader reads ahead: a page of the default size, and the row that tells of the next page, without
/// waiting for the task that takes them.
const ROWS_AHEAD: usize = 64;
/// How long migrations wait for the write lock.
const MIGRATION_TIMEOUT: Duration = Duration::from_hours(1);

/// Opens the file of a `sqlite:` URL, which is created if it is missing.
pub(crate) async fn open(url: &str, migrations: &Migrations) -> Result<Database, StorageError> {
    let file = file_of(url)?;
    let lock = lock(&file).await?;
    // Before anything is written to it.
    integrity::check_at_start(&file).await?;
    let options = options(&file);
    apply(&options, migrations, &lock).await?;
    let writers = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // If the disk is full, SQLite rolls a transaction back by itself. sqlx does not notice and would treat the
        // connection as within a transaction forever, so such a connection is replaced.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_with(options.clone())
        .await
        .map_err(StorageError::unavailable)?;
    drop(lock);
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.create_if_missing(false).read_only(true).row_buffer_size(ROWS_AHEAD))
        .await
        .map_err(StorageError::unavailable)?;
    let writability = Writability::of_file(&file);
    let writability = writability.map_err(StorageError::unavailable)?;
    writability.try_sqlite(&writers).await;
    tokio::spawn(wal::keep_small(writers.clone(), file, wal::MAX_BYTES));
    let pools = Pools::new(writers, readers, Commits::default());
    Ok(Database::Sqlite(Pools { writability: Arc::new(writability), ..pools }))
}

/// Applies the missing migrations, and returns them.
pub(crate) async fn migrate(url: &str, migrations: &Migrations) -> Result<Vec<Migration>, StorageError> {
    let file = file_of(url)?;
    let lock = lock(&file).await?;
    integrity::check_at_start(&file).await?;
    apply(&options(&file), migrations, &lock).await
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Acknowledged changes survive a power failure.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(ACQUIRE_TIMEOUT)
        .foreign_keys(true)
        .disable_statement_logging()
}

async fn apply(
    options: &SqliteConnectOptions,
    migrations: &Migrations,
    lock: &SqliteLock,
) -> Result<Vec<Migration>, StorageError> {
    // Another process may be in a long transaction: the migrations wait for it.
    let patient = options.clone().busy_timeout(MIGRATION_TIMEOUT);
    let mut connection = patient.connect().await.map_err(StorageError::unavailable)?;
    let applied = migrations.apply_to_sqlite(&mut connection, lock).await;
    let closed = connection.close().await;
    let applied = applied?;
    closed.map_err(StorageError::unavailable)?;
    Ok(applied)
}

/// Creates the file if it is missing, and waits until no other process opens or migrates it.
async fn lock(file: &Path) -> Result<SqliteLock, StorageError> {
    permissions::check(file)?;
    make_private(file).map_err(StorageError::unavailable)?;
    SqliteLock::of(file).await
}

fn file_of(url: &str) -> Result<PathBuf, StorageError> {
    sqlite_file(url).ok_or_else(|| StorageError::Url(without_password(url)))
}

/// Returns the path in a `sqlite:` URL, which may contain any characters. In-memory databases are rejected, because they
/// would lose acknowledged changes.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// Creates the database file with mode 0600; SQLite gives its other files the same mode.
fn make_private(file: &Path) -> std::io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Statement, Statements as _};

    /// Without it, each statement with a LIMIT is parsed and planned again each time (.cargo/config.toml).
    #[tokio::test]
    async fn sqlite_plans_a_statement_once() {
        const OPTION: Statement = Statement {
            summary: "SELECT",
            sql: "SELECT compile_options FROM pragma_compile_options WHERE compile_options = 'ENABLE_QPSG'",
        };
        let fresh = crate::testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let found: Option<(String,)> =
            database.connection().await.unwrap().fetch_optional(&OPTION, []).await.unwrap();
        assert!(found.is_some(), "SQLite was compiled without the flag of .cargo/config.toml");
    }

    /// A statement of another process may hold the lock for longer than requests wait.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_migration_waits_for_a_long_transaction_of_another_process() {
        let fresh = crate::testing::sqlite();
        let first =
            Migrations { sqlite: vec![table(1, "CREATE TABLE a (n INTEGER)")], ..Migrations::default() };
        let both = Migrations {
            sqlite: vec![
                table(1, "CREATE TABLE a (n INTEGER)"),
                table(2, "CREATE TABLE b AS SELECT max(n) AS n FROM a"),
            ],
            ..Migrations::default()
        };
        migrate(&fresh.url, &first).await.unwrap();
        let file = sqlite_file(&fresh.url).unwrap();
        let mut other = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE; INSERT INTO a VALUES (7)").execute(&mut other).await.unwrap();
        let ends = async {
            tokio::time::sleep(ACQUIRE_TIMEOUT + Duration::from_secs(1)).await;
            sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
        };
        let (migrated, ()) = tokio::join!(migrate(&fresh.url, &both), ends);
        assert_eq!(migrated.unwrap().iter().map(|it| it.version).collect::<Vec<_>>(), [2]);
        let (seen,): (i64,) = sqlx::query_as("SELECT n FROM b").fetch_one(&mut other).await.unwrap();
        assert_eq!(seen, 7, "it ran after the transaction that it waited for");
    }

    fn table(version: i64, sql: &'static str) -> Migration {
        Migration { version, name: "table", sql }
    }

    #[tokio::test]
    async fn a_file_may_have_any_name() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("100%41 ? #1.db");
        let none = Migrations::default();
        Database::open(&format!("sqlite:{}", file.display()), &none).await.unwrap();
        assert!(file.exists());
    }

    #[tokio::test]
    async fn a_file_may_be_reached_by_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let (link, place) = (directory.path().join("link.db"), directory.path().join("place"));
        std::fs::create_dir(&place).unwrap();
        std::os::unix::fs::symlink(place.join("tasks.db"), &link).unwrap();
        let (url, none) = (format!("sqlite:{}", link.display()), Migrations::default());
        let database = Database::open(&url, &none).await.unwrap();
        assert_eq!(database.health()().await, Ok(()));
        assert!(place.join("tasks.db-wal").exists());
        std::fs::remove_file(place.join("tasks.db-wal")).unwrap();
        assert_eq!(
            database.health()().await,
            Err("its file was deleted or replaced"),
            "what is in the log is lost"
        );
    }

    #[tokio::test]
    async fn a_new_file_is_accessible_to_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let fresh = crate::testing::sqlite();
        Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let path = fresh.url.strip_prefix("sqlite:").unwrap();
        for file in [path.to_owned(), format!("{path}-wal")] {
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_opened_is_an_error_not_a_panic() {
        let none = Migrations::default();
        let opened = Database::open("sqlite:/nonexistent/directory/tasks.db", &none).await;
        assert!(matches!(opened, Err(StorageError::Unavailable(_))));
    }
}
