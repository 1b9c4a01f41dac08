//! Databases for tests: empty SQLite and PostgreSQL databases, and a private PostgreSQL server.

pub mod plans;
mod pooler;
mod postgres;

pub use pooler::Pooler;
pub use postgres::Postgres;
use tempfile::TempDir;

/// An empty database. It is removed when dropped (SQLite) or when the test process ends (PostgreSQL).
pub struct Fresh {
    /// URL for [`crate::Database::open`].
    pub url: String,
    _directory: Option<TempDir>,
}

impl Fresh {
    /// A database that the test has made itself, and removes.
    #[must_use]
    pub fn existing(url: String) -> Self {
        Self { url, _directory: None }
    }
}

/// Whether this process runs as root, as which `initdb` refuses to run, and `unshare` needs no user namespace.
#[must_use]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// Makes an empty SQLite database in its own temporary directory.
///
/// # Panics
/// If the temporary directory cannot be created.
#[must_use]
pub fn sqlite() -> Fresh {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite:{}", directory.path().join("test.db").display());
    Fresh { url, _directory: Some(directory) }
}

/// Makes an empty PostgreSQL database on the server of this process, which is started on the first call.
///
/// # Panics
/// If PostgreSQL is not installed or does not start.
pub async fn postgres() -> Fresh {
    Fresh { url: Postgres::shared().await.create_database().await, _directory: None }
}

/// Makes tests for SQLite and PostgreSQL from the functions of a conformance suite: `conformance!(first, second)` makes
/// `sqlite::first`, `postgres::first` and so on from `async fn first(fresh: Fresh)`.
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
