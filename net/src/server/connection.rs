//! One connection, from the TLS handshake until it is closed.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{TryFutureExt as _, future};
use http::{Request, Response};
use http_body_util::Either;
use hyper::body::{Body, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use platform::clock;
use platform::shutdown::Shutdown;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::TaskTracker;
use tower::{BoxError, Service, ServiceExt as _};

use super::Options;
use super::admission::{ConnectionStanding, Standing};
use super::preface::{self, PREFACE};
use super::progress::{Progress, RequestProgress};
use super::sliced_body::SlicedBody;
use super::socket::Socket;
use crate::event_stream::is_event_stream;
use crate::tls::ServerTls;
use crate::together::{AfterOthers, SmallFramesTogether};

/// How long in-flight requests may take to finish on a connection that has reached its maximum age.
const AGED_DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a stalled connection may take to send its last bytes.
const STALLED_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a connection stays open that has been paused, for its last answers.
const PAUSE: Duration = Duration::from_secs(1);
/// The kernel's send buffer in bytes, where write progress is watched: bytes on their way to the client, and bytes that wait.
/// The default grows up to 4 MiB for each client.
const KERNEL_SEND_BUFFER: usize = 256 * 1024;
/// How many bytes may wait in the kernel's send buffer. It reports a socket as writable when half of them have been sent, so
/// a client that reads 1 kB a second is seen to take something every 16 s, and one that reads nothing holds 36 KiB of the
/// kernel's memory (measured; 330 KiB without this limit). What is on its way to a fast client is not limited.
#[cfg(any(target_os = "linux", target_os = "android"))]
const KERNEL_WAITING_BYTES: u32 = 32 * 1024;

/// The address of the client's end of the connection, in the request's extensions. Behind a proxy, it is the proxy's.
#[derive(Clone, Copy, Debug)]
pub struct PeerAddress(pub SocketAddr);

/// What a request can learn of its connection, in its extensions: one entry for all of it.
#[derive(Clone)]
pub(crate) struct OnConnection(Arc<Facts>);

struct Facts {
    standing: ConnectionStanding,
    draining: Draining,
    stalled: Stalled,
}

impl OnConnection {
    /// Of a request; `None` if it came over no connection, as in some tests.
    fn of(extensions: &http::Extensions) -> Option<&Facts> {
        extensions.get().map(|it: &Self| &*it.0)
    }

    /// The standing of a request's connection.
    pub(super) fn standing(extensions: &http::Extensions) -> Option<&ConnectionStanding> {
        Self::of(extensions).map(|it| &it.standing)
    }
}

/// Tells a long-lived stream, in its request's extensions, when its connection starts draining and is about to close.
#[derive(Clone, Debug, Default)]
pub struct Draining(Shutdown);

impl Draining {
    /// The signal of a request's connection; a signal that is never sent if the extensions have none.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> Self {
        OnConnection::of(extensions).map(|it| it.draining.clone()).unwrap_or_default()
    }

    /// Waits until the connection starts draining. A stream should then end itself with a status.
    pub async fn started(&self) {
        self.0.cancelled().await;
    }

    /// [`Draining::started`], for whoever waits for it all the time.
    pub fn into_started(self) -> WaitForCancellationFutureOwned {
        self.0.cancelled_owned()
    }
}

/// Tells a long-lived stream, in its request's extensions, whether its connection is closed because the client made no
/// progress. It is set before [`Draining`] is, and before the body is dropped.
#[derive(Clone, Debug, Default)]
pub struct Stalled(Arc<AtomicBool>);

impl Stalled {
    /// The flag of a request's connection; one that is never set if the extensions have none.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> Self {
        OnConnection::of(extensions).map(|it| it.stalled.clone()).unwrap_or_default()
    }

    /// Whether the connection is closed because the client made no progress.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Marks a response, in its extensions, whose body may be silent for as long as it likes, as that of an event stream.
#[derive(Clone, Copy)]
pub(crate) struct LastsLong;

/// Keeps a request in flight, in its extensions: whoever reads on in the body of an answered request holds it meanwhile.
/// Otherwise what is read would count as the beginning of the connection's next request.
#[derive(Clone)]
pub struct InFlight {
    _progress: Arc<RequestProgress>,
}

/// What a client uses, as far as it is known before hyper-util reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Http1,
    Http2,
    /// The first bytes are too few to tell, or TLS has not agreed on a protocol: hyper-util finds out.
    Unknown,
}

/// The body of a response as it is sent.
type Sliced<B> = Either<SlicedBody<B>, B>;

pub(super) struct Connection<S> {
    pub(super) options: Arc<Options>,
    /// `options.http` for HTTP/1.1 alone; `None` if it is not served.
    pub(super) http1: Option<Arc<auto::Builder<TokioExecutor>>>,
    pub(super) service: S,
    pub(super) peer: SocketAddr,
    pub(super) standing: Arc<Standing>,
    pub(super) lingering: TaskTracker,
    pub(super) shutdown: Shutdown,
}

