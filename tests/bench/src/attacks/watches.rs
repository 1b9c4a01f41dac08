//! Watches of the caller who behaves, which are over once they have told everything that there was when they began.

use std::net::SocketAddr;

use anyhow::ensure;

use super::grpc::{self, Messages, SNAPSHOT, WATCH};
use super::long_log::EVENTS;

/// `WatchEventsRequest { start: WATCH_START_EARLIEST, until: 20000 }`, which is `EVENTS`.
const CATCH_UP: &[u8] = &[0x08, 0x02, 0x28, 0xa0, 0x9c, 0x01];
/// The first byte of `WatchEventsResponse { snapshot_end }`.
const SNAPSHOT_END: u8 = 0x1a;

/// Where a watch begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
    /// At the beginning of the log; it is over after its first `EVENTS` events.
    CatchUp,
    /// With a snapshot; it is over at the end of the snapshot.
    Snapshot,
}

impl Watch {
    /// Watches on a connection of its own until it is over.
    pub(super) async fn read(self, service: SocketAddr, token: &str) -> anyhow::Result<()> {
        let sender = grpc::open_as_caller(service).await?;
        let message = if self == Self::CatchUp { CATCH_UP } else { SNAPSHOT };
        let request = grpc::request(WATCH, Some(token), grpc::unary(message));
        let mut messages = Messages::of(grpc::call(sender.clone(), request).await?)?;
        let mut count = 0;
        while let Some(message) = messages.next().await? {
            if message.first() == Some(&SNAPSHOT_END) {
                return Ok(());
            }
            count += 1;
        }
        ensure!(self == Self::CatchUp && count >= EVENTS, "a watch ended after {count} messages");
        Ok(())
    }
}
