//! A connection to a replica: requests and their answers over HTTP/2, and whether the peer still gives signs of life. It uses h2 itself:
//! hyper's client starts two tasks for each request (docs/adr/0038-calls-are-sent-by-h2.md).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Ping, PingPong, Reason, RecvStream};
use http::{Request, Response};
use hyper::body::{Body, Frame};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
/// More than a peer takes at a time.
const MANY: usize = 1 << 20;

/// Asks a peer for a sign of life when it has been silent for an interval although it owes answers.
#[derive(Clone, Copy)]
pub(super) struct Pings {
    pub(super) interval: Duration,
    /// How long the peer has for one.
    pub(super) timeout: Duration,
}

/// Why a request has no complete answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    /// The request was not sent.
    #[error("the connection had ended")]
    Ended,
    #[error("the connection ended: no sign of life from the peer")]
    Silent(#[source] io::Error),
    #[error("the socket failed")]
    Socket(#[source] io::Error),
    #[error("HTTP/2 failed")]
    Http(#[source] h2::Error),
}

/// What a connection and those who send on it know of each other.
struct Shared {
    /// Places for as many requests as the peer takes at a time. Further ones wait here, because in h2 those that are given up would be sent
    /// and reset; closed when the connection ends.
    places: Arc<Semaphore>,
    /// How many places there are, those that are taken included. If the peer takes fewer than before, those that are taken stay.
    count: AtomicUsize,
    /// Whether something was sent since the peer was last heard.
    is_asked: AtomicBool,
    /// How often the peer was heard.
    heard: AtomicUsize,
    is_silent: AtomicBool,
}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            places: Arc::new(Semaphore::new(FIRST_REQUESTS)),
            count: AtomicUsize::new(FIRST_REQUESTS),
            is_asked: AtomicBool::new(false),
            heard: AtomicUsize::new(0),
            is_silent: AtomicBool::new(false),
        })
    }

    /// Waits for a place. `count` is how many requests the peer takes at a time, as far as it has said so.
    async fn place(&self, count: usize) -> Option<OwnedSemaphorePermit> {
        let count = count.min(MANY);
        let before = self.count.swap(count, Ordering::Relaxed);
        if count > before {
            self.places.add_permits(count - before);
        } else if count < before {
            self.places.forget_permits(before - count);
        }
        self.places.clone().acquire_owned().await.ok()
    }

    fn hear(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    fn failed(&self, error: h2::Error) -> ConnectionError {
        if self.is_silent.load(Ordering::Acquire) {
            return ConnectionError::Silent(io::ErrorKind::TimedOut.into());
        }
        if !error.is_io() {
            return ConnectionError::Http(error);
        }
        ConnectionError::Socket(error.into_io().unwrap_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}

/// Sends requests on a connection.
#[derive(Clone)]
pub(super) struct Sender {
    http: SendRequest<Bytes>,
    shared: Arc<Shared>,
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

    /// Sends a request and waits for the head of its answer. A request is reset if the future or the body of the answer is dropped before
    /// the answer has arrived.
    pub(super) async fn send(
        self,
        request: Request<()>,
        body: Bytes,
    ) -> Result<Response<AnswerBody>, ConnectionError> {
        let Self { mut http, shared } = self;
        let place = shared.place(http.current_max_send_streams()).await.ok_or(ConnectionError::Ended)?;
        let sent = http.send_request(request, false);
        drop(http);
        let (answer, mut stream) = sent.map_err(|error| {
            let has_ended = error.is_io() || error.is_go_away();
            if has_ended { ConnectionError::Ended } else { ConnectionError::Http(error) }
        })?;
        shared.is_asked.store(true, Ordering::Relaxed);
        // The peer may have answered already, and take no body any more.
        let _ = stream.send_data(body, true);
        drop(stream);
        match answer.await {
            Ok(answer) => {
                shared.hear();
                Ok(answer.map(|body| AnswerBody { body, shared, is_at_trailers: false, _place: place }))
            }
            Err(error) => Err(shared.failed(error)),
        }
    }
}

/// The body of an answer.
pub(super) struct AnswerBody {
    body: RecvStream,
    shared: Arc<Shared>,
    is_at_trailers: bool,
    _place: OwnedSemaphorePermit,
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
                    this.shared.hear();
                    // It fails only for more than was received.
                    let _ = this.body.flow_control().release_capacity(bytes.len());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                // RFC 9113, section 8.1: the peer wants no more of the request that it has answered.
                Some(Err(error)) if error.reason() == Some(Reason::NO_ERROR) => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(this.shared.failed(error)))),
                None => this.is_at_trailers = true,
            }
        }
        let trailers = ready!(this.body.poll_trailers(cx)).map_err(|it| this.shared.failed(it));
        Poll::Ready(trailers.map(|it| it.map(Frame::trailers)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
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
    let shared = Shared::new();
    let sender = Sender { http: sender, shared: shared.clone() };
    let running = async move {
        let ended = tokio::select! {
            // It is aborted below only, and a panic has been reported.
            ended = &mut connection => ended.unwrap_or(Ok(())).map_err(|it| shared.failed(it)),
            () = pings.are_not_answered(sender_of_pings, &calls, &shared) => {
                shared.is_silent.store(true, Ordering::Release);
                connection.abort();
                // The requests in flight learn of it when the connection is dropped, which is now.
                let _ = (&mut connection).await;
                Err(ConnectionError::Silent(io::ErrorKind::TimedOut.into()))
            }
        };
        shared.places.close();
        ended
    };
    Ok((sender, running))
}

impl Pings {
    /// Returns when the peer has given no sign of life in time.
    async fn are_not_answered(self, sender: Option<PingPong>, calls: &Activity, shared: &Shared) {
        // h2 gives one out once for each connection.
        let Some(mut sender) = sender else { return std::future::pending().await };
        let (mut heard, mut silent_since) = (0, Instant::now());
        loop {
            tokio::time::sleep(self.interval / 10).await;
            let now_heard = shared.heard.load(Ordering::Relaxed);
            if std::mem::replace(&mut heard, now_heard) != now_heard {
                shared.is_asked.store(false, Ordering::Relaxed);
                silent_since = Instant::now();
            }
            // Calls that were given up meanwhile count, too.
            let owes_answers = calls.in_flight() > 0 || shared.is_asked.load(Ordering::Relaxed);
            if !owes_answers || silent_since.elapsed() < self.interval {
                continue;
            }
            match tokio::time::timeout(self.timeout, sender.ping(Ping::opaque())).await {
                Ok(Ok(_)) => shared.hear(),
                // The connection has ended, and says so itself.
                Ok(Err(_)) => std::future::pending().await,
                // The answer to the ping may be behind others that take long to arrive.
                Err(_) if shared.heard.load(Ordering::Relaxed) != heard => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests;
