//! Whether changes can be stored: a database that answers reads may have a full disk, be read-only, or be a file that is not
//! there any more.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sqlx::{Connection as _, Pool, Postgres, Sqlite};
use telemetry::database::DescribeFailure as _;
use tokio::sync::Notify;

use crate::sqlite::beside;
use crate::{StorageError, acquire};

/// What is known about the changes of a process.
#[derive(Debug, Default)]
pub struct Writability {
    /// Why a change has failed, if others will fail for the same reason and none has succeeded since.
    refusal: Mutex<Option<&'static str>>,
    /// Told of the first change that fails for such a reason.
    first_refused: Notify,
    files: Vec<OpenedFile>,
}

impl Writability {
    /// Of the database in this file, which is open.
    pub(crate) fn of_file(path: &Path) -> std::io::Result<Self> {
        // SQLite keeps the last two while the database is open: changes are in the log until it is written back, and other
        // processes find the log by the index. It creates them beside the file itself, not beside a link to it.
        let real = std::fs::canonicalize(path)?;
        let paths = [path.to_owned(), beside(&real, "-wal"), beside(&real, "-shm")];
        let files = paths.iter().map(|it| OpenedFile::of(it)).collect::<std::io::Result<_>>()?;
        Ok(Self { files, ..Self::default() })
    }

    /// Notes that a change has failed.
    pub(crate) fn failed(&self, error: &StorageError) {
        if error.refuses_changes() && self.set(Some(error.failure().description)).is_none() {
            let error = platform::causes::chain(error);
            tracing::error!(
                error,
                "the database stores no changes; the process is not serving until it does"
            );
            self.first_refused.notify_one();
        }
    }

    /// Notes that changes are stored again. A commit is no sign of it: it may have nothing to store.
    fn succeeded(&self) {
        if self.set(None).is_some() {
            tracing::info!("the database stores changes again");
        }
    }

    /// Fails if SQLite would go on in a file that was deleted or replaced, alone or with its directory, in which nothing is
    /// found after a restart.
    pub(crate) fn check_file(&self) -> Result<(), StorageError> {
        if self.files.iter().all(OpenedFile::is_there) { Ok(()) } else { Err(StorageError::FileGone) }
    }

    /// Waits until a change fails for a reason that will let others fail, after one has succeeded. For one caller.
    pub(crate) async fn first_refused(&self) {
        self.first_refused.notified().await;
    }

    /// Fails with the reason for which changes of a SQLite file are not stored, as far as it is known. After a failure, one
    /// is tried.
    pub(crate) async fn of_sqlite(&self, writers: &Pool<Sqlite>) -> Result<(), &'static str> {
        if let Err(gone) = self.check_file() {
            self.failed(&gone);
            return Err(gone.failure().description);
        }
        if self.refusal().is_err() && takes_a_change(writers, LARGE_CHANGE).await.is_ok() {
            self.succeeded();
        }
        self.refusal()
    }

    /// Tries a change of a SQLite file that was opened, whose disk may be full.
    pub(crate) async fn try_sqlite(&self, writers: &Pool<Sqlite>) {
        if let Err(error) = takes_a_change(writers, SMALL_CHANGE).await {
            self.failed(&error.into());
        }
    }

    /// Fails with the reason for which changes of a PostgreSQL database are not stored, as far as it is known. After a
    /// failure, one is tried.
    pub(crate) async fn of_postgres(&self, writers: &Pool<Postgres>) -> Result<(), &'static str> {
        if self.refusal().is_err() && self.try_postgres(writers).await {
            self.succeeded();
        }
        self.refusal()
    }

    /// Tries a change of a PostgreSQL database, which may be read-only or full from the start on.
    pub(crate) async fn try_postgres(&self, writers: &Pool<Postgres>) -> bool {
        match takes_a_temporary_table(writers).await {
            Err(error) if error.is_unavailable() => {
                self.failed(&error);
                if error.is_read_only() {
                    // Sessions keep what was the default of their user or database when they began: new ones ask again.
                    while let Some(idle) = writers.try_acquire() {
                        drop(idle.detach());
                    }
                }
                false
            }
            // The user may have no right to temporary tables: then the next change tells.
            _ => true,
        }
    }

    fn refusal(&self) -> Result<(), &'static str> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Returns what it was before.
    fn set(&self, refusal: Option<&'static str>) -> Option<&'static str> {
        std::mem::replace(&mut self.refusal.lock().unwrap_or_else(PoisonError::into_inner), refusal)
    }
}

/// Bytes of a change that is tried after one has failed: as much as a large one has.
const LARGE_CHANGE: u32 = 256 * 1024;
/// Bytes of a change that is tried when a file was opened, which it makes no larger than the first changes do.
const SMALL_CHANGE: u32 = 8 * 1024;

