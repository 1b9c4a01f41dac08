//! The plainest event stream: one block an event, encoded once and shared by all clients, which a broadcast channel hands to
//! the body of each response. No filters, no visibility, no resume, no heartbeat, no stall detection. Buffers are as large as
//! the product's.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::header;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use serde_json::json;
use socket2::SockRef;
use tokio::net::TcpListener;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::gateway::{Authenticated, Gateway, Task};

/// Events that a slow client may be behind before it loses some.
const CAPACITY: usize = 4_096;
/// The product's buffers: bytes of HTTP/1.1, bytes of a stream of HTTP/2, bytes in the kernel, bytes that wait there.
const HTTP1_BUFFER: usize = 64 * 1024;
const HTTP2_BUFFER: usize = 32 * 1024;
const KERNEL_BUFFER: usize = 256 * 1024;
const KERNEL_WAITING: u32 = 32 * 1024;

/// The events of this gateway's own writes.
#[derive(Clone)]
pub(crate) struct Feed {
    events: broadcast::Sender<Bytes>,
    /// The size of each block.
    event_bytes: usize,
}

impl Feed {
    pub(crate) fn new(event_bytes: usize) -> Self {
        Self { events: broadcast::channel(CAPACITY).0, event_bytes }
    }

    /// Tells all clients of a new task. Its time is that of its creation, as in the product.
    pub(crate) fn tell(&self, task: &Task) {
        if self.events.receiver_count() == 0 {
            return;
        }
        let event = json!({
            "specversion": "1.0",
            "id": Clock::system().new_id().to_string(),
            "type": "task.created",
            "source": "/ccm/task-service",
            "subject": format!("tasks/{}", task.id),
            "time": task.created_at,
            "data": {"revision": task.revision, "actor": task.created_by, "before": null, "task": task},
        });
        let block = format!("event: task.created\ndata: {event}\nid: ");
        let id = "x".repeat(self.event_bytes.saturating_sub(block.len() + 2));
        // The last client may just have left.
        let _ = self.events.send(format!("{block}{id}\n\n").into());
    }
}

pub(crate) async fn open(State(gateway): State<Gateway>, Authenticated(_): Authenticated) -> Response {
    let events = gateway.feed.events.subscribe();
    let hello = Bytes::from_static(b"event: connected\ndata: {}\n\nid: 0\n\n");
    let first = futures_util::stream::iter([Ok::<_, Infallible>(hello)]);
    let next = futures_util::stream::unfold(events, |mut events| async move {
        loop {
            match events.recv().await {
                Ok(block) => return Some((Ok(block), events)),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(first.chain(next))).into_response()
}

/// Serves HTTP/1.1 and HTTP/2 with the product's buffers.
pub(crate) async fn serve(listener: TcpListener, routes: Router, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().max_buf_size(HTTP1_BUFFER);
    http.http2().max_send_buf_size(HTTP2_BUFFER).max_concurrent_streams(128);
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted?,
            () = shutdown.cancelled() => return Ok(()),
        };
        let _ = stream.set_nodelay(true);
        let socket = SockRef::from(&stream);
        let _ = socket.set_send_buffer_size(KERNEL_BUFFER);
        let _ = socket.set_tcp_notsent_lowat(KERNEL_WAITING);
        let (http, service) = (http.clone(), TowerToHyperService::new(routes.clone()));
        tokio::spawn(async move { http.serve_connection(TokioIo::new(stream), service).await });
    }
}
