//! Whether a SQLite file is whole. A file and its write-ahead log that are copied beside a process that writes are from different
//! moments: SQLite opens such a copy, and the damage shows when a damaged page is read.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::StorageError;
use crate::acquire::ACQUIRE_TIMEOUT;

/// How long the check of a start may take. It reads a gigabyte in less, unless the disk is slow.
const AT_START: Duration = Duration::from_secs(10);
/// How often the time is looked at: in `quick_check`, SQLite calls the handler once for so many pages.
const INSTRUCTIONS: i32 = 100;

/// Fails if a file is damaged, as far as it is found out in ten seconds.
pub(crate) async fn check_at_start(file: &Path) -> Result<(), StorageError> {
    // SQLite makes what a link leads to.
    if !file.exists() {
        return Ok(());
    }
    let start = Instant::now();
    if quick_check(file, AT_START).await? == Checked::InPart {
        let (file, seconds) = (file.display().to_string(), start.elapsed().as_secs());
        tracing::warn!(
            file,
            seconds,
            "the database is too large to be checked at the start; what was checked is whole"
        );
    }
    Ok(())
}

/// Fails if a page of a file is damaged, as far as it is found out in this time.
pub(crate) async fn quick_check(file: &Path, time: Duration) -> Result<Checked, StorageError> {
    check(file, "PRAGMA quick_check(1)", Some(time)).await
}

/// Fails if anything in a file is damaged, its indexes included.
pub(crate) async fn check_all(file: &Path) -> Result<(), StorageError> {
    check(file, "PRAGMA integrity_check(1)", None).await.map(drop)
}

/// How much was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    Whole,
    /// The time was over.
    InPart,
}

async fn check(file: &Path, pragma: &'static str, time: Option<Duration>) -> Result<Checked, StorageError> {
    let failed = |error| failure(file, error);
    let mut connection = reader(file).await.map_err(failed)?;
    if let Some(time) = time {
        let end = Instant::now() + time;
        let mut handle = connection.lock_handle().await.map_err(failed)?;
        handle.set_progress_handler(INSTRUCTIONS, move || Instant::now() < end);
    }
    let found: Result<String, _> = sqlx::query_scalar(pragma).fetch_one(&mut connection).await;
    let closed = connection.close().await;
    let found = match found {
        Err(error) if StorageError::is_interruption(&error) => return Ok(Checked::InPart),
        found => found.map_err(failed)?,
    };
    closed.map_err(failed)?;
    if found == "ok" {
        return Ok(Checked::Whole);
    }
    // The first line of the finding names the database within the connection.
    let what = found.lines().last().unwrap_or_default().to_owned();
    Err(StorageError::Damaged { file: file.to_owned(), what })
}

/// A connection that changes nothing in the file. It does not make the file, either.
pub(crate) async fn reader(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true).busy_timeout(ACQUIRE_TIMEOUT);
    options.disable_statement_logging().connect().await
}

/// A connection that leaves no write-ahead log beside a file that nobody else uses, as a [`reader`] does: only who may write removes
/// the log when the last connection is closed. On a disk that is read-only, it is a [`reader`].
pub(crate) async fn tidy(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(ACQUIRE_TIMEOUT);
    match options.disable_statement_logging().connect().await {
        Ok(connection) => Ok(connection),
        Err(_) => reader(file).await,
    }
}

/// The same, and no statement on it can write.
pub(crate) async fn tidy_reader(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let mut connection = tidy(file).await?;
    sqlx::query("PRAGMA query_only = ON").execute(&mut connection).await?;
    Ok(connection)
}

/// Tells a damaged file from one that cannot be read at the moment.
pub(crate) fn failure(file: &Path, error: sqlx::Error) -> StorageError {
    if StorageError::is_damage(&error) {
        return StorageError::Damaged { file: file.to_owned(), what: error.to_string() };
    }
    StorageError::unavailable(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, Migrations, testing};

    #[tokio::test]
    async fn a_check_ends_with_its_time() {
        let fresh = testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let Database::Sqlite(pools) = &database else { panic!("not SQLite") };
        let fill = "CREATE TABLE filled (bytes BLOB); WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n \
                    WHERE n < 100000) INSERT INTO filled SELECT randomblob(20) FROM n";
        sqlx::raw_sql(fill).execute(&pools.writers).await.unwrap();
        let path = Path::new(fresh.url.strip_prefix("sqlite:").unwrap());
        let check = async |time| check(path, "PRAGMA quick_check(1)", time).await.unwrap();
        assert_eq!(check(Some(Duration::ZERO)).await, Checked::InPart);
        assert_eq!(check(None).await, Checked::Whole);
        check_at_start(path).await.unwrap();
    }

    #[tokio::test]
    async fn a_tidy_reader_changes_nothing_and_leaves_no_file() {
        let fresh = testing::sqlite();
        Database::open(&fresh.url, &Migrations::default()).await.unwrap().close().await;
        let path = Path::new(fresh.url.strip_prefix("sqlite:").unwrap());
        let before = std::fs::read(path).unwrap();
        let mut reader = tidy_reader(path).await.unwrap();
        let refused = sqlx::query("CREATE TABLE made (n INTEGER)").execute(&mut reader).await.unwrap_err();
        assert!(refused.to_string().contains("readonly"), "{refused}");
        reader.close().await.unwrap();
        assert_eq!(std::fs::read(path).unwrap(), before);
        assert!(!crate::sqlite::beside(path, "-wal").exists());
    }

    /// Opens a copy of a database in which a part of the bytes was changed.
    async fn open_damaged(damage: impl FnOnce(&mut Vec<u8>)) -> StorageError {
        let fresh = testing::sqlite();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let Database::Sqlite(pools) = &database else { panic!("not SQLite") };
        let fill = "CREATE TABLE filled (n INTEGER PRIMARY KEY, bytes BLOB); WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL \
                    SELECT n + 1 FROM n WHERE n < 1000) INSERT INTO filled SELECT n, randomblob(500) FROM n";
        sqlx::raw_sql(fill).execute(&pools.writers).await.unwrap();
        database.close().await;
        let path = fresh.url.strip_prefix("sqlite:").unwrap();
        let mut bytes = std::fs::read(path).unwrap();
        damage(&mut bytes);
        std::fs::write(path, bytes).unwrap();
        let none = Migrations::default();
        let migrated = Database::migrate(&fresh.url.as_str().into(), &none).await;
        assert!(matches!(migrated, Err(StorageError::Damaged { .. })), "{migrated:?}");
        let error = Database::open(&fresh.url, &none).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(path) && text.contains("ccm restore"), "{text}");
        error
    }

    #[tokio::test]
    async fn a_damaged_file_is_refused_and_named() {
        let page = |bytes: &mut Vec<u8>, number: usize| number * 4_096..bytes.len().min((number + 1) * 4_096);
        // A page from an earlier moment.
        let torn = open_damaged(|it| {
            let (from, to) = (page(it, 20), page(it, 40));
            let earlier = it[from].to_vec();
            it[to].copy_from_slice(&earlier);
        });
        assert!(matches!(torn.await, StorageError::Damaged { .. }));
        let cut = open_damaged(|it| it.truncate(it.len() / 2));
        assert!(matches!(cut.await, StorageError::Damaged { .. }));
        let other = open_damaged(|it| it[..4_096].fill(b'x'));
        assert!(matches!(other.await, StorageError::Damaged { .. }));
    }
}
