//! What a database is like, for `ccm doctor`: what a service would say of it at its start, and what it would notice later. Nothing
//! is migrated, and nothing is left behind.

use std::path::PathBuf;

use platform::clock::Clock;
use platform::url::without_password;

use crate::{Database, DatabaseConfig, Migrations, StorageError, postgres, sqlite};

/// What was seen of a database that a service can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// Versions of the migrations that were not applied.
    pub missing: Vec<i64>,
    /// Versions of the migrations that were applied and that this version of the program does not know.
    pub unknown: Vec<i64>,
    /// Why no change would be stored, such as `disk full`; `None` if one would be, as far as it can be seen.
    pub refuses_changes: Option<String>,
    /// What depends on the kind of database.
    pub details: Details,
}

/// What depends on the kind of database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Details {
    /// Of a file.
    Sqlite(FileDetails),
    /// Of a database of a server.
    Postgres(ServerDetails),
}

/// A SQLite file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDetails {
    /// Its path.
    pub file: PathBuf,
    /// The size of the file and its write-ahead log.
    pub bytes: u64,
    /// What is left on its file system for this user.
    pub free_bytes: u64,
    /// Whether the time was enough to look at the whole file. What was looked at is not damaged.
    pub is_whole_checked: bool,
}

/// A PostgreSQL database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerDetails {
    /// The version of the server.
    pub version: String,
    /// How far the server's clock is ahead of the clock of this machine, in microseconds; negative if it is behind.
    pub clock_ahead: i64,
    /// What the user has no right to: tables of the migrations, with rights such as `INSERT`.
    pub lacks: Vec<(String, Vec<String>)>,
    /// The connections that the user can have at the same time, the least of what server, database and role allow.
    pub max_connections: u32,
    /// The connections that count towards this limit at the moment, without those of examinations.
    pub open_connections: u32,
}

impl Database {
    /// Examines a database as it is; `None` if it is a SQLite file that does not exist yet. Takes up to some ten seconds.
    ///
    /// The errors are those of [`Database::open_with`].
    pub async fn examine(
        config: &DatabaseConfig,
        migrations: &Migrations,
        clock: &Clock,
    ) -> Result<Option<Examination>, StorageError> {
        let url = config.url.as_str();
        match url.split_once(':') {
            Some(("sqlite", _)) => sqlite::examine(url, migrations).await,
            Some(("postgres" | "postgresql", _)) => postgres::examine(url, migrations, clock).await.map(Some),
            _ => Err(StorageError::Url(without_password(url))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use sqlx::{Connection as _, PgConnection};

    use super::*;
    use crate::acquire::ACQUIRE_TIMEOUT;
    use crate::{Migration, testing};

    fn migrations(versions: &[i64]) -> Migrations {
        let of = |&version: &i64| Migration { version, name: "nothing", sql: "SELECT 1" };
        let steps: Vec<Migration> = versions.iter().map(of).collect();
        Migrations { sqlite: steps.clone(), postgres: steps }
    }

    async fn examined(url: &str, versions: &[i64]) -> Option<Examination> {
        Database::examine(&url.into(), &migrations(versions), &Clock::system()).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn migrations_that_are_missing_and_unknown_are_told_and_none_is_applied() {
        for fresh in [testing::sqlite(), testing::postgres().await] {
            Database::open(&fresh.url, &migrations(&[1, 2])).await.unwrap().close().await;
            for _ in 0..2 {
                let seen = examined(&fresh.url, &[2, 3]).await.unwrap();
                assert_eq!((seen.missing, seen.unknown, seen.refuses_changes), (vec![3], vec![1], None));
            }
        }
    }

    #[tokio::test]
    async fn a_file_is_left_as_it_was_and_not_made() {
        let fresh = testing::sqlite();
        assert_eq!(examined(&fresh.url, &[1]).await, None);
        let directory = sqlite::sqlite_file(&fresh.url).unwrap().parent().unwrap().to_owned();
        let files = || {
            let entries = std::fs::read_dir(&directory).unwrap().map(|it| it.unwrap());
            let mut files: Vec<_> =
                entries.map(|it| (it.file_name(), std::fs::read(it.path()).unwrap())).collect();
            files.sort();
            files
        };
        assert_eq!(files(), []);
        Database::open(&fresh.url, &migrations(&[1])).await.unwrap().close().await;
        let before = files();
        let Details::Sqlite(seen) = examined(&fresh.url, &[1]).await.unwrap().details else { panic!() };
        assert!(seen.is_whole_checked && seen.bytes > 0 && seen.free_bytes > 0, "{seen:?}");
        assert_eq!(files(), before);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_takes_no_changes_is_told() {
        let fresh = testing::postgres().await;
        Database::open(&fresh.url, &migrations(&[1])).await.unwrap().close().await;
        let read_only = format!("{}?options[default_transaction_read_only]=on", fresh.url);
        let seen = examined(&read_only, &[1]).await.unwrap();
        assert_eq!(seen.refuses_changes.as_deref(), Some("database read-only"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_last_connection_of_a_user_is_enough_and_is_not_counted() {
        let fresh = testing::postgres().await;
        Database::open(&fresh.url, &migrations(&[1])).await.unwrap().close().await;
        let user = format!("last_{}", fresh.url.rsplit('/').next().unwrap());
        let mut owner = PgConnection::connect(&fresh.url).await.unwrap();
        let sql = format!(
            "CREATE ROLE {user} LOGIN CONNECTION LIMIT 2; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
        let url = fresh.url.replace("ccm@", &format!("{user}@"));
        // With connections for everybody: what it takes on this machine.
        let start = Instant::now();
        examined(&fresh.url, &[1]).await.unwrap();
        let usual = start.elapsed();
        let held = PgConnection::connect(&url).await.unwrap();
        let start = Instant::now();
        let seen = examined(&url, &[1]).await.unwrap();
        let Details::Postgres(details) = seen.details else { panic!() };
        assert_eq!((details.open_connections, details.max_connections, seen.refuses_changes), (1, 2, None));
        // A pool that is refused a connection waits for longer.
        let longer = ACQUIRE_TIMEOUT * 4 / 5;
        assert!(start.elapsed() < usual + longer, "{:?}, not {usual:?}", start.elapsed());
        held.close().await.unwrap();
        owner.close().await.unwrap();
    }
}
