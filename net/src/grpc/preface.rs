//! A connection whose peer has to begin: hyper waits for the first bytes of HTTP/2 without a limit, and does not end such
//! a connection at a shutdown.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// The connection preface of HTTP/2, RFC 9113 section 3.4.
const PREFACE: usize = 24;

/// A stream that fails when its peer has not sent the preface in time.
pub(crate) struct PrefaceLimit<S> {
    stream: S,
    missing: usize,
    limit: Pin<Box<Sleep>>,
}

impl<S> PrefaceLimit<S> {
    pub(crate) fn new(stream: S, within: Duration) -> Self {
        Self { stream, missing: PREFACE, limit: Box::pin(tokio::time::sleep(within)) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PrefaceLimit<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.missing == 0 {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        if self.limit.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the peer did not begin in time")));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.missing = self.missing.saturating_sub(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PrefaceLimit<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn pair(within: Duration) -> (PrefaceLimit<TcpStream>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (PrefaceLimit::new(listener.accept().await.unwrap().0, within), peer)
    }

    #[tokio::test]
    async fn a_peer_that_does_not_finish_its_preface_is_given_up() {
        let (mut limited, mut peer) = pair(Duration::from_millis(50)).await;
        peer.write_all(&[b'P'; PREFACE - 1]).await.unwrap();
        let error = limited.read_exact(&mut [0; PREFACE]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn after_the_preface_there_is_no_limit() {
        let (mut limited, mut peer) = pair(Duration::from_millis(50)).await;
        peer.write_all(&[b'P'; PREFACE]).await.unwrap();
        limited.read_exact(&mut [0; PREFACE]).await.unwrap();
        let silent = tokio::time::timeout(Duration::from_millis(150), limited.read_u8()).await;
        assert!(silent.is_err(), "was given up");
    }
}