impl<S, B> Connection<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    /// Serves until the connection ends, or gives way to another one: then it is closed at once.
    ///
    /// There is one such future for each open connection, so it has no room for what few connections need: an async function
    /// that takes its arguments by value has room for each of them twice.
    pub(super) fn serve(self, stream: TcpStream) -> impl Future<Output = ()> + Send {
        // Otherwise a response in two writes waits up to 40 ms for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let progress = self.options.stall_timeouts.map(|it| Progress::new(it, self.standing.clone()));
        if progress.is_some() {
            bound_send_buffer(&SockRef::from(&stream));
        }
        let socket = Socket::new(stream, progress.clone(), self.standing.clone(), self.lingering.clone());
        async move {
            tokio::select! {
                () = self.serve_socket(socket, progress.as_ref()) => {}
                () = self.standing.displaced() => {}
            }
        }
    }

    async fn serve_socket(&self, socket: Socket, progress: Option<&Progress>) {
        if let Some(tls) = &self.options.tls {
            // Boxed, so that connections without TLS do not have the room for one with TLS in their task.
            return Box::pin(self.serve_tls(tls, socket, progress)).await;
        }
        let no_request = Stalled::default();
        let protocol = tokio::select! {
            protocol = self.protocol_of(&socket) => protocol,
            () = stalled(progress, &no_request) => return,
            () = self.standing.paused() => return,
            () = self.shutdown.cancelled() => return,
        };
        self.serve_http(socket, protocol, progress).await;
    }

    async fn serve_tls(&self, tls: &ServerTls, socket: Socket, progress: Option<&Progress>) {
        let client = self.peer.to_string();
        let handshake = tokio::select! {
            stream = tls.accept(socket, &client, self.options.handshake_timeout) => stream,
            () = self.shutdown.cancelled() => None,
        };
        if let Some(stream) = handshake {
            let protocol = match stream.get_ref().1.alpn_protocol() {
                Some(b"h2") => Protocol::Http2,
                Some(b"http/1.1") => Protocol::Http1,
                _ => Protocol::Unknown,
            };
            self.serve_http(stream, protocol, progress).await;
        }
    }

    /// Finds out what the client uses, by its first bytes, which stay where they are. hyper-util would take them off the socket,
    /// and the buffer of HTTP/1.1 would grow to twice its size when they are put before the rest of the request.
    async fn protocol_of(&self, socket: &Socket) -> Protocol {
        if self.http1.is_none() {
            return Protocol::Http2;
        }
        let mut first = [0; PREFACE.len()];
        match socket.peek(&mut first).await {
            Ok(length) if !PREFACE.starts_with(&first[..length]) => Protocol::Http1,
            Ok(length) if length == PREFACE.len() => Protocol::Http2,
            _ => Protocol::Unknown,
        }
    }

    async fn serve_http<IO>(&self, stream: IO, protocol: Protocol, progress: Option<&Progress>)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let http1 = self.http1.as_deref().filter(|_| protocol == Protocol::Http1);
        let http = http1.unwrap_or(&self.options.http);
        // HTTP/1.1 has no preface. The header timeout limits the wait for the first request instead.
        let preface = (!self.options.http.is_http1_available()).then(CancellationToken::new);
        let mut no_preface =
            preface.clone().map(|it| Box::pin(preface::missed(it, self.options.handshake_timeout)));
        // Over HTTP/1.1 a connection has one response to send, and waits for nobody.
        let is_shared = protocol == Protocol::Http2;
        let stream = SmallFramesTogether::new(preface::signal(stream, preface), is_shared);
        let stream = TokioIo::new(stream);
        let draining = Draining(self.shutdown.child_token());
        let is_stalled = Stalled::default();
        let service = self.service_of(progress.cloned(), draining.clone(), is_stalled.clone());
        let mut connection = std::pin::pin!(http.serve_connection(stream, service));
        let timeout = tokio::select! {
            ended = AfterOthers::new(connection.as_mut(), is_shared) => return log_end(ended),
            () = if_any(no_preface.as_mut()) => return,
            () = stalled(progress, &is_stalled) => STALLED_CLOSE_TIMEOUT,
            () = self.standing.paused() => {
                // A new connection costs more than a place, so a client that has to be stopped keeps this one for a while.
                let _ = tokio::time::timeout(PAUSE, connection).await;
                return;
            }
            () = max_age_reached(self.options.max_connection_age) => {
                tracing::debug!("a connection reached its maximum age and accepts no more requests");
                AGED_DRAIN_TIMEOUT
            }
            // The server has a timeout for all connections.
            () = self.shutdown.cancelled() => Duration::MAX,
        };
        connection.as_mut().graceful_shutdown();
        draining.0.cancel();
        if let Some(progress) = progress {
            progress.drain();
        }
        tokio::select! {
            ended = AfterOthers::new(connection.as_mut(), is_shared) => log_end(ended),
            // A client that has begun before the timeout still learns that its requests were not processed.
            () = if_any(no_preface.as_mut()) => {}
            () = tokio::time::sleep(timeout) => {
                tracing::debug!(?timeout, "in-flight requests on a closing connection were aborted");
            }
            () = self.standing.paused() => {
                let _ = tokio::time::timeout(PAUSE, connection).await;
            }
            () = stalled(progress, &is_stalled), if timeout > STALLED_CLOSE_TIMEOUT => {
                let _ = tokio::time::timeout(STALLED_CLOSE_TIMEOUT, connection).await;
            }
        }
    }

    /// The service, whose requests have in their extensions what it can know of the connection, and whose responses are sent
    /// in slices.
    fn service_of(
        &self,
        requests: Option<Progress>,
        draining: Draining,
        is_stalled: Stalled,
    ) -> impl hyper::service::Service<
        Request<Incoming>,
        Response = Response<Sliced<B>>,
        Error = Infallible,
        Future: Send + 'static,
    > + Send
    + use<S, B> {
        let (service, peer) = (self.service.clone(), self.peer);
        let of_connection = OnConnection(Arc::new(Facts {
            standing: ConnectionStanding::new(&self.standing),
            draining,
            stalled: is_stalled,
        }));
        hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(PeerAddress(peer));
            request.extensions_mut().insert(of_connection.clone());
            let progress = requests.as_ref().map(|it| Arc::new(it.begin_request(request.version())));
            // Only who reads on in a body needs it.
            if let Some(progress) = progress.as_ref().filter(|_| !request.body().is_end_stream()) {
                request.extensions_mut().insert(InFlight { _progress: progress.clone() });
            }
            // No async block: it would have room for the future twice, and with HTTP/1.1 for as long as the connection is open.
            called(service.clone(), request).map_ok(move |response| {
                let is_stream =
                    is_event_stream(response.headers()) || response.extensions().get::<LastsLong>().is_some();
                response.map(|body| match progress {
                    Some(progress) => {
                        progress.answered(is_stream);
                        Either::Left(SlicedBody::new(body, progress))
                    }
                    None => Either::Right(body),
                })
            })
        })
    }
}

