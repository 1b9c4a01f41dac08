//! The blocks that a stream has to send.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::{Bytes, BytesMut};

use crate::stream::permits::PartPermit;
use crate::stream::told::Shared;

/// A block to be sent.
pub(super) struct Ready {
    pub(super) block: Bytes,
    pub(super) taken: Taken,
}

/// The blocks to be sent. Most of the time there is none or one, for which no more room is needed.
#[derive(Default)]
pub(super) struct ReadyBlocks {
    first: Option<Ready>,
    others: VecDeque<Ready>,
}

impl ReadyBlocks {
    pub(super) fn push(&mut self, ready: Ready) {
        if self.first.is_none() {
            self.first = Some(ready);
        } else {
            self.others.push_back(ready);
        }
    }

    /// Makes one block of all, which are about the stream itself: one frame of HTTP/2 instead of several, for each of which a
    /// connection keeps room as long as it is open.
    pub(super) fn join(&mut self) {
        let Some(first) = &mut self.first else { return };
        let mut block = BytesMut::from(&*first.block);
        for other in std::mem::take(&mut self.others) {
            block.extend_from_slice(&other.block);
        }
        first.block = block.freeze();
    }

    pub(super) fn pop(&mut self) -> Option<Ready> {
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

    fn blocks(of: &[&'static str]) -> ReadyBlocks {
        let mut blocks = ReadyBlocks::default();
        for it in of {
            blocks.push(Ready { block: Bytes::from_static(it.as_bytes()), taken: Taken::Other });
        }
        blocks
    }

    #[test]
    fn blocks_come_in_order_and_leave_no_room_behind() {
        let mut ready = blocks(&["a", "b", "c"]);
        assert_eq!(ready.pop().unwrap().block, "a");
        ready.push(Ready { block: Bytes::from_static(b"d"), taken: Taken::Other });
        let rest: Vec<Bytes> = std::iter::from_fn(|| ready.pop()).map(|it| it.block).collect();
        assert_eq!(rest, ["b", "c", "d"]);
        assert_eq!(ready.others.capacity(), 0);
    }

    #[test]
    fn joined_blocks_are_one() {
        let mut ready = blocks(&["a", "b", "c"]);
        ready.join();
        assert_eq!(ready.pop().unwrap().block, "abc");
        assert!(ready.pop().is_none());
    }
}
