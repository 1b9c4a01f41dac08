//! Small frames of HTTP/2 that are sent together. A connection carries what many tasks have to send, and without the two types
//! here each frame is a write, a packet and a wake-up of the other side of its own, which cost more than all else that is done
//! for an event of a stream or for a small call.
//!
//! h2 has no setting for either: it copies payloads below 1 KiB into its buffer only for a socket that cannot write several
//! slices at once, and hyper begins to write when the first task has sent something.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pin_project_lite::pin_project! {
    /// A socket for which h2 copies payloads below 1 KiB into its buffer behind other frames, and not only those below 256
    /// bytes. Larger ones are still written from where they are: h2 asks for the first when it is made, and for the second at
    /// each write.
    pub(crate) struct SmallFramesTogether<IO> {
        #[pin]
        inner: IO,
        is_copying: bool,
        has_written: bool,
    }
}

impl<IO> SmallFramesTogether<IO> {
    /// With `is_copying` unset, for HTTP/1.1, the socket is as it is.
    pub(crate) fn new(inner: IO, is_copying: bool) -> Self {
        Self { inner, is_copying, has_written: false }
    }
}

impl<IO: AsyncRead> AsyncRead for SmallFramesTogether<IO> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        self.project().inner.poll_read(cx, to)
    }
}

impl<IO: AsyncWrite> AsyncWrite for SmallFramesTogether<IO> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let this = self.project();
        *this.has_written = true;
        this.inner.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.project().inner.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        (self.has_written || !self.is_copying) && self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.project().inner.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.project().inner.poll_shutdown(cx)
    }
}

/// A connection that, when it is woken, lets the tasks that are ready go first, so that it finds what all of them have to send.
pub(crate) struct AfterOthers<F> {
    connection: F,
    lets_others_go_first: bool,
    has_waited: bool,
}

impl<F> AfterOthers<F> {
    /// With `lets_others_go_first` unset, for HTTP/1.1, the connection is as it is.
    pub(crate) fn new(connection: F, lets_others_go_first: bool) -> Self {
        Self { connection, lets_others_go_first, has_waited: false }
    }
}

impl<F: Future + Unpin> Future for AfterOthers<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if !self.lets_others_go_first || std::mem::replace(&mut self.has_waited, false) {
            return Pin::new(&mut self.connection).poll(cx);
        }
        self.has_waited = true;
        // The runtime wakes the task again when it has nothing else to do, or after some sixty tasks.
        let _ = std::pin::pin!(tokio::task::yield_now()).poll(cx);
        Poll::Pending
    }
}
