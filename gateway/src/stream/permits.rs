//! The limits on open streams, and on the large parts of their snapshots: in total, and of one caller.

use net::places::{Full, Place, Places};

use crate::limits::callers::Key;

/// Number of large parts of snapshots in memory that wait for their clients to take them.
const MAX_PARTS: usize = 256;
/// The same of one caller.
const MAX_PARTS_OF_CALLER: usize = 16;

/// Counts open streams.
pub(super) struct StreamPermits {
    streams: Places<Key>,
    parts: Places<Key>,
}

/// Room for one large part of a snapshot, until it is dropped.
pub(super) struct PartPermit(#[expect(dead_code, reason = "held until it is dropped")] Place<Key>);

/// An open stream, until it is dropped.
pub(super) struct StreamPermit(Place<Key>);

/// The reason that the client is told when a limit is reached.
pub(super) fn reason(full: Full) -> &'static str {
    match full {
        Full::Total => "too_many_streams",
        Full::Share => "too_many_streams_of_caller",
    }
}

impl StreamPermits {
    /// A share of 0 sets no limit for a caller.
    pub(super) fn new(total: usize, per_caller: usize) -> Self {
        let parts = Places::new(MAX_PARTS, MAX_PARTS_OF_CALLER);
        Self { streams: Places::new(total, per_caller), parts }
    }

    pub(super) fn acquire(&self, caller: &Key) -> Result<StreamPermit, Full> {
        self.streams.take(caller, 1).map(StreamPermit)
    }

    /// Room in memory for a large part of the snapshot of a stream, if there is some.
    pub(super) fn part_of(&self, stream: &StreamPermit) -> Option<PartPermit> {
        self.parts.take(stream.0.key()?, 1).ok().map(PartPermit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(subject: &str) -> Key {
        Key::Caller(access::testing::caller(subject, &[], None).key())
    }

    #[test]
    fn a_caller_has_a_share_and_an_ended_stream_makes_room() {
        let permits = StreamPermits::new(3, 2);
        let first = permits.acquire(&key("ada")).ok();
        let _second = permits.acquire(&key("ada")).ok();
        assert_eq!(permits.acquire(&key("ada")).err(), Some(Full::Share));
        let _other = permits.acquire(&key("bob")).ok();
        assert_eq!(permits.acquire(&key("bob")).err(), Some(Full::Total));
        drop(first);
        assert!(permits.acquire(&key("ada")).is_ok());
    }

    #[test]
    fn without_a_share_a_caller_may_have_all_streams() {
        let permits = StreamPermits::new(3, 0);
        let all: Vec<_> = std::iter::from_fn(|| permits.acquire(&key("ada")).ok()).collect();
        assert_eq!(all.len(), 3);
    }
}
