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
    /// With `is_copying` unset, for what may be HTTP/1.1, the socket is as it is.
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
    /// With `lets_others_go_first` unset, for what may be HTTP/1.1, the connection is as it is.
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
        // The task is put behind those that are ready. With `yield_now` it would wait for this thread to have nothing to do, and
        // no other thread could take it meanwhile.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use http::{Request, Response};
    use http_body_util::{BodyExt as _, Empty, Full};
    use hyper::body::Incoming;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::DuplexStream;
    use tokio::sync::Barrier;
    use tokio::task::JoinSet;

    use super::*;

    const REQUESTS: usize = 20;

    /// A socket that counts writes.
    struct Counted {
        socket: DuplexStream,
        writes: Arc<AtomicUsize>,
    }

    impl AsyncRead for Counted {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            to: &mut ReadBuf<'_>,
        ) -> Poll<Result<()>> {
            Pin::new(&mut self.socket).poll_read(cx, to)
        }
    }

    impl AsyncWrite for Counted {
        fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
            self.writes.fetch_add(1, Ordering::SeqCst);
            Pin::new(&mut self.socket).poll_write(cx, bytes)
        }

        fn poll_write_vectored(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            slices: &[IoSlice<'_>],
        ) -> Poll<Result<usize>> {
            self.writes.fetch_add(1, Ordering::SeqCst);
            Pin::new(&mut self.socket).poll_write_vectored(cx, slices)
        }

        fn is_write_vectored(&self) -> bool {
            true
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
            Pin::new(&mut self.socket).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
            Pin::new(&mut self.socket).poll_shutdown(cx)
        }
    }

    /// Sends requests that are all answered at the same moment, each with so many bytes, and returns the server's writes.
    async fn writes_of(answer: usize) -> usize {
        let (client, server) = tokio::io::duplex(8 * 1024 * 1024);
        let (writes, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(REQUESTS)));
        let service = hyper::service::service_fn(move |_: Request<Incoming>| {
            let all = all.clone();
            async move {
                all.wait().await;
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(vec![b'a'; answer]))))
            }
        });
        let socket = SmallFramesTogether::new(Counted { socket: server, writes: writes.clone() }, true);
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(socket), service);
        tokio::spawn(AfterOthers::new(server, true));
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client)).await.unwrap();
        tokio::spawn(connection);
        let mut requests = JoinSet::new();
        for _ in 0..REQUESTS {
            let mut sender = sender.clone();
            let request = Request::get("http://a/").body(Empty::<Bytes>::new()).unwrap();
            requests.spawn(async move {
                let response = sender.send_request(request).await.unwrap();
                response.into_body().collect().await.unwrap().to_bytes().len()
            });
        }
        assert_eq!(requests.join_all().await, vec![answer; REQUESTS]);
        writes.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn a_connection_goes_behind_what_is_ready_when_it_is_woken() {
        let ran = Arc::new(Mutex::new(Vec::new()));
        let note = |who| {
            let ran = ran.clone();
            Box::pin(async move { ran.lock().unwrap().push(who) })
        };
        let connection = tokio::spawn(AfterOthers::new(note("connection"), true));
        let other = tokio::spawn(note("other"));
        connection.await.unwrap();
        other.await.unwrap();
        assert_eq!(*ran.lock().unwrap(), ["other", "connection"]);
    }

    #[tokio::test]
    async fn small_answers_that_are_there_at_the_same_time_are_a_few_writes() {
        let writes = writes_of(600).await;
        assert!(writes < REQUESTS / 2, "{writes} writes");
    }

    #[tokio::test]
    async fn a_large_answer_is_not_written_in_two_parts() {
        let writes = writes_of(10_000).await;
        assert!(writes <= REQUESTS + REQUESTS / 2, "{writes} writes");
    }
}
