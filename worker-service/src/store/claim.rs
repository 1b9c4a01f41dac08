//! Which workers are due, and claims of their turns under a lease.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use storage::{Dialects, Statements as _, StorageError, dialects, record};
use uuid::Uuid;

use super::WorkerStore;
use super::schedule::micros;

/// `$1` the new owner, `$2` the length of the lease, `$3` how many, `$4` the floor.
pub(super) const CLAIM: Dialects = dialects!(
    "UPDATE reconciles",
    "UPDATE reconciles SET lease_owner = $1, lease_until = ",
    now,
    " + $2, fence = fence + 1 WHERE worker_id IN ( \
               SELECT worker_id FROM reconciles WHERE due_at >= $4 AND due_at <= ",
    now,
    " AND lease_until <= ",
    now,
    " ORDER BY due_at LIMIT $3",
    skip_locked,
    ") RETURNING worker_id, fence, wakes",
);

/// From the floor `$1` on: the time, the first row whether anybody takes its turn or not, and the first one whose turn nobody
/// takes. Whether a lease has ended is looked at again with each poll.
pub(super) const NEXT: Dialects = dialects!(
    "SELECT reconciles",
    "SELECT ",
    now,
    " AS now, (SELECT min(due_at) FROM reconciles WHERE due_at >= $1) AS first, \
     (SELECT due_at FROM reconciles WHERE due_at >= $1 AND lease_until <= ",
    now,
    " ORDER BY due_at LIMIT 1) AS next",
);

/// How long a transaction takes at most between its statement and its commit, usually.
const SLACK: i64 = 10_000_000;
/// Interval of the looks without a floor.
const COMPLETE_LOOK: Duration = Duration::from_mins(1);

record! {
    /// A claimed turn.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Claim {
        pub(crate) worker_id: Uuid,
        /// The fencing number of the lease.
        pub(crate) fence: i64,
        /// Number of wake-ups before the turn.
        pub(crate) wakes: i64,
    }
}

/// The earliest time at which a worker may be due that this process has not seen yet. The index before it has entries of
/// earlier turns only, which PostgreSQL cannot remove while any transaction is open that began before; they are not read
/// again. A worker becomes due at the time of a statement; a transaction that takes longer than [`SLACK`] to commit is seen
/// by a look without a floor.
#[derive(Clone, Debug)]
pub(super) struct Floor(Arc<Mutex<(i64, Instant)>>);

impl Default for Floor {
    fn default() -> Self {
        Self(Arc::new(Mutex::new((i64::MIN, Instant::now()))))
    }
}

impl Floor {
    fn current(&self) -> i64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// The floor of a look; from time to time none.
    fn of_look(&self) -> i64 {
        let mut floor = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if floor.1.elapsed() > COMPLETE_LOOK {
            *floor = (i64::MIN, Instant::now());
        }
        floor.0
    }

    fn raise(&self, to: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = to;
    }
}

impl WorkerStore {
    /// Claims the turns of at most `limit` due workers for `owner`. A lease that is not released ends after `lease`.
    pub(crate) async fn claim(
        &self,
        owner: Uuid,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, StorageError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [owner.into(), micros(lease).into(), limit.into(), self.floor.current().into()];
        self.database
            .write(move |on| Box::pin(async move { on.fetch_all(CLAIM.of(on.system()), values).await }))
            .await
    }

    /// Returns the time until the next worker is due; `None` if none is.
    pub(crate) async fn next_due(&self) -> Result<Option<Duration>, StorageError> {
        let mut on = self.database.connection().await?;
        let floor = self.floor.of_look();
        let row: Option<(i64, Option<i64>, Option<i64>)> =
            on.fetch_optional(NEXT.of(on.system()), [floor.into()]).await?;
        let (now, first, next) = row.unwrap_or_default();
        // A worker whose turn is taken keeps the floor below it, because its lease may end without a release.
        self.floor.raise(first.unwrap_or(i64::MAX).min(now - SLACK));
        Ok(next.map(|it| Duration::from_micros(u64::try_from(it - now).unwrap_or_default())))
    }
}
