//! The accept loop of a gRPC server: TLS, what a peer may do before it begins, the age of connections, and the end.

use std::convert::Infallible;
use std::future::Future;
use std::time::{Duration, Instant};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;
use tonic::body::Body as GrpcBody;
use tower::{Service, ServiceExt as _};

use super::preface::PrefaceLimit;
use crate::activity::Activity;
use crate::linger::Lingering;
use crate::tls::ServerTls;
use platform::clock;
use platform::shutdown::Shutdown;

/// How long calls in flight may take to finish once the shutdown has begun.
const DRAIN: Duration = Duration::from_secs(10);
/// How long the last answers have to leave.
const FAREWELL: Duration = Duration::from_millis(250);
/// How long a peer may take to begin, the TLS handshake and then HTTP/2.
const PREFACE: Duration = Duration::from_secs(10);
/// How long calls in flight may go on when their connection is old.
const GRACE: Duration = Duration::from_secs(30);
/// Bytes of a call's answer that wait for a reader who does not take them.
const SEND_BUFFER: usize = 128 * 1024;
/// Calls at once on a connection; the gateway has one to each replica.
const STREAMS: u32 = 4_096;
/// A caller's metadata may take this many bytes.
const MAX_METADATA_BYTES: u32 = 16 * 1024;

/// What connections are like.
#[derive(Clone, Debug)]
pub struct Connections {
    /// Encrypted, with these certificates.
    pub tls: Option<ServerTls>,
    /// Give or take a tenth, after which a connection takes no more calls: clients make another, and find new replicas.
    pub max_age: Duration,
}

impl Connections {
    /// What ALPN is to offer.
    pub const PROTOCOLS: &[&str] = &["h2"];
}

/// Tells the streams of a connection when it takes no more calls and is about to end: in the extensions of each of its
/// requests.
#[derive(Clone, Debug, Default)]
pub struct Ending(Shutdown);

impl Ending {
    /// The ending of the connection that a request came by; one that never comes where there is none.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// Waits until the connection is about to end. Who streams then has a moment to say goodbye.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }
}

/// Serves until `shutdown`; `calls` in flight finish first.
pub(super) async fn serve<S, F>(
    listener: TcpListener,
    service: S,
    connections: Connections,
    calls: Activity,
    shutdown: Shutdown,
) where
    S: Service<Request<Incoming>, Response = Response<GrpcBody>, Error = Infallible, Future = F>
        + Clone
        + Send
        + 'static,
    F: Future<Output = Result<Response<GrpcBody>, Infallible>> + Send + 'static,
{
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, tls = connections.tls.is_some(), "listening");
    }
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            it = listener.accept() => it,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                // Without it an answer in two writes waits for the peer's delayed acknowledgement, 40 ms.
                let _ = stream.set_nodelay(true);
                let connection = Connection {
                    service: service.clone(),
                    of: connections.clone(),
                    shutdown: shutdown.clone(),
                    endings: open.clone(),
                };
                open.spawn(connection.run(stream));
            }
            Err(error) => {
                // Out of file descriptors, for the most part: others have to end first.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let begun = Instant::now();
    while calls.in_flight() > 0 && begun.elapsed() < DRAIN {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // For the last answers to leave. What stays open then has nothing in flight.
    open.close();
    let _ = tokio::time::timeout(FAREWELL, open.wait()).await;
    let left = calls.in_flight();
    if left > 0 {
        tracing::warn!(
            left,
            seconds = DRAIN.as_secs(),
            "calls in flight did not finish in time and were cut"
        );
    }
}

struct Connection<S> {
    service: S,
    of: Connections,
    shutdown: Shutdown,
    endings: TaskTracker,
}

impl<S, F> Connection<S>
where
    S: Service<Request<Incoming>, Response = Response<GrpcBody>, Error = Infallible, Future = F>
        + Clone
        + Send
        + 'static,
    F: Future<Output = Result<Response<GrpcBody>, Infallible>> + Send + 'static,
{
    async fn run(self, stream: TcpStream) {
        let client = stream.peer_addr().map(|it| it.to_string()).unwrap_or_default();
        // Its GOAWAY tells which calls were not taken.
        let stream = Lingering::new(stream, &self.endings);
        match self.of.tls.clone() {
            None => self.speak(stream).await,
            Some(tls) => {
                let handshake = tokio::select! {
                    it = tls.accept(stream, &client, PREFACE) => it,
                    () = self.shutdown.cancelled() => None,
                };
                if let Some(stream) = handshake {
                    self.speak(stream).await;
                }
            }
        }
    }

    async fn speak(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let stream = TokioIo::new(PrefaceLimit::new(stream, PREFACE));
        let ending = Ending(self.shutdown.child_token());
        let told = ending.clone();
        let service = self.service.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(told.clone());
            request
        });
        let service = TowerToHyperService::new(service);
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(10))
            .max_concurrent_streams(STREAMS)
            .max_send_buf_size(SEND_BUFFER)
            .max_header_list_size(MAX_METADATA_BYTES)
            .serve_connection(stream, service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = tokio::time::sleep(about(self.of.max_age)) => {
                tracing::debug!("a connection is old and takes no more calls");
                connection.as_mut().graceful_shutdown();
                ending.0.cancel();
                let Ok(ended) = tokio::time::timeout(GRACE, connection).await else {
                    tracing::debug!(seconds = GRACE.as_secs(), "calls of an old connection were cut");
                    return;
                };
                ended
            }
            () = self.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "connection ended early");
        }
    }
}

/// Give or take a tenth, so that connections which began together do not end together.
fn about(age: Duration) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "the test looks at the spread of many")]
    let share = f64::from(u32::from_le_bytes(clock::random())) / f64::from(u32::MAX);
    age.mul_f64(0.9 + 0.2 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_began_together_do_not_end_together() {
        let age = Duration::from_mins(5);
        let ages: Vec<Duration> = (0..100).map(|_| about(age)).collect();
        assert!(ages.iter().all(|it| *it >= age.mul_f64(0.9) && *it <= age.mul_f64(1.1)), "{ages:?}");
        let (first, last) = (ages.iter().min().unwrap(), ages.iter().max().unwrap());
        assert!(*last > *first + Duration::from_secs(20), "{ages:?}");
    }
}