/// Stores so many bytes for a moment.
async fn takes_a_change(writers: &Pool<Sqlite>, bytes: u32) -> Result<(), sqlx::Error> {
    let mut transaction = writers.begin_with("BEGIN IMMEDIATE").await?;
    let probe = format!(
        "CREATE TABLE ccm_space_probe AS SELECT randomblob({bytes}) AS bytes; DROP TABLE ccm_space_probe"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(probe)).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// Stores for a moment as much as a large change does, in a table that only this connection sees.
pub(crate) async fn takes_a_temporary_table(writers: &Pool<Postgres>) -> Result<(), StorageError> {
    let mut connection = acquire::connection(writers).await?;
    let probed = async {
        let mut transaction = connection.begin().await?;
        let probe = "CREATE TEMPORARY TABLE ccm_space_probe ON COMMIT DROP AS \
                     SELECT repeat(md5(n::text), 256) AS text FROM generate_series(1, 32) AS n";
        sqlx::raw_sql(probe).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    };
    let probed: Result<(), StorageError> = probed.await;
    if probed.as_ref().is_err_and(StorageError::is_read_only) {
        connection.close_on_drop();
    }
    probed
}

/// The file that was at a path when it was opened.
#[derive(Debug)]
struct OpenedFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl OpenedFile {
    fn of(path: &Path) -> std::io::Result<Self> {
        let file = std::fs::metadata(path)?;
        Ok(Self { path: path.to_owned(), device: file.dev(), inode: file.ino() })
    }

    fn is_there(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|it| (it.dev(), it.ino()) == (self.device, self.inode))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use crate::{Database, Migrations, Statement, Statements as _, StorageError, testing};

    const WORK: Statement = Statement {
        summary: "CREATE TABLE filled",
        sql: "CREATE TABLE filled AS SELECT randomblob(100000) AS bytes",
    };

    async fn change(database: &Database) -> Result<(), StorageError> {
        database.write(|on| Box::pin(on.execute(&WORK, []))).await
    }

    #[tokio::test]
    async fn a_file_that_is_full_is_not_healthy_until_there_is_room_again() {
        let fresh = testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let Database::Sqlite(pools) = &database else { panic!("not SQLite") };
        let health = database.health();
        sqlx::query("PRAGMA max_page_count = 1").execute(&pools.writers).await.unwrap();
        assert_eq!(health().await, Ok(()), "nothing has failed yet");
        let refused = database.changes_refused();
        assert!(refused().now_or_never().is_none(), "nothing has failed yet");
        change(&database).await.unwrap_err();
        assert!(refused().now_or_never().is_some(), "the health is checked at once");
        assert_eq!(health().await, Err("disk full"));
        // A commit that has nothing to store does not tell that others are stored.
        database.write(|_| Box::pin(async { Ok::<_, StorageError>(()) })).await.unwrap();
        assert_eq!(health().await, Err("disk full"));
        database.connection().await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1000").execute(&pools.writers).await.unwrap();
        assert_eq!(health().await, Ok(()));
        change(&database).await.unwrap();
    }

    #[tokio::test]
    async fn a_file_that_was_deleted_or_replaced_takes_no_changes() {
        let fresh = testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let (health, path) = (database.health(), fresh.url.strip_prefix("sqlite:").unwrap());
        assert_eq!(health().await, Ok(()));
        std::fs::rename(path, format!("{path}.moved")).unwrap();
        assert!(matches!(change(&database).await, Err(StorageError::FileGone)));
        assert_eq!(health().await, Err("its file was deleted or replaced"));
        std::fs::copy(format!("{path}.moved"), path).unwrap();
        assert!(matches!(change(&database).await, Err(StorageError::FileGone)));
        std::fs::rename(format!("{path}.moved"), path).unwrap();
        assert_eq!(health().await, Ok(()));
        change(&database).await.unwrap();
    }

    #[tokio::test]
    async fn a_directory_or_a_log_that_was_deleted_takes_no_changes() {
        for deleted in ["", "-wal", "-shm", "/"] {
            let directory = tempfile::tempdir().unwrap();
            let data = directory.path().join("data");
            std::fs::create_dir(&data).unwrap();
            let path = format!("{}/tasks.db", data.display());
            let database = Database::open(&format!("sqlite:{path}"), &Migrations::default()).await.unwrap();
            let health = database.health();
            assert_eq!(health().await, Ok(()));
            if deleted == "/" {
                std::fs::remove_dir_all(&data).unwrap();
            } else {
                std::fs::remove_file(format!("{path}{deleted}")).unwrap();
            }
            assert!(matches!(change(&database).await, Err(StorageError::FileGone)), "{deleted}");
            assert_eq!(health().await, Err("its file was deleted or replaced"), "{deleted}");
        }
    }

    #[tokio::test]
    async fn a_change_whose_file_is_deleted_meanwhile_is_not_acknowledged() {
        let fresh = testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let path = fresh.url.strip_prefix("sqlite:").unwrap().to_owned();
        let changed: Result<(), StorageError> = database
            .write(|on| {
                Box::pin(async move {
                    on.execute(&WORK, []).await?;
                    std::fs::remove_file(path).unwrap();
                    Ok(())
                })
            })
            .await;
        assert!(matches!(changed, Err(StorageError::OutcomeUnknown(_))), "{changed:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_is_read_only_is_not_healthy_until_it_takes_changes() {
        let fresh = testing::postgres().await;
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let Database::Postgres(pools) = &database else { panic!("not PostgreSQL") };
        let health = database.health();
        let set = async |value: &str| {
            // On every connection for writes.
            let mut all = Vec::new();
            for _ in 0..8 {
                all.push(pools.writers.acquire().await.unwrap());
            }
            for connection in &mut all {
                let text = format!("SET default_transaction_read_only = {value}");
                sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut **connection).await.unwrap();
            }
        };
        set("on").await;
        let change: Result<(), StorageError> =
            database
                .write(|on| {
                    Box::pin(on.execute(
                        &Statement { summary: "CREATE TABLE t", sql: "CREATE TABLE t (n INTEGER)" },
                        [],
                    ))
                })
                .await;
        assert!(change.unwrap_err().is_unavailable());
        assert_eq!(health().await, Err("database read-only"));
        set("off").await;
        assert_eq!(health().await, Ok(()));
    }
}
