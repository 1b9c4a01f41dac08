//! A connection to a replica: HTTP/2 by h2 itself. hyper's client hands each request over a channel to the task of the connection, which
//! starts two further tasks for it (docs/adr/0038-calls-are-sent-by-h2.md).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Ping, PingPong, Reason, RecvStream};
use http::{Request, Response};
use hyper::body::{Body, Frame};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::activity::Activity;
use crate::together::{AfterOthers, SmallFramesTogether};

/// Maximum size of the headers or trailers of a response; those of this product's servers are much smaller.
const MAX_HEADER_BYTES: u32 = 64 * 1024;
/// Bytes of an answer that may be on their way while nobody reads them.
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;
/// The same of all answers of a connection.
const CONNECTION_WINDOW: u32 = 5 * 1024 * 1024;
/// Requests that are sent before the peer has said how many it takes at a time.
const FIRST_REQUESTS: usize = 100;

/// Asks a peer for signs of life while it owes answers.
#[derive(Clone, Copy)]
pub(super) struct Pings {
    pub(super) interval: Duration,
    /// How long the peer has for its answer.
    pub(super) timeout: Duration,
}

/// Why a request has no complete answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    /// The request was not sent.
    #[error("the connection had ended")]
    Ended(#[source] h2::Error),
    #[error("the connection ended: no sign of life from the peer")]
    Silent(#[source] io::Error),
    #[error("the socket failed")]
    Socket(#[source] io::Error),
    #[error("HTTP/2 failed")]
    Http(#[source] h2::Error),
}

/// Sends requests on a connection.
#[derive(Clone)]
pub(super) struct Sender {
    http: SendRequest<Bytes>,
    is_silent: Arc<AtomicBool>,
}

impl Sender {
    /// Whether the connection takes no more requests.
    pub(super) fn is_closed(&mut self) -> bool {
        let is_ready = self.http.poll_ready(&mut Context::from_waker(Waker::noop()));
        matches!(is_ready, Poll::Ready(Err(_)))
    }

    /// Itself, if the connection takes requests.
    pub(super) fn if_open(mut self) -> Option<Self> {
        (!self.is_closed()).then_some(self)
    }

    /// Sends a request and waits for the head of its answer. The stream is reset if the future or the body is dropped before its end.
    pub(super) async fn send(
        mut self,
        request: Request<()>,
        body: Bytes,
    ) -> Result<Response<AnswerBody>, ConnectionError> {
        std::future::poll_fn(|cx| self.http.poll_ready(cx)).await.map_err(ConnectionError::Ended)?;
        let sent = self.http.send_request(request, false);
        let (answer, mut stream) = sent.map_err(ConnectionError::Ended)?;
        let Self { http, is_silent } = self;
        drop(http);
        // The peer may have answered already, and take no body any more.
        let _ = stream.send_data(body, true);
        drop(stream);
        match answer.await {
            Ok(answer) => Ok(answer.map(|body| AnswerBody { body, is_silent, is_at_trailers: false })),
            Err(error) => Err(failed(error, &is_silent)),
        }
    }
}

/// The body of an answer.
pub(super) struct AnswerBody {
    body: RecvStream,
    is_silent: Arc<AtomicBool>,
    is_at_trailers: bool,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = ConnectionError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectionError>>> {
        let this = &mut *self;
        if !this.is_at_trailers {
            match ready!(this.body.poll_data(cx)) {
                Some(Ok(bytes)) => {
                    // It fails only for more than was received.
                    let _ = this.body.flow_control().release_capacity(bytes.len());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                // RFC 9113, section 8.1: the peer may end a stream early that it has answered.
                Some(Err(error)) if matches!(error.reason(), Some(Reason::NO_ERROR | Reason::CANCEL)) => {
                    return Poll::Ready(None);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(failed(error, &this.is_silent)))),
                None => this.is_at_trailers = true,
            }
        }
        let trailers = ready!(this.body.poll_trailers(cx)).map_err(|it| failed(it, &this.is_silent));
        Poll::Ready(trailers.map(|it| it.map(Frame::trailers)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

fn failed(error: h2::Error, is_silent: &AtomicBool) -> ConnectionError {
    if is_silent.load(Ordering::Acquire) {
        return ConnectionError::Silent(io::ErrorKind::TimedOut.into());
    }
    if !error.is_io() {
        return ConnectionError::Http(error);
    }
    ConnectionError::Socket(error.into_io().unwrap_or_else(|| io::ErrorKind::NotConnected.into()))
}

/// Starts HTTP/2 on a stream, and a task for the connection. The returned future ends with the connection, and has to be polled until then;
/// `calls` are those in flight on it.
pub(super) async fn handshake<S>(
    stream: S,
    calls: Activity,
    pings: Pings,
) -> Result<(Sender, impl Future<Output = Result<(), ConnectionError>> + Send + use<S>), h2::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut http = h2::client::Builder::new();
    http.max_header_list_size(MAX_HEADER_BYTES)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .initial_max_send_streams(FIRST_REQUESTS)
        .enable_push(false);
    let (sender, mut connection) = http.handshake(SmallFramesTogether::new(stream, true)).await?;
    let sender_of_pings = connection.ping_pong();
    // By itself, so that it is not woken for pings, nor they for each frame.
    let mut connection = tokio::spawn(AfterOthers::new(connection, true));
    let is_silent = Arc::new(AtomicBool::new(false));
    let sender = Sender { http: sender, is_silent: is_silent.clone() };
    let running = async move {
        tokio::select! {
            // It is aborted below only, and a panic has been reported.
            ended = &mut connection => ended.unwrap_or(Ok(())).map_err(|it| failed(it, &is_silent)),
            () = pings.are_not_answered(sender_of_pings, &calls) => {
                // The requests in flight learn of it when the connection is dropped.
                is_silent.store(true, Ordering::Release);
                connection.abort();
                Err(ConnectionError::Silent(io::ErrorKind::TimedOut.into()))
            }
        }
    };
    Ok((sender, running))
}

impl Pings {
    /// Returns when the peer has not answered in time.
    async fn are_not_answered(self, sender: Option<PingPong>, calls: &Activity) {
        // h2 gives one out once for each connection.
        let Some(mut sender) = sender else { return std::future::pending().await };
        loop {
            tokio::time::sleep(self.interval).await;
            if calls.in_flight() == 0 {
                continue;
            }
            match tokio::time::timeout(self.timeout, sender.ping(Ping::opaque())).await {
                Ok(Ok(_)) => {}
                // The connection has ended, and says so itself.
                Ok(Err(_)) => std::future::pending().await,
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests;
