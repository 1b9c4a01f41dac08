//! Databases for tests: fresh ones of both kinds, and a private PostgreSQL server to make them in.

pub mod plans;
mod postgres;

pub use postgres::Postgres;
use tempfile::TempDir;

/// An empty database; gone when dropped (SQLite) or with the test process (PostgreSQL).
pub struct Fresh {
    /// What [`crate::Database::open`] takes.
    pub url: String,
    _directory: Option<TempDir>,
}

/// Whether this process runs as root, which `initdb` refuses and `unshare` needs no help for.
#[must_use]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// An empty SQLite database in a directory of its own.
///
/// # Panics
/// When no temporary directory can be made.
#[must_use]
pub fn sqlite() -> Fresh {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite:{}", directory.path().join("test.db").display());
    Fresh { url, _directory: Some(directory) }
}

/// An empty database of this process's PostgreSQL server, which starts with the first one asked for.
///
/// # Panics
/// When PostgreSQL is not installed or does not start.
pub async fn postgres() -> Fresh {
    Fresh { url: Postgres::shared().await.create_database().await, _directory: None }
}

/// Lists the tests of a conformance suite by name, for SQLite and for PostgreSQL: `conformance!(first, second)` makes
/// `sqlite::first`, `postgres::first`, … of functions `async fn first(fresh: Fresh)`.
#[macro_export]
macro_rules! conformance {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::testing::sqlite()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::testing::postgres().await).await;
            })*
        }
    };
}

/// An event as its row holds it.
#[derive(Debug, sqlx::FromRow)]
pub struct EventRow {
    /// Given after the commit.
    pub position: Option<i64>,
    /// `task.created`, ….
    #[sqlx(rename = "type")]
    pub kind: String,
    /// What changed.
    pub subject_id: uuid::Uuid,
    /// Its revision after the change.
    pub revision: i64,
    /// Who did it.
    pub actor: String,
    /// The span that caused it.
    pub traceparent: Option<String>,
    /// Its department after the change.
    pub department_after: Option<String>,
    /// Its assignee after the change.
    pub assignee_id_after: Option<String>,
    /// Its creator.
    pub created_by_after: Option<String>,
    /// The subject after the change.
    pub resource: sqlx::types::Json<serde_json::Value>,
}

/// Every event, in the order their inserts drew.
pub async fn events(database: &crate::Database) -> Result<Vec<EventRow>, crate::StorageError> {
    const ALL: crate::Statement = crate::Statement {
        operation: "SELECT",
        collection: "events",
        sql: "SELECT position, type, subject_id, revision, actor, traceparent, department_after, assignee_id_after,
                created_by_after, resource
              FROM events ORDER BY seq",
    };
    crate::read!(database, |on| crate::fetch_all!(on, ALL, EventRow))
}

/// Every event of the database at `url`, which a service has made and need not be running.
pub async fn events_at(url: &str) -> Result<Vec<EventRow>, crate::StorageError> {
    let database = if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await?;
        crate::Database::Sqlite(crate::SqlitePools {
            writer: pool.clone(),
            readers: pool,
            commits: crate::event_log::Commits::default(),
        })
    } else {
        crate::Database::Postgres(crate::PostgresPool {
            pool: sqlx::PgPool::connect(url).await?,
            commits: crate::event_log::Commits::default(),
        })
    };
    let found = events(&database).await;
    database.close().await;
    found
}
