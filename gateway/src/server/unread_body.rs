//! Bodies that are answered before they were read, as those of callers who are not known. On HTTP/1.1 the rest of a body
//! stands before the next request: it is read and thrown away, or the answer says that the connection ends. Otherwise a
//! client would send its next request on a connection that ends without a word, and never know what became of it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT};
use http::{HeaderValue, Request, Response, Version};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// How long the rest of a body may take to come.
const PATIENCE: Duration = Duration::from_secs(5);

/// A request's body; dropped before its end, it is read to its end, if that is near.
pub(super) struct Drained {
    /// Until its end.
    body: Option<Incoming>,
    /// Bytes of the rest that are still taken; 0: it is dropped as it is.
    rest: usize,
    is_read: Arc<AtomicBool>,
}

/// What becomes of the connection of a body.
pub(super) struct Fate {
    is_read: Arc<AtomicBool>,
    /// Whether what nobody reads is near its end.
    drains: bool,
}

impl Fate {
    /// The answer, which says so when the connection ends with it.
    pub(super) fn tell<B>(&self, mut response: Response<B>) -> Response<B> {
        if !self.drains && !self.is_read.load(Ordering::SeqCst) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Takes charge of a body, of which at most `limit` bytes are read for nothing.
pub(super) fn drained(request: Request<Incoming>, limit: usize) -> (Request<Drained>, Fate) {
    let is_http1 = request.version() < Version::HTTP_2;
    let ended = request.body().is_end_stream();
    // Who waits for a word before it sends the body does not send it when the answer is there first.
    let waits = request.headers().contains_key(EXPECT);
    let length = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    let drains = !waits && length.is_some_and(|it: usize| it <= limit);
    let rest = if is_http1 && drains { limit } else { 0 };
    let is_read = Arc::new(AtomicBool::new(ended));
    let fate = Fate { is_read: is_read.clone(), drains: drains || !is_http1 };
    (request.map(|body| Drained { body: Some(body).filter(|_| !ended), rest, is_read }), fate)
}

impl Body for Drained {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(&mut *body).poll_frame(cx);
        let over = matches!(&polled, Poll::Ready(None | Some(Err(_)))) || body.is_end_stream();
        if over {
            self.body = None;
            self.is_read.store(true, Ordering::SeqCst);
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

impl Drop for Drained {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|_| self.rest > 0) else { return };
        tokio::spawn(tokio::time::timeout(PATIENCE, drain(body, self.rest)));
    }
}

async fn drain(mut body: Incoming, most: usize) {
    let mut left = most;
    while let Some(Ok(frame)) = body.frame().await {
        let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
        left = rest;
    }
}
