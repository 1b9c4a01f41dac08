//! A stream through a channel of ours: its messages arrive while it goes on, and its span ends at its head.

use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use proto::event::v1::event_service_client::EventServiceClient;
use proto::event::v1::event_service_server::{EventService, EventServiceServer};
use proto::event::v1::{ListEventsRequest, ListEventsResponse, WatchEventsRequest, WatchEventsResponse};
use telemetry::otlp::{AttributeValue, Span};
use telemetry::span::{SpanBuilder, SpanKind};
use telemetry::testing;
use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use super::connect;
use crate::grpc::Peer;

/// Answers every watch with one message, and then with nothing for ever.
struct Endless;

#[tonic::async_trait]
impl EventService for Endless {
    type WatchEventsStream = BoxStream<'static, Result<WatchEventsResponse, Status>>;

    async fn watch_events(
        &self,
        _: Request<WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let first = stream::iter([Ok(WatchEventsResponse::default())]);
        Ok(Response::new(Box::pin(first.chain(stream::pending()))))
    }

    async fn list_events(
        &self,
        _: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

/// Waits for the call's span, which has ended when it is recorded.
async fn client_span(trace_id: &str) -> Span {
    loop {
        if let Some(span) = testing::ended_spans(trace_id).into_iter().next() {
            return span;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn an_endless_stream_is_read_while_it_goes_on_and_its_span_ends_at_its_head() {
    testing::record_spans();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tonic::transport::Server::builder().add_service(EventServiceServer::new(Endless));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let (channel, _) = connect(&Peer::new("task-service", &format!("http://{address}"), None).unwrap());
    let test = SpanBuilder::new(SpanKind::Internal).start(|it| it.name("test"));
    let watched = test.run(async {
        let mut stream = EventServiceClient::new(channel).watch_events(WatchEventsRequest::default()).await?;
        let first = stream.get_mut().message().await?;
        Ok::<_, Status>((first, stream))
    });
    let (first, _still_open) = tokio::time::timeout(Duration::from_secs(30), watched)
        .await
        .expect("the first message arrives although the stream does not end")
        .unwrap();
    assert!(first.is_some());
    let trace_id = test.span_context().trace_id().to_string();
    let ended = client_span(&trace_id);
    let span = tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the span has ended");
    assert_eq!(span.name, "ccm.event.v1.EventService/WatchEvents");
    assert_eq!(span.attributes["rpc.status_code"], "OK");
    assert_eq!(span.attributes["peer.service"], "task-service");
    assert_eq!(span.attributes["server.port"], AttributeValue::Integer(address.port().into()));
    assert_eq!(span.attributes["network.peer.address"], "127.0.0.1");
}
