//! Request bodies that no handler reads, such as those of rejected callers. On HTTP/1.1 the rest of a body stands before
//! the next request: it is read and discarded, or the answer says that the connection closes. Otherwise a client would
//! send its next request on a connection that closes without a response, and not know whether it was processed. On HTTP/2
//! the rest is read and discarded, too: a stream whose body is dropped is reset, and a client that still sends may take
//! the reset for the answer (RFC 9113, section 8.1, allows the reset; curl 7.88 then reports an error).
//!
//! The body is a type of our own because reading on begins when it is dropped: a `map_frame` closure that holds a guard
//! learns of the drop as well, but no longer has the body to read.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT};
use http::{HeaderValue, Request, Response, Version};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use net::server::InFlight;

/// How long the rest of an unread body may take to arrive.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// How many bytes of an unread body are discarded on HTTP/2 before its stream is reset. A client that has the answer stops
/// long before.
const HTTP2_DRAIN_BYTES: usize = 16 * 1024 * 1024;

/// A request's body. When it is dropped before its end, a task reads and discards the rest, up to a limit.
pub(super) struct DrainedBody {
    /// `None` once the end of the body was read.
    body: Option<Incoming>,
    /// Maximum number of bytes to discard; 0 discards nothing.
    drain_limit: usize,
    is_read: Option<Arc<AtomicBool>>,
    in_flight: Option<InFlight>,
}

/// Whether a request's connection can be used for the next request.
pub(super) struct ConnectionReuse {
    /// Whether the body was read to its end; `None` if the connection can be reused even if the body stays unread.
    is_read: Option<Arc<AtomicBool>>,
}

impl ConnectionReuse {
    /// Adds `Connection: close` to the answer if the connection closes with it.
    pub(super) fn announce_close<B>(&self, mut response: Response<B>) -> Response<B> {
        if self.is_read.as_ref().is_some_and(|it| !it.load(Ordering::SeqCst)) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Makes the body of a request drain itself if it is not read; on HTTP/1.1, provided that its declared length is at most
/// `limit` bytes.
pub(super) fn drain_unread(
    mut request: Request<Incoming>,
    limit: usize,
) -> (Request<DrainedBody>, ConnectionReuse) {
    let is_http1 = request.version() < Version::HTTP_2;
    let is_empty = request.body().is_end_stream();
    // A client that waits for `100 Continue` does not send the body when the answer comes first.
    let is_withheld = request.headers().contains_key(EXPECT);
    let length = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    let is_short = !is_withheld && length.is_some_and(|it: usize| it <= limit);
    let drain_limit = match (is_http1, is_short) {
        (false, _) => HTTP2_DRAIN_BYTES,
        (true, true) => limit,
        (true, false) => 0,
    };
    let in_flight = request.extensions_mut().remove().filter(|_| !is_empty);
    let is_drained = is_empty || is_short || !is_http1;
    let is_read = (!is_drained).then(|| Arc::new(AtomicBool::new(false)));
    let reuse = ConnectionReuse { is_read: is_read.clone() };
    let request = request.map(|body| DrainedBody {
        body: Some(body).filter(|_| !is_empty),
        drain_limit,
        is_read,
        in_flight,
    });
    (request, reuse)
}

impl Body for DrainedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(&mut *body).poll_frame(cx);
        let is_over = matches!(&polled, Poll::Ready(None | Some(Err(_)))) || body.is_end_stream();
        if is_over {
            self.body = None;
            self.in_flight = None;
            if let Some(is_read) = &self.is_read {
                is_read.store(true, Ordering::SeqCst);
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for DrainedBody {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|_| self.drain_limit > 0) else { return };
        let (drained, in_flight) = (drain(body, self.drain_limit), self.in_flight.take());
        tokio::spawn(async move {
            let _ = tokio::time::timeout(DRAIN_TIMEOUT, drained).await;
            drop(in_flight);
        });
    }
}

async fn drain(mut body: Incoming, limit: usize) {
    let mut left = limit;
    while let Some(Ok(frame)) = body.frame().await {
        let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
        left = rest;
    }
}
