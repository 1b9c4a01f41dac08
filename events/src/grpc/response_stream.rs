//! The way from a watch to its reader: a few messages at a time, and no longer than the reader goes on taking them.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::Stream;
use proto::event::v1::WatchEventsResponse;
use proto::event::v1::watch_events_response::Item;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tonic::Status;

/// Messages on their way; HTTP/2 holds some more.
const CAPACITY: usize = 16;

/// The watch's side.
pub(super) struct Outbox {
    items: mpsc::Sender<WatchEventsResponse>,
    end: Arc<OnceLock<Status>>,
    patience: Duration,
}

/// The reader's side: the messages, then the status that the watch has ended with.
pub struct Inbox {
    items: mpsc::Receiver<WatchEventsResponse>,
    end: Arc<OnceLock<Status>>,
    done: bool,
    /// Among those who watch, for as long as there is anything of this one to send.
    _place: OwnedSemaphorePermit,
}

/// Why a message cannot be sent.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// The reader has taken nothing for too long.
    TooSlow,
    /// Nobody reads any more.
    Gone,
}

/// A way whose reader may take nothing for as long as `patience`, and has a place among those who watch.
pub(super) fn way(patience: Duration, place: OwnedSemaphorePermit) -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let end = Arc::<OnceLock<Status>>::default();
    (
        Outbox { items: sender, end: end.clone(), patience },
        Inbox { items: receiver, end, done: false, _place: place },
    )
}

impl Outbox {
    /// Waits until there is room.
    pub(super) async fn put(&self, item: Item) -> Result<(), NotTaken> {
        let sent = self.items.send(WatchEventsResponse { item: Some(item) });
        match tokio::time::timeout(self.patience, sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(NotTaken::Gone),
            Err(_) => Err(NotTaken::TooSlow),
        }
    }

    /// Waits until the reader has gone.
    pub(super) async fn abandoned(&self) {
        self.items.closed().await;
    }

    /// What the reader is told behind the last message.
    pub(super) fn end(self, status: Status) {
        let _ = self.end.set(status);
    }
}

impl Stream for Inbox {
    type Item = Result<WatchEventsResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.done {
            return Poll::Ready(None);
        }
        if let Some(item) = ready!(self.items.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(item)));
        }
        self.done = true;
        Poll::Ready(self.end.get().cloned().map(Err))
    }
}
