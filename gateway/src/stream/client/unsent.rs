//! The blocks that a stream has to send.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::{Bytes, BytesMut};

use crate::stream::permits::PartPermit;
use crate::stream::told::Shared;

/// A block to be sent.
pub(super) struct Unsent {
    pub(super) block: Bytes,
    pub(super) taken: Taken,
}

/// The blocks to be sent. Most of the time there is none or one, for which no more room is needed.
#[derive(Default)]
pub(super) struct UnsentBlocks {
    first: Option<Unsent>,
    others: VecDeque<Unsent>,
}

impl UnsentBlocks {
    pub(super) fn push(&mut self, unsent: Unsent) {
        if self.first.is_none() {
            self.first = Some(unsent);
        } else {
            self.others.push_back(unsent);
        }
    }

    /// Makes one block of all, which are about the stream itself: one frame of HTTP/2 instead of several, for each of which a
    /// connection keeps room as long as it is open.
    pub(super) fn join(&mut self) {
        let Some(first) = self.first.as_mut().filter(|_| !self.others.is_empty()) else { return };
        debug_assert!(self.others.iter().chain([&*first]).all(|it| matches!(it.taken, Taken::Other)));
        let mut block = BytesMut::from(&*first.block);
        for other in std::mem::take(&mut self.others) {
            block.extend_from_slice(&other.block);
        }
        first.block = block.freeze();
    }

    pub(super) fn pop(&mut self) -> Option<Unsent> {
        let first = self.first.take()?;
        self.first = self.others.pop_front();
        if self.first.is_none() && self.others.capacity() > 0 {
            // After a burst, each of the clients would keep its room.
            self.others = VecDeque::new();
        }
        Some(first)
    }
}

/// What is known of a block that the connection has.
#[derive(Default)]
pub(super) enum Taken {
    #[default]
    Other,
    Event(Shared),
    /// Boxed, because nearly all blocks are events.
    Part(Box<TakenPart>),
}

/// A part of a snapshot.
pub(super) struct TakenPart {
    /// The room of a large part.
    pub(super) _room: Option<PartPermit>,
    /// When the connection has got it.
    pub(super) at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(of: &[&'static str]) -> UnsentBlocks {
        let mut blocks = UnsentBlocks::default();
        for it in of {
            blocks.push(Unsent { block: Bytes::from_static(it.as_bytes()), taken: Taken::Other });
        }
        blocks
    }

    #[test]
    fn blocks_come_in_order_and_leave_no_room_behind() {
        let mut unsent = blocks(&["a", "b", "c"]);
        assert_eq!(unsent.pop().unwrap().block, "a");
        unsent.push(Unsent { block: Bytes::from_static(b"d"), taken: Taken::Other });
        let rest: Vec<Bytes> = std::iter::from_fn(|| unsent.pop()).map(|it| it.block).collect();
        assert_eq!(rest, ["b", "c", "d"]);
        assert_eq!(unsent.others.capacity(), 0);
    }

    #[test]
    fn joined_blocks_are_one() {
        let mut unsent = blocks(&["a", "b", "c"]);
        unsent.join();
        assert_eq!(unsent.pop().unwrap().block, "abc");
        assert!(unsent.pop().is_none());
    }
}
