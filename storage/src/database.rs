//! Opens and closes the database of a service.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Pool, Postgres, Sqlite};
use telemetry::database::{PoolUse, Target};

use crate::backend::Backend;
use crate::migrations::SqliteLock;
use crate::reachability::Reachability;
use crate::{Commits, Migrations, StorageError, wal};

/// Timeout for getting a connection from a pool, and for the write lock of SQLite.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the last transactions may take when the database is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_WRITERS: u32 = 8;
const POSTGRES_READERS: u32 = 8;

/// The database of a service. Clones share its connections.
#[derive(Clone, Debug)]
pub enum Database {
    /// A SQLite file, used by one process. There is one writer at a time; readers do not wait for it (write-ahead log).
    Sqlite(Pools<Sqlite>),
    /// A PostgreSQL database, shared by the replicas of the service.
    Postgres(Pools<Postgres>),
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The connection pools of a process for one database.
#[derive(Debug)]
pub struct Pools<DB: sqlx::Database> {
    /// Connections for writes.
    pub writers: Pool<DB>,
    /// Connections for reads; on PostgreSQL, with planner settings for lists (docs/adr/0016).
    pub readers: Pool<DB>,
    /// Notifications about commits of this process.
    pub commits: Commits,
    pub(crate) target: Arc<Target>,
    pub(crate) reachability: Reachability,
    /// The metrics of the pools.
    pub(crate) write_use: Arc<PoolUse>,
    pub(crate) read_use: Arc<PoolUse>,
}

impl<DB: Backend> Pools<DB> {
    /// Combines two pools of the same database.
    #[must_use]
    pub fn new(writers: Pool<DB>, readers: Pool<DB>, commits: Commits) -> Self {
        let target = Arc::new(DB::target(&writers));
        let write_use = observed(&writers, &target, "write");
        let read_use = observed(&readers, &target, "read");
        Self { writers, readers, commits, target, reachability: Reachability::default(), write_use, read_use }
    }

    /// Returns why a pool of this database gave no connection: a server that cannot be reached, or a timeout because all
    /// connections are in use.
    pub async fn explain(&self, pool: &Pool<DB>, error: sqlx::Error) -> StorageError {
        DB::acquire_failed(pool, &self.reachability, error).await
    }

    /// Uses one pool for reads and writes.
    #[must_use]
    pub fn single(pool: Pool<DB>, commits: Commits) -> Self {
        let target = Arc::new(DB::target(&pool));
        let read_use = observed(&pool, &target, "single");
        let (readers, reachability, write_use) = (pool.clone(), Reachability::default(), read_use.clone());
        Self { writers: pool, readers, commits, target, reachability, write_use, read_use }
    }
}

/// Observes a pool under the name of its database and its purpose.
fn observed<DB: Backend>(pool: &Pool<DB>, target: &Target, purpose: &str) -> Arc<PoolUse> {
    let (name, max) = (format!("{}/{purpose}", target.namespace), pool.options().get_max_connections());
    let pool = pool.clone();
    Arc::new(PoolUse::observe(name, max, move || (u64::from(pool.size()), pool.num_idle() as u64)))
}

impl<DB: sqlx::Database> Clone for Pools<DB> {
    fn clone(&self) -> Self {
        Self {
            writers: self.writers.clone(),
            readers: self.readers.clone(),
            commits: self.commits.clone(),
            target: self.target.clone(),
            reachability: self.reachability.clone(),
            write_use: self.write_use.clone(),
            read_use: self.read_use.clone(),
        }
    }
}

impl Database {
    /// Opens `sqlite:PATH` (created if missing) or `postgres://…`, and applies the missing migrations. Replicas may do
    /// this at the same time.
    pub async fn open(url: &str, migrations: &Migrations) -> Result<Self, StorageError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => open_sqlite(url, migrations).await,
            Some(("postgres" | "postgresql", _)) => open_postgres(url, migrations).await,
            _ => Err(StorageError::Url(without_password(url))),
        }
    }

    /// Returns a health check, which tests whether the database responds within a second.
    pub fn health(&self) -> impl Fn() -> BoxFuture<bool> + Send + Sync + 'static {
        let database = self.clone();
        move || {
            let database = database.clone();
            Box::pin(async move { database.is_healthy().await })
        }
    }

    async fn is_healthy(&self) -> bool {
        let asked = async {
            match self {
                Self::Sqlite(pools) => sqlx::query("SELECT 1").execute(&pools.readers).await.is_ok(),
                Self::Postgres(pools) => sqlx::query("SELECT 1").execute(&pools.readers).await.is_ok(),
            }
        };
        tokio::time::timeout(Duration::from_secs(1), asked).await.unwrap_or(false)
    }

    /// Closes the connections once they are idle, for at most five seconds. SQLite writes its write-ahead log back to the
    /// database file.
    pub async fn close(self) {
        let closed = async {
            match self {
                Self::Sqlite(pools) => pools.close().await,
                Self::Postgres(pools) => pools.close().await,
            }
        };
        if tokio::time::timeout(CLOSE_TIMEOUT, closed).await.is_err() {
            tracing::warn!(
                seconds = CLOSE_TIMEOUT.as_secs(),
                "the database connections did not close in time"
            );
        }
    }
}

