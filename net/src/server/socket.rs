//! The end of a TCP connection. A socket that is closed with bytes unread is reset, and a client that still sends may fail
//! before it has read what it was answered.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// How long a client has to close its side.
const PATIENCE: Duration = Duration::from_secs(1);
/// What it may still send.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A connection that, when it is dropped, tells the client that there is nothing more, and takes what it still sends until
/// it has heard of it.
pub struct Lingering {
    /// Until it is dropped.
    stream: Option<TcpStream>,
    endings: TaskTracker,
}

impl Lingering {
    /// Its end is one of `endings`, for who wants to wait for them.
    #[must_use]
    pub fn new(stream: TcpStream, endings: &TaskTracker) -> Self {
        Self { stream: Some(stream), endings: endings.clone() }
    }

    fn stream(&mut self) -> Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| std::io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if let (Some(stream), Ok(runtime)) = (self.stream.take(), Handle::try_current()) {
            runtime.spawn(self.endings.track_future(linger(stream)));
        }
    }
}

async fn linger(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let mut nowhere = tokio::io::sink();
    let mut rest = stream.take(MAX_BYTES);
    let drained = tokio::io::copy(&mut rest, &mut nowhere);
    let _ = tokio::time::timeout(PATIENCE, drained).await;
}

impl AsyncRead for Lingering {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        self.stream()?.poll_read(cx, to)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.stream()?.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.stream()?.poll_write_vectored(cx, slices)
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
