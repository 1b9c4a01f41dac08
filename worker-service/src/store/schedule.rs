//! When workers are due: wake-ups, and the end of a turn.

use std::time::Duration;

use events::NewEvent;
use platform::clock::Micros;
use serde_json::json;
use sqlx::types::Json;
use storage::{Dialects, Statement, Statements as _, StorageError, Transaction, dialects, record};
use uuid::Uuid;

use super::claim::Claim;
use super::generation::{self, Generation};
use super::row::{Row, values};
use super::{WorkerStore, sql};
use crate::reconcile::book::Book;
use crate::reconcile::settle::Settled;
use crate::worker::Worker;

/// A worker that is due keeps its place.
const SCHEDULE: Dialects = dialects!(
    "INSERT reconciles",
    "INSERT INTO reconciles (worker_id, due_at, book) VALUES ($1, ",
    now,
    ", $2) ON CONFLICT (worker_id) DO UPDATE SET \
       due_at = CASE WHEN reconciles.due_at <= excluded.due_at THEN reconciles.due_at ELSE excluded.due_at END, \
       wakes = reconciles.wakes + 1, book = excluded.book",
);

/// A worker that is due keeps its place.
const WAKE: Dialects = dialects!(
    "UPDATE reconciles",
    "UPDATE reconciles SET wakes = wakes + 1, due_at = CASE WHEN due_at <= ",
    now,
    " THEN due_at ELSE ",
    now,
    " END WHERE worker_id = $1",
);

/// The row stays, because its fence must not start again when the worker is restored.
const FORGET: Statement = Statement {
    summary: "UPDATE reconciles",
    sql: "UPDATE reconciles SET due_at = NULL, lease_until = 0, lease_owner = NULL, fence = fence + 1, wakes = wakes + 1 \
          WHERE worker_id = $1",
};

const BOOK: Statement = Statement {
    summary: "SELECT reconciles",
    sql: "SELECT book, due_at FROM reconciles WHERE worker_id = $1",
};

/// [`BOOK`], as long as the fence is that of the turn; locked until the transaction ends.
const BOOK_FENCED: Dialects = dialects!(
    "SELECT reconciles",
    "SELECT book, due_at FROM reconciles WHERE worker_id = $1 AND fence = $2",
    for_update,
);

/// Ends a turn and its lease. What happened meanwhile (`wakes` differs from `$4`) makes the worker due at once. `$3` is how
/// long until it is due; NULL: it is not.
const RELEASE: Dialects = dialects!(
    "UPDATE reconciles",
    "UPDATE reconciles SET lease_until = 0, lease_owner = NULL, book = $5, \
               due_at = CASE WHEN wakes = $4 THEN ",
    now,
    " + $3 ELSE ",
    now,
    " END WHERE worker_id = $1 AND fence = $2",
);

/// Ends the turn of a worker that was deleted.
const REST: Statement = Statement {
    summary: "UPDATE reconciles",
    sql: "UPDATE reconciles SET lease_until = 0, lease_owner = NULL, due_at = NULL WHERE worker_id = $1 AND fence = $2",
};

/// Gives a lease back without a turn; the worker stays due.
const HAND_BACK: Statement = Statement {
    summary: "UPDATE reconciles",
    sql: "UPDATE reconciles SET lease_until = 0, lease_owner = NULL WHERE worker_id = $1 AND fence = $2",
};

/// `$2` is the shortest time between two refreshes.
const REFRESH: Dialects = dialects!(
    "UPDATE reconciles",
    "UPDATE reconciles SET refreshed_at = ",
    now,
    ", wakes = wakes + 1, due_at = CASE WHEN due_at <= ",
    now,
    " THEN due_at ELSE ",
    now,
    " END WHERE worker_id = $1 AND refreshed_at <= ",
    now,
    " - $2 AND worker_id IN (SELECT id FROM workers WHERE id = $1 AND deleted_at IS NULL) RETURNING refreshed_at",
);

/// How long until the next refresh is possible.
const REFRESHABLE: Dialects = dialects!(
    "SELECT reconciles",
    "SELECT refreshed_at + $2 - ",
    now,
    " FROM reconciles WHERE worker_id IN (SELECT id FROM workers WHERE id = $1 AND deleted_at IS NULL)",
);

