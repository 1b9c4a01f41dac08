//! The body of an answer, handed over in slices: what a client does not take stays here, where it can be seen, and not in
//! a buffer of the connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::progress::Stream;

/// Bytes of a slice.
const SLICE: usize = 16 * 1024;

/// A body in slices, in flight until its last one is taken.
pub struct Sliced<B> {
    body: B,
    /// What is left of the last frame.
    rest: Bytes,
    stream: Stream,
}

impl<B> Sliced<B> {
    /// `body`, in flight as `stream`.
    #[must_use]
    pub fn new(body: B, stream: Stream) -> Self {
        Self { body, rest: Bytes::new(), stream }
    }

    fn slice(&mut self) -> Frame<Bytes> {
        self.stream.progress();
        Frame::data(self.rest.split_to(self.rest.len().min(SLICE)))
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Sliced<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)).map(|it| it.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        Poll::Ready(Some(Ok(self.slice())))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (of_body, rest) = (self.body.size_hint(), u64::try_from(self.rest.len()).unwrap_or(u64::MAX));
        let mut hint = SizeHint::new();
        hint.set_lower(of_body.lower().saturating_add(rest));
        if let Some(upper) = of_body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}