/// Calls a service at once if it is ready, as those of this product are. The future of `oneshot` has room for the request, and
/// with HTTP/2 there is a task with this future for each open stream. What a service does before its future is polled happens in
/// the task of the connection.
fn called<S: Service<R, Error = Infallible>, R>(
    mut service: S,
    request: R,
) -> impl Future<Output = Result<S::Response, Infallible>> {
    match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(())) => future::Either::Left(service.call(request)),
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => future::Either::Right(Box::pin(service.oneshot(request))),
    }
}

fn bound_send_buffer(socket: &SockRef<'_>) {
    let _ = socket.set_send_buffer_size(KERNEL_SEND_BUFFER);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = socket.set_tcp_notsent_lowat(KERNEL_WAITING_BYTES);
}

/// Waits for a future; for ever, if there is none.
async fn if_any(future: Option<impl Future<Output = ()>>) {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}

/// Waits until a connection has reached its maximum age, with jitter.
async fn max_age_reached(max_age: Option<Duration>) {
    match max_age {
        Some(age) => Box::pin(tokio::time::sleep(with_jitter(age))).await,
        None => pending().await,
    }
}

/// Waits until a watched connection has made no progress for too long.
async fn stalled(progress: Option<&Progress>, flag: &Stalled) {
    match progress {
        Some(progress) => {
            progress.stalled().await;
            flag.0.store(true, Ordering::SeqCst);
            tracing::debug!("closed the connection of a client that made no progress");
        }
        None => pending().await,
    }
}

fn log_end(ended: Result<(), BoxError>) {
    if let Err(error) = ended {
        tracing::debug!(error, "a connection ended early");
    }
}

/// `age` ± 10 %, so that connections which began together do not end together.
fn with_jitter(age: Duration) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "tests hold the range, not the value")]
    let share = f64::from(u32::from_le_bytes(clock::random())) / f64::from(u32::MAX);
    age.mul_f64(0.9 + 0.2 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_began_together_do_not_end_together() {
        let age = Duration::from_mins(5);
        let ages: Vec<Duration> = (0..100).map(|_| with_jitter(age)).collect();
        assert!(ages.iter().all(|it| *it >= age.mul_f64(0.9) && *it <= age.mul_f64(1.1)), "{ages:?}");
        let (first, last) = (ages.iter().min().unwrap(), ages.iter().max().unwrap());
        assert!(*last > *first + Duration::from_secs(20), "{ages:?}");
    }
}
