//! Group commit on SQLite, which has one writer at a time and stores each commit by a write to the disk: the changes that wait
//! for the writer share one transaction, each within a savepoint of its own, and are answered after its COMMIT. A change that
//! fails undoes itself only. Nothing waits for others to come: a change that finds the writer idle is committed alone.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use opentelemetry::Context;
use sqlx::Sqlite;
use telemetry::database::{self as spans, Acquisition};
use telemetry::span::CurrentSpan;
use tokio::sync::oneshot;

use crate::acquire::ACQUIRE_TIMEOUT;
use crate::connection::{Use, noted};
use crate::transaction::{AfterCommit, Inner, begin_on};
use crate::{Backend as _, Executor, Pools, Statements as _, StorageError, Transaction};

/// How many changes one COMMIT stores at most.
const MOST_CHANGES: usize = 128;
/// How long changes may have run when another one joins them, so that a caller waits hardly longer than for its own commit.
const LONGEST: Duration = Duration::from_millis(5);

/// A change that waits for the writer.
pub(crate) trait Change: Send {
    /// Runs the change in the transaction, and returns the answer for its caller.
    fn run(self: Box<Self>, on: &mut Transaction) -> BoxFuture<'_, Answer>;

    /// Answers that the change did not run.
    fn refuse(self: Box<Self>, error: StorageError);
}

/// The answer of a change that has run, which is given after the commit.
pub(crate) struct Answer {
    /// Whether the change is to be kept.
    pub(crate) is_kept: bool,
    /// Gives the answer, or an error because of which nothing of the transaction was stored.
    pub(crate) give: Box<dyn FnOnce(Option<StorageError>) + Send>,
}

/// The changes that wait for the writer of a SQLite file.
#[derive(Debug)]
pub(crate) struct GroupCommit {
    queue: Mutex<Queue>,
    /// How long changes may have run when another one joins them.
    longest: Duration,
}

impl Default for GroupCommit {
    fn default() -> Self {
        Self { queue: Mutex::default(), longest: LONGEST }
    }
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Whether a task takes what waits.
    is_served: bool,
    /// Number of the next change.
    next: u64,
}

struct Waiting {
    number: u64,
    change: Box<dyn Change>,
    caller: CurrentSpan,
    acquisition: Acquisition,
    since: Instant,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Waiting").field("number", &self.number).finish_non_exhaustive()
    }
}

impl GroupCommit {
    /// Has a change stored, and returns the answer to it. It runs even if the returned future is dropped. If the writer does not
    /// become free in time, it does not run.
    pub(crate) async fn submit<T, E: From<StorageError>>(
        self: &Arc<Self>,
        pools: &Pools<Sqlite>,
        change: Box<dyn Change>,
        mut answered: oneshot::Receiver<Result<T, E>>,
    ) -> Result<T, E> {
        let number = self.add(pools, change);
        if let Ok(answer) = tokio::time::timeout(ACQUIRE_TIMEOUT, &mut answered).await {
            return answer.unwrap_or_else(|_| Err(StorageError::Interrupted.into()));
        }
        if let Some(late) = self.withdraw(number) {
            late.refuse(sqlx::Error::PoolTimedOut.into());
        }
        answered.await.unwrap_or_else(|_| Err(StorageError::Interrupted.into()))
    }

    /// Adds a change to those that wait, and returns its number.
    fn add(self: &Arc<Self>, pools: &Pools<Sqlite>, change: Box<dyn Change>) -> u64 {
        let caller = CurrentSpan::keep();
        let acquisition = Acquisition::begin(&pools.target, &pools.write_use);
        let mut queue = self.lock();
        let number = queue.next;
        queue.next += 1;
        queue.waiting.push_back(Waiting { number, change, caller, acquisition, since: Instant::now() });
        let is_idle = !std::mem::replace(&mut queue.is_served, true);
        drop(queue);
        // Without the lock: a runtime that ends drops the task at once, which takes it.
        if is_idle {
            tokio::spawn(Server { changes: self.clone(), pools: pools.clone(), has_ended: false }.run());
        }
        number
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn withdraw(&self, number: u64) -> Option<Waiting> {
        let mut queue = self.lock();
        let at = queue.waiting.iter().position(|it| it.number == number)?;
        queue.waiting.remove(at)
    }

    /// Returns the next change whose caller still waits.
    fn next(queue: &mut Queue) -> Option<Waiting> {
        while let Some(next) = queue.waiting.pop_front() {
            if next.since.elapsed() < ACQUIRE_TIMEOUT {
                return Some(next);
            }
            next.refuse(sqlx::Error::PoolTimedOut.into());
        }
        None
    }
}

/// Stores what waits until nothing waits.
struct Server {
    changes: Arc<GroupCommit>,
    pools: Pools<Sqlite>,
    /// Whether it has found that nothing waits. From then on, another one may serve the queue.
    has_ended: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.has_ended {
            // The runtime ends, or there was a panic: callers are told that their change was interrupted.
            let mut queue = self.changes.lock();
            queue.is_served = false;
            queue.waiting.clear();
        }
    }
}

impl Server {
    async fn run(mut self) {
        while let Some(first) = self.first() {
            self.store(first).await;
        }
        self.has_ended = true;
    }

    fn first(&self) -> Option<Waiting> {
        let mut queue = self.changes.lock();
        let first = GroupCommit::next(&mut queue);
        queue.is_served = first.is_some();
        first
    }

    fn another(&self) -> Option<Waiting> {
        GroupCommit::next(&mut self.changes.lock())
    }

