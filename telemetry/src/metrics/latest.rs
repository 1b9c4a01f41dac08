//! Values that observable instruments read, and that a query brings up to date from time to time: the database cannot be
//! asked on the thread that exports.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::periodic::Periodic;
use platform::shutdown::Shutdown;

use crate::span::untraced;

/// Interval of the queries.
const INTERVAL: Duration = Duration::from_secs(10);

/// The result of the last query; none before the first one and after one that failed. Clones share it.
#[derive(Debug)]
pub struct Latest<T>(Arc<Mutex<Option<T>>>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Latest<T> {
    fn value(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `read` with the value, if there is one.
    pub fn read(&self, read: impl FnOnce(&T)) {
        if let Some(value) = &*self.value() {
            read(value);
        }
    }

    /// Runs `query` now and every ten seconds until `stop`, without spans. `work` names it in log lines. Does nothing if this
    /// process exports no metrics.
    pub async fn refresh<F, E>(&self, work: &'static str, stop: &Shutdown, mut query: impl FnMut() -> F)
    where
        F: Future<Output = Result<T, E>>,
        E: Error + 'static,
    {
        if super::METER.get().is_none() {
            return;
        }
        self.refresh_every(INTERVAL, work, stop, &mut query).await;
    }

    async fn refresh_every<F, E>(
        &self,
        interval: Duration,
        work: &'static str,
        stop: &Shutdown,
        query: &mut impl FnMut() -> F,
    ) where
        F: Future<Output = Result<T, E>>,
        E: Error + 'static,
    {
        let turn = || {
            let asked = untraced(query());
            async {
                let (newest, outcome) = match asked.await {
                    Ok(newest) => (Some(newest), Ok(())),
                    Err(error) => (None, Err(error)),
                };
                *self.value() = newest;
                outcome
            }
        };
        Periodic::every(interval, work).run_woken(stop, std::future::pending, turn).await;
        *self.value() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(of: &Latest<u64>) -> Option<u64> {
        let mut read = None;
        of.read(|it| read = Some(*it));
        read
    }

    #[tokio::test]
    async fn a_failed_query_leaves_no_value_behind_and_neither_does_the_end() {
        let (latest, stop) = (Latest::<u64>::default(), Shutdown::new());
        let mut results = vec![Ok(3), Err(std::fmt::Error), Ok(2)];
        let mut seen = Vec::new();
        let mut query = || {
            seen.push(now(&latest));
            let result = results.pop();
            if result.is_none() {
                stop.cancel();
            }
            std::future::ready(result.unwrap_or(Ok(9)))
        };
        latest.refresh_every(Duration::from_millis(1), "counting", &stop, &mut query).await;
        assert_eq!(seen, [None, Some(2), None, Some(3)]);
        assert_eq!(now(&latest), None);
    }
}
