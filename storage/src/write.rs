//! Changes of the database, each a piece of work in a transaction.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use telemetry::span::in_current_context;
use tokio::sync::oneshot;

use crate::group_commit::{Answer, Change};
use crate::{Database, StorageError, Transaction};

impl Database {
    /// Runs `work` in a transaction, which is committed after `Ok` and rolled back after `Err`. The work runs to its end
    /// even if the returned future is dropped. On SQLite, changes that wait for the writer share one transaction
    /// ([`crate::group_commit`]).
    ///
    /// # Errors
    /// The errors of `work`, and [`StorageError::Interrupted`] if it panicked.
    pub async fn write<T, E>(
        &self,
        work: impl for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        match self {
            Self::Sqlite(pools) => {
                let change = Box::new(Work { work, answer });
                pools.group_commit.submit(pools, change, answered).await
            }
            Self::Postgres(_) => {
                let database = self.clone();
                let transaction = async move {
                    let mut transaction = database.begin().await?;
                    let outcome = work(&mut transaction).await?;
                    transaction.commit().await?;
                    Ok(outcome)
                };
                let answer = async move { drop(answer.send(transaction.await)) };
                tokio::spawn(in_current_context(answer));
                answered.await.unwrap_or_else(|_| Err(StorageError::Interrupted.into()))
            }
        }
    }
}

/// Work whose caller waits for its outcome.
struct Work<W, T, E> {
    work: W,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<W, T, E> Change for Work<W, T, E>
where
    W: for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    fn run(self: Box<Self>, on: &mut Transaction) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            let Self { work, answer } = *self;
            let outcome = AssertUnwindSafe(async { work(on).await }).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_| Err(StorageError::Interrupted.into()));
            Answer {
                is_kept: outcome.is_ok(),
                give: Box::new(move |refusal| {
                    let outcome = refusal.map_or(outcome, |it| Err(it.into()));
                    // The caller may have gone.
                    drop(answer.send(outcome));
                }),
            }
        })
    }

    fn refuse(self: Box<Self>, error: StorageError) {
        drop(self.answer.send(Err(error.into())));
    }
}