    /// Stores a change, and with it others that wait.
    async fn store(&self, first: Waiting) {
        let Some((caller, change, on)) = first.begin(&self.pools).await else { return };
        let mut group = Group { on, kept: Vec::new(), failed: Vec::new() };
        let started = Instant::now();
        // Alone, it needs no savepoint.
        let answer = group.run(&caller, change).await;
        if !answer.is_kept {
            drop(group);
            (answer.give)(None);
            return;
        }
        group.keep(caller, answer);
        while group.changes() < MOST_CHANGES && started.elapsed() < self.changes.longest {
            let Some(another) = self.another() else { break };
            if group.join(another).await.is_err() {
                return group.rolled_back();
            }
        }
        group.commit().await;
    }
}

impl Waiting {
    fn refuse(self, error: StorageError) {
        self.acquisition.ended(Some(&error));
        self.change.refuse(error);
    }

    /// Begins a transaction for this change; `None` if its caller was told that there is none.
    async fn begin(self, pools: &Pools<Sqlite>) -> Option<(CurrentSpan, Box<dyn Change>, Transaction)> {
        let Self { change, caller, acquisition, .. } = self;
        let writes = Some(pools.writability.clone());
        if let Err(gone) = noted(writes.clone(), pools.writability.check_file()) {
            drop(acquisition);
            change.refuse(gone);
            return None;
        }
        let connection = match Box::pin(Sqlite::acquire(&pools.writers)).await {
            Ok(connection) => connection,
            Err(error) => {
                let error = StorageError::from(error);
                acquisition.ended(Some(&error));
                change.refuse(error);
                return None;
            }
        };
        acquisition.ended::<StorageError>(None);
        // IMMEDIATE takes the write lock now: upgrading a read lock later could fail with SQLITE_BUSY.
        let begun = begin_on(connection, &pools.target, "BEGIN IMMEDIATE");
        match noted(writes, caller.run(begun).await) {
            Ok(begun) => Some((caller, change, Transaction::of(Inner::Sqlite(begun), pools, Use::Write))),
            Err(error) => {
                change.refuse(error);
                None
            }
        }
    }
}

/// Changes in one transaction.
struct Group {
    on: Transaction,
    kept: Vec<Kept>,
    /// Answers of changes that have undone themselves. They may be about what others of the group have changed, so they are given
    /// after the commit, too.
    failed: Vec<Answer>,
}

struct Kept {
    caller: CurrentSpan,
    after: AfterCommit,
    answer: Answer,
}

impl Group {
    fn changes(&self) -> usize {
        self.kept.len() + self.failed.len()
    }

    async fn run(&mut self, caller: &CurrentSpan, change: Box<dyn Change>) -> Answer {
        caller.run(change.run(&mut self.on)).await
    }

    fn keep(&mut self, caller: CurrentSpan, answer: Answer) {
        let after = self.on.take_after_commit();
        self.kept.push(Kept { caller, after, answer });
    }

    /// Runs another change in the transaction.
    ///
    /// # Errors
    /// An error after which nothing of the transaction can be stored. The other change was answered.
    async fn join(&mut self, another: Waiting) -> Result<(), StorageError> {
        // The savepoint of the change before is not needed any more.
        const FIRST: &str = "SAVEPOINT change";
        const NEXT: &str = "RELEASE change; SAVEPOINT change";
        const UNDO: &str = "ROLLBACK TO change";
        let Waiting { change, caller, acquisition, .. } = another;
        acquisition.ended::<StorageError>(None);
        let target = self.on.target();
        let savepoint = if self.changes() == 1 { FIRST } else { NEXT };
        let begun = caller.run(spans::transaction(&target, "BEGIN", self.execute(savepoint))).await;
        if let Err(error) = begun {
            // The change before has let the transaction end.
            change.refuse(StorageError::RolledBack);
            return Err(error);
        }
        let answer = self.run(&caller, change).await;
        if answer.is_kept {
            self.keep(caller, answer);
            return Ok(());
        }
        drop(self.on.take_after_commit());
        if let Err(error) = self.execute(UNDO).await {
            (answer.give)(None);
            return Err(error);
        }
        self.failed.push(answer);
        Ok(())
    }

    async fn execute(&mut self, text: &'static str) -> Result<(), StorageError> {
        let Executor::Sqlite(connection) = self.on.executor() else { return Ok(()) };
        sqlx::query(text).execute(connection).await?;
        Ok(())
    }

    /// Stores the changes, and then answers all callers.
    async fn commit(self) {
        let callers: Vec<Context> = self.kept.iter().map(|it| it.caller.context().clone()).collect();
        let outcome = self.on.commit_for(&callers).await;
        let refusal = outcome.as_ref().err().cloned();
        let mut answers = self.failed;
        for Kept { caller, after, answer } in self.kept {
            // The panic is logged where it happens. The changes are stored, whatever becomes of what follows them.
            drop(catch_unwind(AssertUnwindSafe(|| caller.in_scope(|| after.run(&outcome)))));
            answers.push(answer);
        }
        for answer in answers {
            (answer.give)(refusal.clone());
        }
    }

    /// Answers that nothing was stored, after SQLite has rolled the transaction back by itself, as it may if the disk is full.
    fn rolled_back(self) {
        drop(self.on);
        for answer in self.kept.into_iter().map(|it| it.answer).chain(self.failed) {
            (answer.give)(Some(StorageError::RolledBack));
        }
    }
}

#[cfg(test)]
mod tests;
