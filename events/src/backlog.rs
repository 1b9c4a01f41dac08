//! The events that are committed and have no position yet. On SQLite there are none: an event gets its position in its own
//! transaction.

use std::time::Duration;

use platform::shutdown::Shutdown;
use storage::{Database, Dialects, Statements as _, StorageError, dialects};
use telemetry::metrics::Latest;

use super::metrics;

/// How many events have no position, `$1` at most, and how long ago the oldest change among them was made, in microseconds.
/// Reads the index `events_unnumbered`, or that of the positions.
pub(crate) const BACKLOG: Dialects = dialects!(
    "SELECT events",
    "SELECT count(*), coalesce(max(age), 0) FROM (SELECT ",
    now,
    " - occurred_at AS age FROM events WHERE position IS NULL ORDER BY seq LIMIT $1) AS first",
);

/// Maximum number of events that are counted.
const MAX_COUNTED: i64 = 10_000;

/// The events without a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Backlog {
    pub(crate) events: u64,
    /// The time since the oldest change among them; zero if there is none.
    pub(crate) oldest: Duration,
}

impl Backlog {
    pub(crate) async fn of(database: &Database) -> Result<Self, StorageError> {
        let mut on = database.connection().await?;
        let row: Option<(i64, i64)> =
            on.fetch_optional(BACKLOG.of(on.system()), [MAX_COUNTED.into()]).await?;
        let (events, oldest) = row.unwrap_or_default();
        let unsigned = |it: i64| u64::try_from(it).unwrap_or_default();
        Ok(Self { events: unsigned(events), oldest: Duration::from_micros(unsigned(oldest)) })
    }
}

/// Observes the backlog of a log until `stop`.
pub(super) async fn observe(database: Database, stop: Shutdown) {
    let latest = Latest::default();
    metrics::observe_backlog(&latest);
    latest.refresh("counting events without a position", &stop, || Backlog::of(&database)).await;
}
