//! The schema migrations of the event log.

use storage::{Migration, Migrations};

/// Returns the migrations of the event log, for both databases.
#[must_use]
pub fn migrations() -> Migrations {
    let of = |version, name, sql| Migration { version, name, sql };
    Migrations {
        sqlite: vec![
            of(1, "event_log", include_str!("../migrations/sqlite/0001_event_log.sql")),
            of(3, "event_positions", include_str!("../migrations/sqlite/0003_event_positions.sql")),
            of(4, "event_trimming", include_str!("../migrations/sqlite/0004_event_trimming.sql")),
        ],
        postgres: vec![
            of(1, "event_log", include_str!("../migrations/postgres/0001_event_log.sql")),
            of(3, "event_positions", include_str!("../migrations/postgres/0003_event_positions.sql")),
            of(4, "event_trimming", include_str!("../migrations/postgres/0004_event_trimming.sql")),
        ],
    }
}
