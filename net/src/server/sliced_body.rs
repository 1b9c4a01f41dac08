//! A response body in small slices: bytes that the client does not read stay in the body, where the response timeout applies
//! to them, and not in a buffer of the connection. A connection that can send asks for the next slice at once, over HTTP/1.1
//! and HTTP/2 alike, so the time between two slices tells how fast the client takes them.
//!
//! `http-body-util` has no adapter that splits frames. A `StreamBody` could, but it forgets the size hint, and so the
//! `Content-Length`, and it cannot tell that its last frame is the last: HTTP/2 would send an empty one behind it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::progress::RequestProgress;

const SLICE_BYTES: usize = 16 * 1024;

/// A body in slices of 16 KiB at most, each of which counts as progress of the request.
pub(super) struct SlicedBody<B> {
    body: B,
    /// The unsent part of the last frame, if that was larger than a slice. Boxed, because there is a task with such a body for
    /// each open stream of HTTP/2.
    rest: Option<Box<Bytes>>,
    progress: Arc<RequestProgress>,
}

impl<B> SlicedBody<B> {
    pub(super) fn new(body: B, progress: Arc<RequestProgress>) -> Self {
        Self { body, rest: None, progress }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for SlicedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = &mut *self;
        let slice = if let Some(rest) = &mut this.rest {
            rest.split_to(rest.len().min(SLICE_BYTES))
        } else {
            let polled = Pin::new(&mut this.body).poll_frame(cx);
            if polled.is_pending() {
                this.progress.caught_up();
            }
            let mut data = match ready!(polled).map(|it| it.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            };
            let slice = data.split_to(data.len().min(SLICE_BYTES));
            this.rest = Some(data).filter(|it| !it.is_empty()).map(Box::new);
            slice
        };
        this.rest.take_if(|it| it.is_empty());
        this.progress.took(slice.len());
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.as_ref().map_or(0, |it| u64::try_from(it.len()).unwrap_or(u64::MAX));
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}
