//! The migrations of a stateful service: event log, idempotency keys, and the service's own tables.

use storage::{Migration, Migrations};

/// Combines the common migrations with those of a service.
#[must_use]
pub fn migrations(own: &Migrations) -> Migrations {
    let of = |version, name, sql| Migration { version, name, sql };
    let common = Migrations {
        sqlite: vec![
            of(2, "request_keys", include_str!("../migrations/sqlite/0002_request_keys.sql")),
            of(5, "housekeeping_clock", include_str!("../migrations/sqlite/0005_housekeeping_clock.sql")),
        ],
        postgres: vec![
            of(2, "request_keys", include_str!("../migrations/postgres/0002_request_keys.sql")),
            of(5, "housekeeping_clock", include_str!("../migrations/postgres/0005_housekeeping_clock.sql")),
        ],
    };
    Migrations::of(&[&events::migrations(), &common, own])
}