impl<DB: sqlx::Database> Pools<DB> {
    async fn close(self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

async fn open_sqlite(url: &str, migrations: &Migrations) -> Result<Database, StorageError> {
    let file = sqlite_file(url).ok_or_else(|| StorageError::Url(url.to_owned()))?;
    make_private(&file).map_err(|error| StorageError::Unavailable(sqlx::Error::Io(error)))?;
    let lock = SqliteLock::of(&file).await?;
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Acknowledged changes survive a power failure.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(ACQUIRE_TIMEOUT)
        .foreign_keys(true)
        .disable_statement_logging();
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
        .map_err(StorageError::Unavailable)?;
    migrations.apply_to_sqlite(&writers, &lock).await?;
    drop(lock);
    let readers = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.create_if_missing(false).read_only(true))
        .await
        .map_err(StorageError::Unavailable)?;
    tokio::spawn(wal::keep_small(writers.clone(), file, wal::MAX_BYTES));
    Ok(Database::Sqlite(Pools::new(writers, readers, Commits::default())))
}

/// Returns the path in a `sqlite:` URL, which may contain any characters. In-memory databases are rejected, because they
/// would lose acknowledged changes.
fn sqlite_file(url: &str) -> Option<PathBuf> {
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

async fn open_postgres(url: &str, migrations: &Migrations) -> Result<Database, StorageError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| StorageError::Url(without_password(url)))?
        // A process that is suspended or disconnected within a transaction keeps its locks. Others stop waiting after
        // three seconds, and the server ends sessions that are idle in a transaction or unreachable.
        .options([("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "60s")])
        .options([
            ("tcp_user_timeout", "15s"),
            ("tcp_keepalives_idle", "15s"),
            ("tcp_keepalives_interval", "5s"),
        ])
        .disable_statement_logging();
    let pool =
        |connections| PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
    let writers = match pool(POSTGRES_WRITERS).connect_with(options.clone()).await {
        Ok(writers) => writers,
        Err(error) => return Err(Reachability::default().explain(error, &options).await.of_open()),
    };
    migrations.apply_to_postgres(&writers).await?;
    // These settings make the planner read a list in index order until the page is full (docs/adr/0016).
    let lists = options.options([("enable_bitmapscan", "off"), ("enable_sort", "off"), ("jit", "off")]);
    let readers = pool(POSTGRES_READERS).connect_with(lists).await.map_err(StorageError::Unavailable)?;
    Ok(Database::Postgres(Pools::new(writers, readers, Commits::default())))
}

/// Removes user and password from a URL, for error messages.
fn without_password(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((before, host)) => match before.split_once("://") {
            Some((scheme, _)) => format!("{scheme}://…@{host}"),
            None => format!("…@{host}"),
        },
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Statements as _;

    #[tokio::test]
    async fn an_invalid_url_is_shown_without_its_password() {
        let none = Migrations::default();
        for url in ["mysql://ada:secret@host/db", "tasks.db", "", "sqlite:", "sqlite::memory:"] {
            let error = Database::open(url, &none).await.unwrap_err().to_string();
            assert!(error.contains("is not a database URL") && !error.contains("secret"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_file_may_have_any_name() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("100%41 ? #1.db");
        let none = Migrations::default();
        Database::open(&format!("sqlite:{}", file.display()), &none).await.unwrap();
        assert!(file.exists());
    }

    const fn statement(sql: &'static str) -> crate::Statement {
        crate::Statement { summary: "TEST test", sql }
    }

    #[tokio::test]
    async fn a_full_disk_makes_the_database_unavailable() {
        const FILL: crate::Statement = statement("CREATE TABLE filled AS SELECT randomblob(100000) AS bytes");
        let fresh = crate::testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let Database::Sqlite(pools) = &database else { panic!("not SQLite") };
        sqlx::query("PRAGMA max_page_count = 1").execute(&pools.writers).await.unwrap();
        let full: Result<(), StorageError> = database.write(|on| Box::pin(on.execute(&FILL, []))).await;
        assert!(matches!(full, Err(StorageError::Unavailable(_))), "{full:?}");
    }

    #[tokio::test]
    async fn writes_succeed_after_sqlite_rolled_a_transaction_back_by_itself() {
        // SQLite does this if the disk is full or fails; sqlx does not notice.
        const END: crate::Statement = statement("ROLLBACK");
        const FAIL: crate::Statement = statement("SELECT 1 FROM nothing_of_this_name");
        const WORK: crate::Statement = statement("CREATE TABLE worked (id INTEGER)");
        let fresh = crate::testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let ended: Result<(), StorageError> = database
            .write(|on| {
                Box::pin(async move {
                    on.execute(&END, []).await?;
                    on.execute(&FAIL, []).await
                })
            })
            .await;
        ended.unwrap_err();
        let worked: Result<(), StorageError> = database.write(|on| Box::pin(on.execute(&WORK, []))).await;
        worked.unwrap();
    }

    #[tokio::test]
    async fn what_is_to_be_done_after_the_commit_is_done_once_and_never_after_a_rollback() {
        let fresh = crate::testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        for outcome in [Ok(1), Err(StorageError::Interrupted), Ok(2)] {
            let tell = tell.clone();
            let written: Result<i32, StorageError> = database
                .write(move |on| {
                    Box::pin(async move {
                        on.after_commit(move |committed| tell.send(committed).unwrap());
                        outcome
                    })
                })
                .await;
            // It is done before the write is answered.
            assert_eq!(
                told.try_iter().collect::<Vec<_>>(),
                [crate::Committed::Known][..usize::from(written.is_ok())]
            );
        }
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
