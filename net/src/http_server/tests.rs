//! What the layer does to requests, with a service that answers what the test wants.

use std::convert::Infallible;
use std::net::SocketAddr;

use http::{HeaderMap, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use telemetry::audit::Who;
use telemetry::testing;
use tower::{ServiceExt as _, service_fn};

use super::*;
use crate::admission::{Admission, Identified};
use crate::client_address::ClientAddress;

/// Authenticates everybody.
#[derive(Clone)]
struct Everybody;

impl Identified for () {
    fn sub(&self) -> Arc<str> {
        "".into()
    }

    fn who(&self) -> Who {
        Who::default()
    }

    fn is_process(&self) -> bool {
        false
    }

    fn on_behalf_of(&self, _: &HeaderMap) -> Option<String> {
        None
    }
}

impl Authenticate for Everybody {
    type Caller = ();
    type Refusal = tonic::Status;

    async fn authenticate(&self, _: &HeaderMap, _: &Waits) -> Admission<Self> {
        Ok(())
    }
}

fn layer(trusted_proxies: &str) -> HttpServerLayer<Everybody> {
    let settings = SpanSettings {
        edge: Edge::Continue,
        route_of: |_| None,
        trusted_proxies: Arc::new(trusted_proxies.parse().unwrap()),
        parameters: &[],
        resources: &[],
        is_untraced: |_| false,
    };
    HttpServerLayer::new(Everybody, settings)
}

fn request() -> Request<()> {
    let mut request = Request::new(());
    let peer: SocketAddr = "10.0.0.1:4711".parse().unwrap();
    request.extensions_mut().insert(PeerAddress(peer));
    request
}

#[tokio::test]
async fn the_span_of_an_event_stream_ends_with_the_head_and_any_other_with_the_body() {
    testing::record_spans();
    for (media_type, ended_at_head) in [("text/event-stream; charset=utf-8", 1), ("application/json", 0)] {
        let service = service_fn(move |_: Request<()>| async move {
            let first = Ok::<_, Infallible>(Frame::data(Bytes::from_static(b":\n\n")));
            let body = StreamBody::new(futures_util::stream::iter([first]));
            Ok::<_, Infallible>(
                Response::builder().header(header::CONTENT_TYPE, media_type).body(body).unwrap(),
            )
        });
        let response = layer("").layer(service).oneshot(request()).await.unwrap();
        let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
        assert_eq!(testing::ended_spans(&trace_id).len(), ended_at_head, "{media_type}");
        response.into_body().collect().await.unwrap();
        assert_eq!(testing::ended_spans(&trace_id).len(), 1, "{media_type}");
    }
}

#[tokio::test]
async fn the_handler_and_the_span_have_the_address_that_a_trusted_proxy_reports() {
    testing::record_spans();
    let service = service_fn(|request: Request<()>| async move {
        let client = request.extensions().get::<ClientAddress>().unwrap().0.to_string();
        Ok::<_, Infallible>(Response::new(http_body_util::Full::from(client)))
    });
    for (trusted, client) in [("10.0.0.0/8", "203.0.113.7"), ("192.0.2.0/24", "10.0.0.1")] {
        let mut request = request();
        request.headers_mut().insert("x-forwarded-for", "203.0.113.7".parse().unwrap());
        let response = layer(trusted).layer(service).oneshot(request).await.unwrap();
        let trace_id = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), client);
        let span = testing::ended_spans(&trace_id).remove(0);
        assert_eq!(span.attributes["client.address"], client);
        assert_eq!(span.attributes["network.peer.address"], "10.0.0.1");
    }
}

/// Beside it, the body of a response has 80 bytes; and there is one for each open event stream.
#[test]
fn what_is_known_of_a_request_has_no_more_than_144_bytes() {
    assert!(size_of::<Observation>() <= 144, "{}", size_of::<Observation>());
}
