//! The schema of a stateful service: the event log's steps, those of idempotency keys, and the service's own.

use storage::{Migration, Migrations};

/// All steps of a service whose own ones are these, for both databases.
#[must_use]
pub fn migrations(own: &Migrations) -> Migrations {
    let of = |version, name, sql| Migration { version, name, sql };
    let request_keys = Migrations {
        sqlite: vec![of(2, "request_keys", include_str!("../migrations/sqlite/0002_request_keys.sql"))],
        postgres: vec![of(2, "request_keys", include_str!("../migrations/postgres/0002_request_keys.sql"))],
    };
    Migrations::of(&[&events::migrations(), &request_keys, own])
}