record! {
    struct BookRow {
        book: Json<Book>,
        due_at: Option<i64>,
    }
}

/// What a request to refresh a worker has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// The worker is due.
    Due,
    /// It was refreshed just now, and can be again after this time.
    TooSoon(Duration),
    /// The last call of the provider failed: it is made again after this time, whoever asks.
    Paused(Duration),
}

/// What a turn needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) worker: Worker,
    pub(crate) generation: Generation,
    pub(crate) book: Book,
}

/// Makes a new or restored worker due for its first turn.
pub(super) async fn schedule(on: &mut Transaction, id: Uuid) -> Result<(), StorageError> {
    on.execute(SCHEDULE.of(on.system()), [id.into(), json!(Book::default()).into()]).await
}

/// Makes a worker due, whatever it waits for.
pub(super) async fn wake(on: &mut Transaction, id: Uuid) -> Result<(), StorageError> {
    on.execute(WAKE.of(on.system()), [id.into()]).await
}

/// Makes a worker due because its desired state was set: what failed before is tried anew at once.
pub(super) async fn wake_for_new_generation(
    on: &mut Transaction,
    worker: &Worker,
) -> Result<(), StorageError> {
    let id = worker.id;
    let row: Option<BookRow> = on.fetch_optional(&BOOK, [id.into()]).await?;
    let known = row.map(|it| it.book.0).unwrap_or_default();
    let mut book = Book { failures: 0, conflicts: 0, next_retry: None, waiting: None, ..known };
    book.flips = book.flips.after(worker, &book, worker.desired.set_at);
    on.execute(SCHEDULE.of(on.system()), [id.into(), json!(book).into()]).await
}

/// Makes a worker due because a person changed it: its name and tags have to reach the machine, and the tags that it has no
/// more have to leave it.
pub(super) async fn wake_for_change(
    on: &mut Transaction,
    before: &Worker,
    after: &Worker,
) -> Result<(), StorageError> {
    let removed: Vec<&String> = before.tags.keys().filter(|it| !after.tags.contains_key(*it)).collect();
    let row: Option<BookRow> = on.fetch_optional(&BOOK, [after.id.into()]).await?;
    let Some(mut book) = row.map(|it| it.book.0) else { return Ok(()) };
    book.removed_tags.retain(|it| !after.tags.contains_key(it));
    book.removed_tags.extend(removed.into_iter().cloned());
    on.execute(SCHEDULE.of(on.system()), [after.id.into(), json!(book).into()]).await
}

