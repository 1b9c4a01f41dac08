//! The database of a process, SQLite or PostgreSQL: connections, transactions, statements with their spans, migrations,
//! pages. It knows no gRPC and no word of the domain; SQL text stands in the rooms above. The gateway cannot see this crate.

mod commits;
mod connection;
mod database;
mod error;
mod migrations;
mod page;
mod record;
#[cfg(feature = "testing")]
pub mod testing;
mod value;

pub use commits::Commits;
pub use connection::{Connection, Executor, Record, Statements, Transaction};
pub use database::{Database, Pools};
pub use error::StorageError;
pub use migrations::{Migration, Migrations};
pub use page::{ListId, Page, PageToken, PageTokenError};
pub use sqlx;
pub use telemetry::database::{Statement, System};
pub use value::Value;
