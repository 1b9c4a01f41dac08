//! Backups of SQLite databases: one whole file, made beside the process that writes. What a backup makes is a new file, which is
//! on the disk when it has its name.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use sqlx::Connection as _;

use crate::{StorageError, integrity};

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file where one would be made.
    #[error("{} exists, and nothing is overwritten: choose another name or move it away", .0.display())]
    Exists(PathBuf),
    /// The database to read is not there.
    #[error("there is no database {}", .0.display())]
    Missing(PathBuf),
    /// A file cannot be written.
    #[error("cannot write {}", .0.display())]
    Write(PathBuf, #[source] std::io::Error),
    /// The database cannot be read, or not written to the file.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A whole copy of a database that does not have its name yet. It is removed when this is dropped.
#[derive(Debug)]
pub struct Copied {
    partial: PathBuf,
    to: PathBuf,
}

impl Drop for Copied {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.partial);
    }
}

impl Copied {
    /// Copies the database in the file `from`, as of one moment, beside `to`. A process that writes to it is not kept waiting:
    /// SQLite's readers do not block its writers. The copy has mode 0600, no free pages and no write-ahead log, and was checked.
    pub async fn of(from: &Path, to: &Path) -> Result<Self, BackupError> {
        if !from.is_file() {
            return Err(BackupError::Missing(from.to_owned()));
        }
        // A log of the file that was there before would be taken for one of the new file.
        for name in ["", "-wal", "-shm", "-journal"].map(|it| with_suffix(to, it)) {
            if name.symlink_metadata().is_ok() {
                return Err(BackupError::Exists(name));
            }
        }
        let partial = with_suffix(to, &format!(".{}.partial", std::process::id()));
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial);
        written.map_err(|error| BackupError::Write(partial.clone(), error))?;
        let copied = Self { partial, to: to.to_owned() };
        copied.fill(from).await?;
        integrity::check_all(&copied.partial).await?;
        Ok(copied)
    }

    /// SQLite takes the empty file, and writes without waiting for the disk.
    async fn fill(&self, from: &Path) -> Result<(), StorageError> {
        let failed = |error| integrity::failure(from, error);
        // SQLite takes a copy for a change, so the connection is none that only reads.
        let mut connection = integrity::tidy(from).await.map_err(failed)?;
        let into = sqlx::query("VACUUM INTO ?").bind(self.partial.to_string_lossy().into_owned());
        let copied = into.execute(&mut connection).await;
        connection.close().await.map_err(failed)?;
        copied.map(drop).map_err(failed)
    }

    /// The copy, which may still be changed.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Gives the copy its name, once it is on the disk. Returns its size in bytes.
    pub fn finish(self) -> Result<u64, BackupError> {
        let finished = || {
            let file = File::open(&self.partial)?;
            file.sync_all()?;
            // Unlike a rename, a link does not replace what is there.
            std::fs::hard_link(&self.partial, &self.to)?;
            let directory = self.to.parent().filter(|it| !it.as_os_str().is_empty());
            File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(file.metadata()?.len())
        };
        finished().map_err(|error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => BackupError::Exists(self.to.clone()),
            _ => BackupError::Write(self.to.clone(), error),
        })
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
    use std::time::{Duration, Instant};

    use super::*;
    use crate::{Database, Migrations, Statement, Statements as _, testing};

    /// Rows that are there from the beginning.
    const ROWS: i64 = 20_000;
    const ADD: Statement =
        Statement { summary: "INSERT t", sql: "INSERT INTO t (twice) SELECT coalesce(max(n), 0) + 1 FROM t" };

    /// Two columns that are equal in each row of a file that is whole, with rows without a gap.
    async fn filled() -> (testing::Fresh, Database) {
        let fresh = testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let Database::Sqlite(pools) = &database else { panic!("not SQLite") };
        let make = "CREATE TABLE t (n INTEGER PRIMARY KEY, twice INTEGER UNIQUE, bytes BLOB); \
                    WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000) \
                    INSERT INTO t SELECT n, n, randomblob(500) FROM n";
        sqlx::raw_sql(make).execute(&pools.writers).await.unwrap();
        (fresh, database)
    }

    async fn backed_up(from: &Path, to: &Path) -> Result<u64, BackupError> {
        Copied::of(from, to).await?.finish()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_beside_writers_is_of_one_moment_and_keeps_none_of_them_waiting() {
        let (fresh, database) = filled().await;
        let path = Path::new(fresh.url.strip_prefix("sqlite:").unwrap());
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let writing = tokio::spawn({
            let (database, stop, acknowledged) = (database.clone(), stop.clone(), acknowledged.clone());
            async move {
                let mut longest = Duration::ZERO;
                while !stop.load(Ordering::Relaxed) {
                    let start = Instant::now();
                    database.write::<(), StorageError>(|on| Box::pin(on.execute(&ADD, []))).await.unwrap();
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                    longest = longest.max(start.elapsed());
                }
                longest
            }
        });
        for number in 0..5 {
            let to = path.with_file_name(format!("backup-{number}.db"));
            while acknowledged.load(Ordering::Relaxed) <= number {
                tokio::task::yield_now().await;
            }
            let before = ROWS + acknowledged.load(Ordering::Relaxed);
            assert_eq!(backed_up(path, &to).await.unwrap(), to.metadata().unwrap().len());
            assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            integrity::check_all(&to).await.unwrap();
            let mut copy = integrity::reader(&to).await.unwrap();
            let (rows, last, different): (i64, i64, i64) =
                sqlx::query_as("SELECT count(*), max(n), sum(n <> twice) FROM t")
                    .fetch_one(&mut copy)
                    .await
                    .unwrap();
            assert_eq!((rows, different), (last, 0));
            assert!(rows >= before, "{rows} of {before} rows that were acknowledged before it");
        }
        stop.store(true, Ordering::Relaxed);
        let (longest, count) = (writing.await.unwrap(), acknowledged.load(Ordering::Relaxed));
        assert!(
            count > 20 && longest < Duration::from_secs(3),
            "{count} changes, the longest took {longest:?}"
        );
        let names = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|it| it.unwrap().file_name());
        assert!(!names.into_iter().any(|it| it.to_string_lossy().contains("partial")));
    }

    #[tokio::test]
    async fn nothing_is_overwritten_and_what_is_not_there_is_not_made() {
        let (fresh, database) = filled().await;
        let path = Path::new(fresh.url.strip_prefix("sqlite:").unwrap());
        let to = path.with_file_name("backup.db");
        std::fs::write(path.with_file_name("backup.db-wal"), "of another database").unwrap();
        assert!(matches!(backed_up(path, &to).await, Err(BackupError::Exists(_))));
        std::fs::remove_file(path.with_file_name("backup.db-wal")).unwrap();
        backed_up(path, &to).await.unwrap();
        assert!(matches!(backed_up(path, &to).await, Err(BackupError::Exists(_))));
        let missing = path.with_file_name("missing.db");
        assert!(matches!(backed_up(&missing, &to).await, Err(BackupError::Missing(_))));
        assert!(!missing.exists());
        // Nothing is left beside a database that nobody uses.
        database.close().await;
        backed_up(path, &path.with_file_name("another.db")).await.unwrap();
        assert!(!path.with_file_name("test.db-wal").exists() && !path.with_file_name("test.db-shm").exists());
    }
}
