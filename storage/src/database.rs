//! Opens and closes the database of a service.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use platform::url::without_password;
use sqlx::{Pool, Postgres, Sqlite};
use telemetry::database::{PoolUse, Target};

use crate::backend::Backend;
use crate::group_commit::GroupCommit;
use crate::reachability::Reachability;
use crate::writability::Writability;
use crate::{Commits, Migration, Migrations, StorageError, postgres, sqlite};

/// How long the last transactions may take when the database is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How many connections to PostgreSQL the pools have by default.
const CONNECTIONS: u32 = 16;

/// Where a database is, and how it is used.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` (created if missing) or `postgres://…`.
    pub url: String,
    /// Maximum number of connections of the pools to PostgreSQL, at least two, half of them for writes.
    pub connections: u32,
}

impl From<&str> for DatabaseConfig {
    fn from(url: &str) -> Self {
        Self { url: url.to_owned(), connections: CONNECTIONS }
    }
}

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
    pub(crate) writability: Arc<Writability>,
    /// Changes that wait for the writer of SQLite.
    pub(crate) group_commit: Arc<GroupCommit>,
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
        Self::of((writers, write_use), (readers, read_use), target, commits)
    }

    /// Uses one pool for reads and writes.
    #[must_use]
    pub fn single(pool: Pool<DB>, commits: Commits) -> Self {
        let target = Arc::new(DB::target(&pool));
        let of_both = observed(&pool, &target, "single");
        Self::of((pool.clone(), of_both.clone()), (pool, of_both), target, commits)
    }

    fn of(
        (writers, write_use): (Pool<DB>, Arc<PoolUse>),
        (readers, read_use): (Pool<DB>, Arc<PoolUse>),
        target: Arc<Target>,
        commits: Commits,
    ) -> Self {
        Self {
            writers,
            readers,
            commits,
            target,
            reachability: Reachability::default(),
            writability: Arc::default(),
            group_commit: Arc::default(),
            write_use,
            read_use,
        }
    }

    /// Returns why a pool of this database gave no connection: a server that cannot be reached, or a timeout because all
    /// connections are in use.
    pub async fn explain(&self, pool: &Pool<DB>, error: sqlx::Error) -> StorageError {
        DB::acquire_failed(pool, &self.reachability, error).await
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
            writability: self.writability.clone(),
            group_commit: self.group_commit.clone(),
            write_use: self.write_use.clone(),
            read_use: self.read_use.clone(),
        }
    }
}

impl Database {
    /// [`Database::open_with`] the default number of connections.
    pub async fn open(url: &str, migrations: &Migrations) -> Result<Self, StorageError> {
        let config = DatabaseConfig::from(url);
        Self::open_with(&config, migrations).await
    }

    /// Opens a database and applies the missing migrations. Replicas may do this at the same time. Where none is missing, a
    /// user with the rights to read and change rows is enough.
    pub async fn open_with(config: &DatabaseConfig, migrations: &Migrations) -> Result<Self, StorageError> {
        let url = config.url.as_str();
        match url.split_once(':') {
            Some(("sqlite", _)) => sqlite::open(url, migrations).await,
            Some(("postgres" | "postgresql", _)) => postgres::open(url, migrations, config.connections).await,
            _ => Err(StorageError::Url(without_password(url))),
        }
    }

    /// Applies the missing migrations, and returns them. This needs the rights of the owner of the schema.
    pub async fn migrate(
        config: &DatabaseConfig,
        migrations: &Migrations,
    ) -> Result<Vec<Migration>, StorageError> {
        let url = config.url.as_str();
        match url.split_once(':') {
            Some(("sqlite", _)) => sqlite::migrate(url, migrations).await,
            Some(("postgres" | "postgresql", _)) => postgres::migrate(url, migrations).await,
            _ => Err(StorageError::Url(without_password(url))),
        }
    }

    /// Returns a health check, which tests whether the database responds within a second, and whether it stores changes after
    /// one has failed. It fails with the reason, in the same words as the error of a request.
    pub fn health(&self) -> impl Fn() -> BoxFuture<Result<(), &'static str>> + Send + Sync + 'static {
        let database = self.clone();
        move || {
            let database = database.clone();
            Box::pin(async move { crate::health::check(&database).await })
        }
    }

    /// Returns what waits until a change fails for a reason that will let others fail: then, the health has changed. For one
    /// caller at a time.
    pub fn changes_refused(&self) -> impl Fn() -> BoxFuture<()> + Send + Sync + 'static {
        let writability = match self {
            Self::Sqlite(pools) => pools.writability.clone(),
            Self::Postgres(pools) => pools.writability.clone(),
        };
        move || {
            let writability = writability.clone();
            Box::pin(async move { writability.first_refused().await })
        }
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
}
