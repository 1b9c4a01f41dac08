//! How many actions are live, and what they wait for.

use std::time::Duration;

use storage::{Dialects, Statements as _, StorageError, dialects};

use crate::store::TaskStore;

/// The numbers of live actions in each state, and for how long the oldest ready one is ready, in microseconds. The index
/// `action_queue_ready` has all that are not waiting for an outcome.
pub(super) const DEPTH: Dialects = dialects!(
    "SELECT action_queue",
    "SELECT coalesce(sum(CASE WHEN ready_at <= at.now THEN 1 ELSE 0 END), 0) AS ready, \
            coalesce(sum(CASE WHEN ready_at > at.now AND lease_owner IS NOT NULL THEN 1 ELSE 0 END), 0) AS claimed, \
            coalesce(sum(CASE WHEN ready_at > at.now AND lease_owner IS NULL THEN 1 ELSE 0 END), 0) AS paused, \
            coalesce(sum(CASE WHEN ready_at IS NULL THEN 1 ELSE 0 END), 0) AS waiting, \
            coalesce(max(CASE WHEN ready_at <= at.now THEN at.now - ready_at END), 0) AS oldest \
     FROM action_queue CROSS JOIN (SELECT ",
    now,
    " AS now) AS at",
);

/// The queue of live actions, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Depth {
    /// Can be claimed; those whose process has lost its lease too.
    pub(crate) ready: u64,
    /// A process executes them.
    pub(crate) claimed: u64,
    /// Wait for the time of their next call.
    pub(crate) paused: u64,
    /// Wait for the outcome of a generation.
    pub(crate) waiting: u64,
    /// For how long the oldest ready action has been ready; zero if none is.
    pub(crate) oldest: Duration,
}

impl TaskStore {
    /// Counts the live actions. Reads each of them, so at most one a worker.
    pub(crate) async fn depth(&self) -> Result<Depth, StorageError> {
        let mut on = self.database().connection().await?;
        let row: Option<(i64, i64, i64, i64, i64)> = on.fetch_optional(DEPTH.of(on.system()), []).await?;
        let (ready, claimed, paused, waiting, oldest) = row.unwrap_or_default();
        let count = |it: i64| u64::try_from(it).unwrap_or_default();
        Ok(Depth {
            ready: count(ready),
            claimed: count(claimed),
            paused: count(paused),
            waiting: count(waiting),
            oldest: Duration::from_micros(count(oldest)),
        })
    }
}
