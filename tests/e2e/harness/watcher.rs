//! A gRPC client that watches the events of a service.

use std::net::SocketAddr;

use proto::event::v1::event_service_client::EventServiceClient;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{Event, EventCursor, WatchEventsRequest, WatchEventsResponse, WatchStart};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};
use tonic_types::StatusExt as _;

use super::DEADLINE;

/// A watch that has begun.
pub(crate) struct Watcher {
    stream: Streaming<WatchEventsResponse>,
    /// The last point to go on behind.
    pub(crate) cursor: EventCursor,
}

/// The reason that a status carries.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|it| it.reason).unwrap_or_default()
}

/// A request with a token.
pub(crate) fn authorized<T>(message: T, token: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

impl Watcher {
    /// A channel of its own, as every watch should have.
    pub(crate) fn channel(address: SocketAddr) -> Channel {
        Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy()
    }

    /// A channel on which little waits for a client that does not read.
    pub(crate) fn narrow_channel(address: SocketAddr) -> Channel {
        let endpoint = Endpoint::try_from(format!("http://{address}")).unwrap();
        endpoint.initial_stream_window_size(1_024).connect_lazy()
    }

    pub(crate) async fn start(
        address: SocketAddr,
        token: &str,
        request: WatchEventsRequest,
    ) -> Result<Self, Status> {
        Self::start_by(Self::channel(address), authorized(request, token)).await
    }

    pub(crate) async fn start_by(
        channel: Channel,
        request: Request<WatchEventsRequest>,
    ) -> Result<Self, Status> {
        let watch = EventServiceClient::new(channel);
        let asked = async move { watch.clone().watch_events(request).await };
        let stream = tokio::time::timeout(DEADLINE, asked).await.expect("an answer")?.into_inner();
        let mut watcher = Self { stream, cursor: EventCursor::default() };
        match watcher.next().await? {
            Item::Started(started) => watcher.cursor = started.cursor.unwrap(),
            other => panic!("the first message is {other:?}"),
        }
        Ok(watcher)
    }

    pub(crate) async fn from(address: SocketAddr, token: &str, start: WatchStart) -> Self {
        let request = WatchEventsRequest { start: start.into(), ..WatchEventsRequest::default() };
        Self::start(address, token, request).await.unwrap()
    }

    pub(crate) async fn after(address: SocketAddr, token: &str, cursor: EventCursor) -> Result<Self, Status> {
        let request = WatchEventsRequest { after: Some(cursor), ..WatchEventsRequest::default() };
        Self::start(address, token, request).await
    }

    /// The next message, or how it ended.
    pub(crate) async fn next(&mut self) -> Result<Item, Status> {
        let message = tokio::time::timeout(DEADLINE, self.stream.message()).await;
        let message = message.expect("a message in time")?.expect("a watch ends with a status");
        let item = message.item.expect("a message with an item");
        match &item {
            Item::Event(event) => self.cursor.position = event.position,
            Item::Removed(removed) => self.cursor.position = removed.position,
            Item::Progress(progress) => self.cursor.position = progress.position,
            Item::SnapshotEnd(end) => self.cursor = end.cursor.clone().expect("a cursor"),
            Item::Started(_) | Item::Subject(_) | Item::SnapshotProgress(_) | Item::Report(_) => {}
        }
        Ok(item)
    }

    /// The next event; reports of utilisation come in between.
    pub(crate) async fn event(&mut self) -> Event {
        loop {
            match self.next().await.expect("it goes on") {
                Item::Event(event) => return event,
                Item::Progress(_) | Item::Report(_) => {}
                other => panic!("no event: {other:?}"),
            }
        }
    }

    /// Whether it ends here, without an error.
    pub(crate) async fn is_complete(&mut self) -> bool {
        let message = tokio::time::timeout(DEADLINE, self.stream.message()).await;
        matches!(message.expect("an end in time"), Ok(None))
    }

    /// How it ends.
    pub(crate) async fn ended(&mut self) -> Status {
        loop {
            if let Err(status) = self.next().await {
                return status;
            }
        }
    }
}
