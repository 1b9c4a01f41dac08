//! The limits on open streams: in total, and of one caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::callers::Key;

/// Number of large parts of snapshots in memory that wait for their clients to take them.
const MAX_PARTS: usize = 256;
/// The same of one caller.
const MAX_PARTS_OF_CALLER: usize = 16;

/// Counts open streams. Clones share the counts.
#[derive(Clone)]
pub(super) struct StreamPermits(Arc<Shared>);

struct Shared {
    total: usize,
    per_caller: usize,
    parts: Arc<Semaphore>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_caller: HashMap<Key, OfCaller>,
}

struct OfCaller {
    open: usize,
    parts: Arc<Semaphore>,
}

/// Room in memory for large parts of the snapshot of one stream.
#[derive(Clone)]
pub(super) struct PartRoom {
    total: Arc<Semaphore>,
    of_caller: Arc<Semaphore>,
}

/// Room for one part, until it is dropped.
pub(super) struct PartPermit {
    _of_caller: OwnedSemaphorePermit,
    _total: OwnedSemaphorePermit,
}

impl PartRoom {
    /// Returns room for a large part, if there is some.
    pub(super) fn try_acquire(self) -> Option<PartPermit> {
        let of_caller = self.of_caller.try_acquire_owned().ok()?;
        Some(PartPermit { _of_caller: of_caller, _total: self.total.try_acquire_owned().ok()? })
    }
}

/// An open stream, until it is dropped.
pub(super) struct StreamPermit {
    permits: StreamPermits,
    caller: Key,
    pub(super) parts: PartRoom,
}

/// The limit that a further stream would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exceeded {
    Total,
    PerCaller,
}

impl Exceeded {
    /// The reason that the client is told.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Total => "too_many_streams",
            Self::PerCaller => "too_many_streams_of_caller",
        }
    }
}

impl StreamPermits {
    pub(super) fn new(total: usize, per_caller: usize) -> Self {
        let parts = Arc::new(Semaphore::new(MAX_PARTS));
        Self(Arc::new(Shared { total, per_caller, parts, open: Mutex::default() }))
    }

    pub(super) fn acquire(&self, caller: Key) -> Result<StreamPermit, Exceeded> {
        let mut open = self.open();
        if open.by_caller.get(&caller).is_some_and(|it| it.open >= self.0.per_caller) {
            return Err(Exceeded::PerCaller);
        }
        if open.total >= self.0.total {
            return Err(Exceeded::Total);
        }
        open.total += 1;
        let new = || OfCaller { open: 0, parts: Arc::new(Semaphore::new(MAX_PARTS_OF_CALLER)) };
        let of_caller = open.by_caller.entry(caller.clone()).or_insert_with(new);
        of_caller.open += 1;
        let parts = PartRoom { total: self.0.parts.clone(), of_caller: of_caller.parts.clone() };
        Ok(StreamPermit { permits: self.clone(), caller, parts })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut open = self.permits.open();
        open.total -= 1;
        if let Some(of_caller) = open.by_caller.get_mut(&self.caller) {
            of_caller.open -= 1;
            if of_caller.open == 0 {
                open.by_caller.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(subject: &str) -> Key {
        Key::Caller { issuer: "urn:test".to_owned(), subject: subject.to_owned() }
    }

    #[test]
    fn a_caller_has_a_share_and_an_ended_stream_makes_room() {
        let permits = StreamPermits::new(3, 2);
        let first = permits.acquire(key("ada")).ok();
        let _second = permits.acquire(key("ada")).ok();
        assert_eq!(permits.acquire(key("ada")).err(), Some(Exceeded::PerCaller));
        let _other = permits.acquire(key("bob")).ok();
        assert_eq!(permits.acquire(key("bob")).err(), Some(Exceeded::Total));
        drop(first);
        assert!(permits.acquire(key("ada")).is_ok());
    }
}
