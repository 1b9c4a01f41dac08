//! Limits how many snapshots are in progress. A snapshot holds a database connection until its subscriber has read all of
//! it, so a process takes only a few at a time, and one for each caller.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use access::{Caller, Role};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Maximum number of concurrent snapshots in a process.
const MAX_SNAPSHOTS: usize = 4;
/// How long a caller waits for a permit.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// The snapshot permits of a process.
pub(super) struct SnapshotPermits {
    free: Arc<Semaphore>,
    timeout: Duration,
    /// Notified when a holder is removed from `holders`.
    released: Notify,
    /// Callers that hold a permit or wait for one.
    holders: Mutex<HashSet<PermitHolder>>,
}

/// Issuer and `sub` of a caller that may hold only one permit at a time.
pub(super) type PermitHolder = (String, String);

/// The right to take one snapshot, released when dropped.
pub(super) struct SnapshotPermit {
    _entry: HolderEntry,
    _permit: OwnedSemaphorePermit,
}

/// The entry of a caller in `holders`, removed when dropped.
struct HolderEntry {
    permits: Arc<SnapshotPermits>,
    holder: Option<PermitHolder>,
}

impl SnapshotPermits {
    pub(super) fn new() -> Arc<Self> {
        Self::with_timeout(ACQUIRE_TIMEOUT)
    }

    fn with_timeout(timeout: Duration) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(MAX_SNAPSHOTS));
        Arc::new(Self { free, timeout, released: Notify::new(), holders: Mutex::default() })
    }

    /// Returns the holder to which a permit of this caller is counted; `None` for services and admins, which may hold
    /// several.
    pub(super) fn holder(caller: &Caller) -> Option<PermitHolder> {
        let many = caller.is(Role::Service) || caller.is(Role::Admin);
        (!many).then(|| (caller.issuer.clone(), caller.sub.clone()))
    }

    /// Waits up to [`ACQUIRE_TIMEOUT`] for a permit; `None` if none became free, or if the holder still has one.
    pub(super) async fn acquire(self: &Arc<Self>, holder: Option<PermitHolder>) -> Option<SnapshotPermit> {
        let acquiring = async {
            let entry = self.register(holder).await;
            let permit = self.free.clone().acquire_owned().await.ok()?;
            Some(SnapshotPermit { _entry: entry, _permit: permit })
        };
        tokio::time::timeout(self.timeout, acquiring).await.ok().flatten()
    }

    /// Waits until the holder has no other permit: after a disconnect, the previous one is released with a delay.
    async fn register(self: &Arc<Self>, holder: Option<PermitHolder>) -> HolderEntry {
        loop {
            let released = self.released.notified();
            if holder.as_ref().is_none_or(|it| self.holders().insert(it.clone())) {
                return HolderEntry { permits: self.clone(), holder };
            }
            released.await;
        }
    }

    fn holders(&self) -> MutexGuard<'_, HashSet<PermitHolder>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HolderEntry {
    fn drop(&mut self) {
        if let Some(holder) = &self.holder {
            self.permits.holders().remove(holder);
            self.permits.released.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_holder_has_one_permit_and_waiting_has_a_timeout() {
        let permits = SnapshotPermits::with_timeout(Duration::from_millis(10));
        let holder = |it: &str| Some(("urn:test".to_owned(), it.to_owned()));
        let first = permits.acquire(holder("ada")).await.unwrap();
        assert!(permits.acquire(holder("ada")).await.is_none());
        let mut others = Vec::new();
        for name in ["bob", "eve", "mia"] {
            others.push(permits.acquire(holder(name)).await.unwrap());
        }
        assert!(permits.acquire(None).await.is_none(), "all permits are in use");
        drop(first);
        assert!(permits.acquire(holder("ada")).await.is_some());
    }
}
