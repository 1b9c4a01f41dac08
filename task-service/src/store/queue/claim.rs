//! Claiming actions under a lease, and giving a lease back.

use std::time::Duration;

use storage::{Statements as _, StorageError};
use uuid::Uuid;

use super::{Live, QueueRow, live, sql};
use crate::store::TaskStore;

/// How many actions to claim in each order. One that is claimed in one order is not claimed in another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claim {
    /// Of the highest priority.
    pub(crate) urgent: usize,
    /// Of those that were asked for first.
    pub(crate) oldest: usize,
    /// By due key, which weighs age and priority.
    pub(crate) due: usize,
}

/// Who claims, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease {
    /// A process has a new owner id after each start.
    pub(crate) owner: Uuid,
    pub(crate) duration: Duration,
}

/// The earliest time at which an action may have become ready that a process has not seen yet. The indexes before it have
/// entries of ended actions only, which are not read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Floor(i64);

impl Floor {
    /// Leaves nothing out.
    pub(crate) const NONE: Self = Self(i64::MIN);
}

/// What can be claimed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// How long it takes until the next action can be claimed; zero if one can be claimed now, `None` if there is none.
    pub(crate) wait: Option<Duration>,
    /// Whether so many actions can be claimed that they are not sorted.
    are_many: bool,
    floor: Floor,
    /// Floor of the next look. Whatever becomes ready is so from the time of its statement on; a transaction that takes
    /// longer than [`SLACK`] to commit is seen by a look without a floor.
    pub(crate) next_floor: Floor,
}

/// How long a transaction takes at most between its statement and its commit, usually.
const SLACK: i64 = 10_000_000;
/// More actions than this are claimed by the indexes of their order.
const FEW: i64 = 500;

/// The claimed actions by the order in which they were claimed.
#[derive(Debug, Default)]
pub(crate) struct Claimed {
    pub(crate) urgent: Vec<Live>,
    pub(crate) oldest: Vec<Live>,
    pub(crate) due: Vec<Live>,
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl TaskStore {
    /// Returns after an action was queued by this process.
    pub(crate) async fn queued(&self) {
        self.queued.notified().await;
    }

    /// Looks for actions that can be claimed, from a floor on.
    pub(crate) async fn look(&self, floor: Floor) -> Result<Look, StorageError> {
        let mut on = self.database.connection().await?;
        let values = [floor.0.into(), (FEW + 1).into()];
        let row: Option<(i64, Option<i64>, i64)> =
            on.fetch_optional(sql::LOOK.of(on.system()), values).await?;
        let (now, next, ready) = row.unwrap_or_default();
        let wait = next.map(|it| Duration::from_micros(u64::try_from(it - now).unwrap_or_default()));
        let next_floor = Floor(next.unwrap_or(i64::MAX).min(now - SLACK));
        Ok(Look { wait, are_many: ready > FEW, floor, next_floor })
    }

    /// Claims actions that wait for no call and whose lease, if they have one, has ended. Each gets a new, higher fence.
    pub(crate) async fn claim(
        &self,
        look: Look,
        claim: Claim,
        lease: Lease,
    ) -> Result<Claimed, StorageError> {
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let mut claimed = Claimed::default();
                    let system = on.system();
                    let orders = [
                        (claim.urgent, &sql::CLAIM_MOST_URGENT, &mut claimed.urgent),
                        (claim.oldest, &sql::CLAIM_OLDEST, &mut claimed.oldest),
                        (claim.due, &sql::CLAIM_DUE, &mut claimed.due),
                    ];
                    for (limit, statement, into) in orders {
                        if limit == 0 {
                            continue;
                        }
                        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                        let owner = lease.owner.into();
                        let values =
                            [limit.into(), owner, micros(lease.duration).into(), look.floor.0.into()];
                        let statement = if look.are_many { &statement.of_many } else { &statement.of_few };
                        let rows: Vec<QueueRow> = on.fetch_all(statement.of(system), values).await?;
                        *into = live(rows)?;
                    }
                    Ok(claimed)
                })
            })
            .await
    }

    /// Gives a lease back whose action was not begun under it. Does nothing if the lease is lost.
    pub(crate) async fn release(&self, live: &Live) -> Result<(), StorageError> {
        let values = [live.task_id.into(), live.seq.into(), live.fence.into()];
        self.database
            .write(move |on| {
                let statement = sql::RELEASE.of(on.system());
                Box::pin(async move { on.execute(statement, values).await })
            })
            .await
    }
}
