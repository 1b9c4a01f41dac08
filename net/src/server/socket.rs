//! The TCP socket of a connection: its lingering close, and what its writes tell of the client's progress.
//!
//! No existing crate does either. hyper owns the stream and drops it, so what follows the end of HTTP has to begin in `Drop`;
//! `SO_LINGER` waits for bytes to leave but does not read those that arrive. `tokio-io-timeout` fails a write that waits too
//! long, but cannot tell that one waits: the idle timeout must not run while a client still takes the end of an answer.

use std::io::{ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use super::admission::Standing;
use super::progress::Progress;

/// How long a client may take to close its side of the connection.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum number of bytes that are read and discarded until the client closes.
const LINGER_BYTES: u64 = 4 * 1024 * 1024;

/// A TCP stream that closes gracefully when it is dropped: it shuts down its write side, then reads until the client
/// closes. A socket that is closed with bytes unread is reset, and a client whose write fails on the reset may never read
/// its answer, or the GOAWAY that says which of its requests were not processed.
pub(super) struct Socket {
    /// `None` only while the socket is being dropped.
    stream: Option<TcpStream>,
    progress: Option<Progress>,
    standing: Arc<Standing>,
    lingering: TaskTracker,
}

impl Socket {
    /// Reports reads and writes to `progress`; its lingering close is a task of `lingering`, which keeps the place of the
    /// connection until its descriptor is closed.
    pub(super) fn new(
        stream: TcpStream,
        progress: Option<Progress>,
        standing: Arc<Standing>,
        lingering: TaskTracker,
    ) -> Self {
        Self { stream: Some(stream), progress, standing, lingering }
    }

    /// Waits for the first bytes of the client and copies them, without taking them off the socket.
    pub(super) async fn peek(&self, to: &mut [u8]) -> Result<usize> {
        match &self.stream {
            Some(stream) => stream.peek(to).await,
            None => Err(ErrorKind::NotConnected.into()),
        }
    }

    fn stream(&mut self) -> Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| ErrorKind::NotConnected.into())
    }

    fn record_write(&self, polled: &Poll<Result<usize>>) {
        if let Some(progress) = &self.progress {
            progress.record_write(polled);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let Some(stream) = self.stream.take().filter(|_| !self.standing.is_displaced()) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(self.lingering.track_future(linger(stream, self.standing.clone())));
        }
    }
}

async fn linger(stream: TcpStream, standing: Arc<Standing>) {
    tokio::select! {
        () = read_to_end(stream) => {}
        () = standing.displaced() => {}
    }
}

async fn read_to_end(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let mut rest = stream.take(LINGER_BYTES);
    let mut sink = tokio::io::sink();
    let _ = tokio::time::timeout(LINGER_TIMEOUT, tokio::io::copy(&mut rest, &mut sink)).await;
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        if self.standing.is_paused() {
            // The connection's task does not wait for this: it ends the connection.
            return Poll::Pending;
        }
        let before = to.filled().len();
        let polled = self.stream()?.poll_read(cx, to);
        if let Some(progress) = self.progress.as_ref().filter(|_| to.filled().len() > before) {
            progress.record_read();
        }
        polled
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let polled = self.stream()?.poll_write(cx, bytes);
        self.record_write(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let polled = self.stream()?.poll_write_vectored(cx, slices);
        self.record_write(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}
