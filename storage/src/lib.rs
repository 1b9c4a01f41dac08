//! Access to the database of a service, SQLite or PostgreSQL: connections, transactions, statements with spans,
//! migrations, and pages of lists. This crate knows neither gRPC nor the domain, and contains no SQL of the services.
//! The gateway does not depend on it.

mod acquire;
mod backend;
mod backup;
mod commits;
mod connection;
mod database;
mod dialects;
mod error;
mod examination;
mod existing;
mod group_commit;
mod health;
mod integrity;
mod migrations;
mod page;
mod pair;
mod postgres;
mod reachability;
mod record;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;
mod value;
mod wal;
mod writability;
mod write;

pub use backend::Backend;
pub use backup::{BackupError, Copied};
pub use commits::Commits;
pub use connection::{Connection, Executor, Record, Statements};
pub use database::{Database, DatabaseConfig, Pools};
pub use dialects::Dialects;
pub use error::StorageError;
pub use examination::{Details, Examination, FileDetails, ServerDetails};
pub use migrations::{Migration, Migrations};
pub use page::{ListId, Page, PageToken, PageTokenError};
pub use pair::Pair;
pub use sqlite::sqlite_file;
pub use sqlx;
pub use telemetry::database::{Statement, System};
pub use transaction::{Committed, Transaction};
pub use value::Value;
#[doc(hidden)]
pub use writability::Writability;
