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
