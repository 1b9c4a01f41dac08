//! What a stateful process needs: its own database, SQLite or PostgreSQL, with migrations, spans around every
//! statement, and the event log. SQL text stands in the services' stores and here, nowhere else; the gateway cannot see
//! this crate.

mod connection;
mod database;
mod error;
pub mod event_log;
pub mod event_service;
pub mod housekeeping;
mod macros;
mod migrations;
mod page;
pub mod request_key;
#[cfg(feature = "testing")]
pub mod testing;
mod value;

pub use connection::{Connection, Transaction, run, to_completion};
pub use database::{Database, PostgresPool, SqlitePools};
pub use error::StorageError;
pub use migrations::{Migration, Migrations};
pub use page::{ListId, Page, PageToken, PageTokenError};
pub use sqlx;
pub use telemetry::database::{Statement, System};
pub use value::Value;
