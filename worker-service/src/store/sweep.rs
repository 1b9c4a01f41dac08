//! What a sweep of a provider needs: its lease, and the workers to compare.

use std::time::Duration;

use storage::{Dialects, Statement, Statements as _, StorageError, dialects, record};
use uuid::Uuid;

use super::row::Row;
use super::schedule::micros;
use super::{WorkerStore, generation, insert_tags, schedule, sql, values};
use crate::event::{self, Actor};
use crate::worker::{Provider, Worker};

/// `$2` the owner, `$3` the length of the lease. A row is returned if the owner holds it now.
const HOLD: Dialects = dialects!(
    "INSERT sweeps",
    "INSERT INTO sweeps (provider, lease_owner, lease_until, fence) VALUES ($1, $2, ",
    now,
    " + $3, 1) ON CONFLICT (provider) DO UPDATE SET lease_owner = excluded.lease_owner, \
               lease_until = excluded.lease_until, fence = sweeps.fence + 1 \
             WHERE sweeps.lease_until <= ",
    now,
    " OR sweeps.lease_owner = excluded.lease_owner RETURNING fence",
);

/// How long the lease of a provider lasts yet, and whether `$2` holds it.
const HOLDER: Dialects = dialects!(
    "SELECT sweeps",
    "SELECT lease_until - ",
    now,
    " AS left_micros, lease_owner, fence FROM sweeps WHERE provider = $1",
);

/// Extends the lease with the fencing number `$3` to `$4` from now, unless it has ended.
const RENEW: Dialects = dialects!(
    "UPDATE sweeps",
    "UPDATE sweeps SET lease_until = ",
    now,
    " + $4 WHERE provider = $1 AND lease_owner = $2 AND fence = $3 AND lease_until > ",
    now,
    " RETURNING fence",
);

/// Gives the lease back, so that another replica goes on at once.
const RELEASE: Statement = Statement {
    summary: "UPDATE sweeps",
    sql: "UPDATE sweeps SET lease_until = 0 WHERE provider = $1 AND lease_owner = $2",
};

/// A page of the workers of a provider, in the order of their ids.
const PAGE: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!(
        "SELECT ",
        selected!(),
        " FROM workers WHERE id > $2 AND provider = $1 AND deleted_at IS NULL ORDER BY id LIMIT $3"
    ),
};

/// Reads a worker, deleted or not.
const GET_ANY: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!("SELECT ", selected!(), " FROM workers WHERE id = $1"),
};

record! {
    struct Holder {
        left_micros: i64,
        lease_owner: Uuid,
        fence: i64,
    }
}

/// The lease of a provider's sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SweepLease {
    pub(crate) provider: Provider,
    pub(crate) owner: Uuid,
    /// The fencing number.
    pub(crate) fence: i64,
    /// How long it lasts after it was taken or renewed.
    pub(crate) length: Duration,
}

impl WorkerStore {
    async fn sweep_holder(&self, provider: Provider) -> Result<Option<Holder>, StorageError> {
        let mut on = self.database.connection().await?;
        on.fetch_optional(HOLDER.of(on.system()), [provider.into_str().into()]).await
    }

    /// Takes or renews the lease of a provider's sweeps; `None` if another process holds it. Commits nothing while more than
    /// half of the lease is left.
    pub(crate) async fn hold_sweep(
        &self,
        provider: Provider,
        owner: Uuid,
        length: Duration,
    ) -> Result<Option<SweepLease>, StorageError> {
        let lease = |fence| SweepLease { provider, owner, fence, length };
        match self.sweep_holder(provider).await? {
            Some(it) if it.lease_owner == owner && it.left_micros > micros(length) / 2 => {
                return Ok(Some(lease(it.fence)));
            }
            Some(it) if it.lease_owner != owner && it.left_micros > 0 => return Ok(None),
            _ => {}
        }
        let held: Option<(i64,)> = self
            .database
            .write(move |on| {
                Box::pin(async move {
                    let values = [provider.into_str().into(), owner.into(), micros(length).into()];
                    on.fetch_optional(HOLD.of(on.system()), values).await
                })
            })
            .await?;
        Ok(held.map(|it| lease(it.0)))
    }

    /// Renews a lease whose second half has begun. Returns false if it has ended or another process has taken it: it is not
    /// taken again.
    pub(crate) async fn renew_sweep(&self, lease: SweepLease) -> Result<bool, StorageError> {
        let SweepLease { provider, owner, fence, length } = lease;
        match self.sweep_holder(provider).await? {
            Some(it) if it.lease_owner == owner && it.fence == fence && it.left_micros > 0 => {
                if it.left_micros > micros(length) / 2 {
                    return Ok(true);
                }
            }
            _ => return Ok(false),
        }
        let renewed: Option<(i64,)> = self
            .database
            .write(move |on| {
                Box::pin(async move {
                    let values =
                        [provider.into_str().into(), owner.into(), fence.into(), micros(length).into()];
                    on.fetch_optional(RENEW.of(on.system()), values).await
                })
            })
            .await?;
        Ok(renewed.is_some())
    }

    /// Gives the lease of a provider's sweeps back, if `owner` holds it.
    pub(crate) async fn release_sweep(&self, provider: Provider, owner: Uuid) -> Result<(), StorageError> {
        self.database
            .write(move |on| Box::pin(on.execute(&RELEASE, [provider.into_str().into(), owner.into()])))
            .await
    }

    /// Returns the workers of a provider with ids after `after`, at most `limit`, in the order of their ids.
    pub(crate) async fn of_provider(
        &self,
        provider: Provider,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<Worker>, StorageError> {
        let mut on = self.database.connection().await?;
        let values = [provider.into_str().into(), after.into(), limit.into()];
        let rows: Vec<Row> = on.fetch_all(&PAGE, values).await?;
        rows.into_iter().map(Row::into_worker).collect()
    }

    /// Returns the worker, deleted or not.
    pub(crate) async fn get_any(&self, id: Uuid) -> Result<Option<Worker>, StorageError> {
        let mut on = self.database.connection().await?;
        let row: Option<Row> = on.fetch_optional(&GET_ANY, [id.into()]).await?;
        row.map(Row::into_worker).transpose()
    }

    /// Inserts the worker of a machine that is tagged as ours, unless it exists.
    pub(crate) async fn adopt(&self, worker: Worker, event_id: Uuid) -> Result<bool, StorageError> {
        let adopted = self
            .database
            .write(move |on| {
                Box::pin(async move {
                    let id = worker.id;
                    let known: Option<Row> = on.fetch_optional(&GET_ANY, [id.into()]).await?;
                    if known.is_some() {
                        return Ok(false);
                    }
                    let inserted: Option<(Uuid,)> =
                        on.fetch_optional(&sql::INSERT_UNLESS_KNOWN, values(&worker)).await?;
                    if inserted.is_none() {
                        return Ok(false);
                    }
                    insert_tags(on, id).await?;
                    generation::begin(on, &worker, None).await?;
                    schedule::schedule(on, id).await?;
                    events::append(on, event::created(event_id, &worker, &Actor::process_for(&worker)))
                        .await?;
                    Ok::<_, StorageError>(true)
                })
            })
            .await?;
        self.wakes.notify_one();
        Ok(adopted)
    }
}
