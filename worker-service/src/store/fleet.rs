//! Counts the workers: by state, those that are not in their desired state, and those that are due.

use std::time::Duration;

use platform::clock::Micros;
use storage::{Dialects, Statement, Statements as _, StorageError, dialects};
use strum::VariantArray as _;

use super::WorkerStore;
use crate::worker::{DesiredState, ObservedState};

/// Reads the index `workers_by_status` and no row.
pub(super) const BY_STATE: Statement = Statement {
    summary: "SELECT workers",
    sql: "SELECT observed_state, count(*) FROM workers WHERE deleted_at IS NULL GROUP BY observed_state",
};

/// With the time of the first change that is not answered by the other state. The index `workers_unconverged` has these
/// workers and no others.
pub(super) const UNCONVERGED: Statement = Statement {
    summary: "SELECT workers",
    sql: "SELECT desired_state, count(*), \
                 min(CASE WHEN outcome_result = 'converged' THEN observed_since ELSE desired_set_at END) \
          FROM workers WHERE deleted_at IS NULL AND observed_state <> desired_state GROUP BY desired_state",
};

/// How many workers are due, `$1` at most, and for how long the first one has been, in microseconds.
pub(super) const DUE: Dialects = dialects!(
    "SELECT reconciles",
    "SELECT count(*), coalesce(max(late), 0) FROM (SELECT ",
    now,
    " - due_at AS late FROM reconciles WHERE due_at <= ",
    now,
    " AND lease_until <= ",
    now,
    " ORDER BY due_at LIMIT $1) AS due",
);

/// Maximum number of due workers that are counted.
pub(super) const MAX_DUE: i64 = 100_000;

/// The workers, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fleet {
    /// Every state, with 0 too.
    pub(crate) observed: Vec<(ObservedState, u64)>,
    /// The workers that are not in their desired state, by every desired state.
    pub(crate) unconverged: Vec<(DesiredState, u64)>,
    /// Age of the oldest difference; zero if there is none.
    pub(crate) drift: Duration,
    /// Workers that are due and whose turn nobody takes.
    pub(crate) due: u64,
    /// For how long the first of them has been due.
    pub(crate) due_for: Duration,
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl WorkerStore {
    /// Counts the workers. `now` is the time that the ages of differences are counted from.
    pub(crate) async fn fleet(&self, now: Micros) -> Result<Fleet, StorageError> {
        let mut on = self.database.connection().await?;
        let by_state: Vec<(String, i64)> = on.fetch_all(&BY_STATE, []).await?;
        let unconverged: Vec<(String, i64, i64)> = on.fetch_all(&UNCONVERGED, []).await?;
        let due: Option<(i64, i64)> = on.fetch_optional(DUE.of(on.system()), [MAX_DUE.into()]).await?;
        let (due, due_for) = due.unwrap_or_default();
        let observed = ObservedState::VARIANTS.iter().map(|state| {
            let count = by_state.iter().find(|it| it.0 == state.into_str()).map_or(0, |it| it.1);
            (*state, unsigned(count))
        });
        let desired = DesiredState::VARIANTS.iter().map(|state| {
            let count = unconverged.iter().find(|it| it.0 == state.into_str()).map_or(0, |it| it.1);
            (*state, unsigned(count))
        });
        let since = unconverged.iter().map(|it| Micros(it.2)).min();
        Ok(Fleet {
            observed: observed.collect(),
            unconverged: desired.collect(),
            drift: since.map(|it| now - it).unwrap_or_default(),
            due: unsigned(due),
            due_for: Duration::from_micros(unsigned(due_for)),
        })
    }
}

#[cfg(test)]
mod tests;