/// Ends all turns of a deleted worker.
pub(super) async fn forget(on: &mut Transaction, id: Uuid) -> Result<(), StorageError> {
    on.execute(&FORGET, [id.into()]).await
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

impl WorkerStore {
    /// Reads what a turn needs to know; `None` if the worker was deleted.
    pub(crate) async fn due(&self, id: Uuid) -> Result<Option<Due>, StorageError> {
        let mut on = self.database.connection().await?;
        let row: Option<Row> = on.fetch_optional(&sql::GET, [id.into()]).await?;
        let book: Option<BookRow> = on.fetch_optional(&BOOK, [id.into()]).await?;
        let (Some(row), Some(book)) = (row, book) else { return Ok(None) };
        let worker = row.into_worker()?;
        let generation = generation::get(&mut on, id, worker.desired.generation).await?;
        let generation = generation.unwrap_or_else(|| Generation {
            outcome: None,
            set_at: worker.desired.set_at,
            cause: telemetry::propagation::Cause::default(),
        });
        Ok(Some(Due { worker, generation, book: book.book.0 }))
    }

    /// Returns the bookkeeping of a worker and when its next turn is due.
    pub(crate) async fn book(&self, id: Uuid) -> Result<Option<(Book, Option<Micros>)>, StorageError> {
        let mut on = self.database.connection().await?;
        let row: Option<BookRow> = on.fetch_optional(&BOOK, [id.into()]).await?;
        Ok(row.map(|it| (it.book.0, it.due_at.map(Micros))))
    }

    /// Ends a turn: stores what `settle` makes of the worker and its bookkeeping as they are now, with the event that
    /// `event` makes if the worker changed, and ends the lease. Returns the worker before and after; `None` if the lease was
    /// lost, in which case nothing is stored.
    pub(crate) async fn end_turn(
        &self,
        claim: Claim,
        settle: impl FnOnce(&Worker, &Book) -> Settled + Send + 'static,
        event: impl FnOnce(&Worker, &Worker) -> NewEvent + Send + 'static,
    ) -> Result<Option<(Worker, Worker)>, StorageError> {
        let id = claim.worker_id;
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let row: Option<Row> =
                        on.fetch_optional(sql::GET_LOCKED.of(on.system()), [id.into()]).await?;
                    let fenced = [id.into(), claim.fence.into()];
                    let book: Option<BookRow> =
                        on.fetch_optional(BOOK_FENCED.of(on.system()), fenced).await?;
                    let (Some(row), Some(book)) = (row, book) else { return Ok(None) };
                    let before = row.into_worker()?;
                    let Settled { worker, book, due_in } = settle(&before, &book.book.0);
                    if worker != before {
                        on.execute(&sql::UPDATE, values(&worker)).await?;
                    }
                    if let (None, Some(outcome)) = (&before.outcome, &worker.outcome) {
                        generation::end(on, id, outcome).await?;
                    }
                    let values = [
                        id.into(),
                        claim.fence.into(),
                        due_in.map(micros).into(),
                        claim.wakes.into(),
                        json!(book).into(),
                    ];
                    on.execute(RELEASE.of(on.system()), values).await?;
                    if worker != before {
                        events::append(on, event(&before, &worker)).await?;
                    }
                    Ok(Some((before, worker)))
                })
            })
            .await
    }

    /// Ends the turn of a worker that was deleted: it is not due any more.
    pub(crate) async fn rest(&self, claim: Claim) -> Result<(), StorageError> {
        self.database
            .write(move |on| Box::pin(on.execute(&REST, [claim.worker_id.into(), claim.fence.into()])))
            .await
    }

    /// Gives leases back whose turns were not taken.
    pub(crate) async fn hand_back(&self, claims: Vec<Claim>) -> Result<(), StorageError> {
        self.database
            .write(move |on| {
                Box::pin(async move {
                    for claim in claims {
                        on.execute(&HAND_BACK, [claim.worker_id.into(), claim.fence.into()]).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Makes workers due, whatever they wait for.
    pub(crate) async fn wake(&self, ids: Vec<Uuid>) -> Result<(), StorageError> {
        let woken = self
            .database
            .write(move |on| {
                Box::pin(async move {
                    for id in ids {
                        wake(on, id).await?;
                    }
                    Ok(())
                })
            })
            .await;
        self.wakes.notify_one();
        woken
    }

    /// Makes a worker due, at most once in `interval`, and not while the provider is left alone after an error; `None` if the
    /// worker does not exist.
    pub(crate) async fn refresh(
        &self,
        id: Uuid,
        interval: Duration,
        now: Micros,
    ) -> Result<Option<Refresh>, StorageError> {
        let refreshed = self
            .database
            .write(move |on| {
                Box::pin(async move {
                    let values = || [id.into(), micros(interval).into()];
                    let book: Option<BookRow> = on.fetch_optional(&BOOK, [id.into()]).await?;
                    let next_retry = book.and_then(|it| it.book.0.next_retry).filter(|it| *it > now);
                    if next_retry.is_none() {
                        let done: Option<(i64,)> =
                            on.fetch_optional(REFRESH.of(on.system()), values()).await?;
                        if done.is_some() {
                            return Ok(Some(Refresh::Due));
                        }
                    }
                    let left: Option<(i64,)> =
                        on.fetch_optional(REFRESHABLE.of(on.system()), values()).await?;
                    Ok::<_, StorageError>(left.map(|(left,)| match next_retry {
                        Some(at) => Refresh::Paused(at - now),
                        None => Refresh::TooSoon(Duration::from_micros(left.try_into().unwrap_or_default())),
                    }))
                })
            })
            .await?;
        self.wakes.notify_one();
        Ok(refreshed)
    }
}
