//! The limits on open streams: in total, and of one caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::limits::callers::Key;

/// Counts open streams. Clones share the counts.
#[derive(Clone)]
pub(super) struct StreamPermits(Arc<Shared>);

struct Shared {
    total: usize,
    per_caller: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_caller: HashMap<Key, usize>,
}

/// An open stream, until it is dropped.
pub(super) struct StreamPermit {
    permits: StreamPermits,
    caller: Key,
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
        Self(Arc::new(Shared { total, per_caller, open: Mutex::default() }))
    }

    pub(super) fn acquire(&self, caller: Key) -> Result<StreamPermit, Exceeded> {
        let mut open = self.open();
        let of_caller = open.by_caller.get(&caller).copied().unwrap_or_default();
        if of_caller >= self.0.per_caller {
            return Err(Exceeded::PerCaller);
        }
        if open.total >= self.0.total {
            return Err(Exceeded::Total);
        }
        open.total += 1;
        open.by_caller.insert(caller.clone(), of_caller + 1);
        Ok(StreamPermit { permits: self.clone(), caller })
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
            *of_caller -= 1;
            if *of_caller == 0 {
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
