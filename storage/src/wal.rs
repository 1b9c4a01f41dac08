//! Keeps the write-ahead log of SQLite small. SQLite starts it again from its beginning only at a moment in which nobody
//! reads from it; with overlapping readers there is no such moment, and the file grows without a bound.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::{Pool, Sqlite};

/// Size of the file from which readers are waited for.
pub(crate) const MAX_BYTES: u64 = 64 * 1024 * 1024;
const INTERVAL: Duration = Duration::from_secs(1);

/// After an attempt at whose end somebody still reads from the log, such as a backup. Each attempt keeps writers waiting.
const BACK_OFF: Duration = Duration::from_secs(30);

/// The longest time for which an attempt keeps writers waiting.
const TIMEOUT: &str = "PRAGMA busy_timeout = 500";
/// Writes the log back to the database, and truncates it when those have ended that read from it: writers wait meanwhile, at
/// most for the timeout, and new readers read from the database alone. The first column of its row is 1 if somebody still reads.
const RESTART: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// The timeout of all other statements, [`crate::acquire::ACQUIRE_TIMEOUT`].
const USUAL_TIMEOUT: &str = "PRAGMA busy_timeout = 5000";

/// Checks every second whether the file is larger than `max_bytes`, until the pool is closed.
pub(crate) async fn keep_small(writers: Pool<Sqlite>, file: PathBuf, max_bytes: u64) {
    let mut name = file.into_os_string();
    name.push("-wal");
    let closed = writers.close_event();
    let checking = async {
        let mut pause = INTERVAL;
        loop {
            tokio::time::sleep(pause).await;
            pause = INTERVAL;
            if tokio::fs::metadata(&name).await.is_ok_and(|it| it.len() > max_bytes) {
                // After a failure, the next turn tries again.
                let Ok(mut writer) = writers.acquire().await else { continue };
                let _ = sqlx::raw_sql(TIMEOUT).execute(&mut *writer).await;
                let busy: Result<i64, _> = sqlx::query_scalar(RESTART).fetch_one(&mut *writer).await;
                let _ = sqlx::raw_sql(USUAL_TIMEOUT).execute(&mut *writer).await;
                if !matches!(busy, Ok(0)) {
                    pause = BACK_OFF;
                }
            }
        }
    };
    tokio::select! {
        () = checking => {}
        () = closed => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::{Database, Migrations};

    const LIMIT: u64 = 1024 * 1024;

    /// Reads in transactions that overlap with those of the other readers.
    async fn read(readers: Pool<Sqlite>, delay: Duration, stop: Arc<AtomicBool>) {
        tokio::time::sleep(delay).await;
        while !stop.load(Ordering::Relaxed) {
            let mut transaction = readers.begin().await.unwrap();
            sqlx::query("SELECT count(*) FROM large").execute(&mut *transaction).await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
            transaction.rollback().await.unwrap();
        }
    }

    async fn open(file: &std::path::Path) -> crate::Pools<Sqlite> {
        let url = format!("sqlite:{}", file.display());
        match Database::open(&url, &Migrations::default()).await.unwrap() {
            Database::Sqlite(pools) => pools,
            Database::Postgres(_) => panic!("not SQLite"),
        }
    }

    /// How many changes had to wait for long, of those that are made one after the other for some seconds.
    async fn stalled(writers: &Pool<Sqlite>) -> usize {
        let (start, mut stalled) = (std::time::Instant::now(), 0);
        while start.elapsed() < Duration::from_secs(7) {
            let begun = std::time::Instant::now();
            sqlx::query("INSERT INTO large VALUES ('')").execute(writers).await.unwrap();
            stalled += usize::from(begun.elapsed() >= Duration::from_millis(400));
        }
        stalled
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_long_read_does_not_keep_writers_waiting_again_and_again() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("wal.db");
        // Of the other one, nobody keeps the log small: what stalls its changes is the machine.
        let (pools, other) = (open(&file).await, open(&directory.path().join("other.db")).await);
        for it in [&pools, &other] {
            sqlx::raw_sql("CREATE TABLE large (bytes BLOB)").execute(&it.writers).await.unwrap();
        }
        let mut long = pools.readers.begin().await.unwrap();
        sqlx::query("SELECT count(*) FROM large").execute(&mut *long).await.unwrap();
        let insert = "INSERT INTO large VALUES (randomblob(2000000))";
        sqlx::query(insert).execute(&pools.writers).await.unwrap();
        let keeping = tokio::spawn(keep_small(pools.writers.clone(), file, LIMIT));
        let (stalled, usual) = tokio::join!(stalled(&pools.writers), stalled(&other.writers));
        assert!(stalled <= 2 + usual, "{stalled} changes waited, of the other database {usual}");
        long.rollback().await.unwrap();
        pools.readers.close().await;
        pools.writers.close().await;
        keeping.await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_file_shrinks_although_readers_overlap() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("wal.db");
        let pools = open(&file).await;
        sqlx::raw_sql("CREATE TABLE large (bytes BLOB)").execute(&pools.writers).await.unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..3)
            .map(|it| tokio::spawn(read(pools.readers.clone(), Duration::from_millis(it * 10), stop.clone())))
            .collect();
        let wal = directory.path().join("wal.db-wal");
        let size = || std::fs::metadata(&wal).map_or(0, |it| it.len());
        let insert = "INSERT INTO large VALUES (randomblob(100000))";
        for _ in 0..80 {
            sqlx::query(insert).execute(&pools.writers).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(size() > 4 * LIMIT, "overlapping readers let the file grow: {}", size());
        let keeping = tokio::spawn(keep_small(pools.writers.clone(), file, LIMIT));
        let start = std::time::Instant::now();
        while size() > LIMIT {
            assert!(start.elapsed() < Duration::from_mins(1), "{}", size());
            sqlx::query(insert).execute(&pools.writers).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.await.unwrap();
        }
        pools.readers.close().await;
        pools.writers.close().await;
        keeping.await.unwrap();
    }
}
