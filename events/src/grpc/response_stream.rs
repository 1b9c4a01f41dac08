//! The channel from a watch to the gRPC response of its subscriber: bounded, with a timeout for each message.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::Stream;
use net::grpc::status;
use net::places::Place;
use prost::Message as _;
use proto::event::v1::WatchEventsResponse;
use proto::event::v1::watch_events_response::Item;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tonic::{Code, Status};

use crate::Subscriber;

/// Maximum number of messages in the channel; HTTP/2 buffers some more.
const CAPACITY: usize = 16;
/// Maximum size of the messages in the channel; a larger message is alone in it.
const MAX_BYTES: u32 = 128 * 1024;

/// Sends the messages of a watch to its subscriber.
pub(super) struct ResponseSender {
    items: mpsc::Sender<(WatchEventsResponse, OwnedSemaphorePermit)>,
    /// Bytes that the channel has room for.
    room: Arc<Semaphore>,
    end: Arc<OnceLock<Status>>,
    write_timeout: Duration,
}

/// The response of WatchEvents: the messages, then the status with which the watch ended.
pub struct ResponseStream {
    items: mpsc::Receiver<(WatchEventsResponse, OwnedSemaphorePermit)>,
    end: Arc<OnceLock<Status>>,
    done: bool,
    /// Counts this subscriber until its last message was read or its connection ended.
    _place: Place<Subscriber>,
}

/// Why a message cannot be sent.
#[derive(Debug)]
pub(super) enum SendError {
    /// The subscriber read nothing before the write timeout.
    Timeout,
    /// The subscriber cancelled the call or disconnected.
    Closed,
}

/// Makes a channel for one subscriber. Each message must be read within `write_timeout`; `place` counts the subscriber.
pub(super) fn channel(write_timeout: Duration, place: Place<Subscriber>) -> (ResponseSender, ResponseStream) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    let end = Arc::<OnceLock<Status>>::default();
    (
        ResponseSender {
            items: sender,
            room: Arc::new(Semaphore::new(MAX_BYTES as usize)),
            end: end.clone(),
            write_timeout,
        },
        ResponseStream { items: receiver, end, done: false, _place: place },
    )
}

impl ResponseSender {
    /// Sends a message, waiting for free capacity up to the write timeout.
    pub(super) async fn send(&self, item: Item) -> Result<(), SendError> {
        let message = WatchEventsResponse { item: Some(item) };
        let bytes = u32::try_from(message.encoded_len()).unwrap_or(MAX_BYTES).min(MAX_BYTES);
        let sent = async {
            let room = self.room.clone().acquire_many_owned(bytes).await.map_err(drop)?;
            self.items.send((message, room)).await.map_err(drop)
        };
        match tokio::time::timeout(self.write_timeout, sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(())) => Err(SendError::Closed),
            Err(_) => Err(SendError::Timeout),
        }
    }

    /// Waits until the subscriber has cancelled the call or disconnected.
    pub(super) async fn closed(&self) {
        self.items.closed().await;
    }

    /// Ends the stream with this status, after the messages already sent.
    pub(super) fn finish(self, status: Status) {
        let _ = self.end.set(status);
    }
}

impl Stream for ResponseStream {
    type Item = Result<WatchEventsResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.done {
            return Poll::Ready(None);
        }
        if let Some((message, _)) = ready!(self.items.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(message)));
        }
        self.done = true;
        let end = self.end.get().cloned().unwrap_or_else(status::internal);
        Poll::Ready((end.code() != Code::Ok).then_some(Err(end)))
    }
}
