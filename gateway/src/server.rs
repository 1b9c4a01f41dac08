//! The accept loop: what a client may do with a connection, and how the gateway ends.

mod unread_body;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::header::HOST;
use http::uri::{PathAndQuery, Scheme, Uri};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use net::server::progress::{Patience, Stream, Streams};
use net::server::sliced_body::Sliced;
use net::server::socket::Lingering;
use net::tls::ServerTls;
use platform::shutdown::Shutdown;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tower_http::normalize_path::NormalizePath;

use crate::limits::callers::PeerAddress;
use crate::{Limits, MAX_HEADER_BYTES};

/// How long requests in flight may take to finish once the shutdown has begun.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a connection that was told to end has for its last bytes.
const FAREWELL: Duration = Duration::from_secs(1);
const HTTP2_STREAMS: u32 = 128;
/// The kernel's, in bytes. It reports progress when a third of it is free: with the 4 MiB that it would take by itself, a
/// client that reads 60 kB a second seems to take nothing for 20 s.
const SEND_BUFFER: usize = 256 * 1024;

/// Serves until `shutdown`; requests in flight finish first.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<ServerTls>,
    router: NormalizePath<Router>,
    limits: &Limits,
    shutdown: Shutdown,
) {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, tls = tls.is_some(), "listening");
    }
    let (builder, limits, endings) = (builder(limits), limits.clone(), TaskTracker::new());
    let places = Arc::new(Semaphore::new(limits.connections));
    let acceptor = Arc::new(Acceptor { builder, tls, router, limits, shutdown, endings });
    let connections = TaskTracker::new();
    loop {
        let accepted = async {
            // Never closed: a place is only ever waited for.
            let place = places.clone().acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            it = accepted => it,
            () = acceptor.shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, address)) => {
                let acceptor = acceptor.clone();
                connections.spawn(async move {
                    acceptor.accept(stream, PeerAddress(address.ip())).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, for the most part: others have to end first.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(DRAIN, connections.wait()).await.is_err() {
        tracing::warn!(seconds = DRAIN.as_secs(), "requests in flight did not finish in time and were cut");
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MAX_HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX));
    builder
}

struct Acceptor {
    builder: Builder<TokioExecutor>,
    tls: Option<ServerTls>,
    router: NormalizePath<Router>,
    limits: Limits,
    shutdown: Shutdown,
    /// Of connections.
    endings: TaskTracker,
}

impl Acceptor {
    async fn accept(&self, stream: TcpStream, peer: PeerAddress) {
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
        let streams = Streams::default();
        let stream = streams.watch(Lingering::new(stream, &self.endings));
        let Some(tls) = &self.tls else {
            return self.serve_connection(stream, &streams, peer, Scheme::HTTP).await;
        };
        let client = peer.0.to_string();
        let handshake = tokio::select! {
            it = tls.accept(stream, &client, self.limits.header_timeout) => it,
            () = self.shutdown.cancelled() => None,
        };
        if let Some(stream) = handshake {
            self.serve_connection(stream, &streams, peer, Scheme::HTTPS).await;
        }
    }

    async fn serve_connection<S>(&self, stream: S, streams: &Streams, peer: PeerAddress, scheme: Scheme)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (router, requests, most) = (self.router.clone(), streams.clone(), self.limits.body_bytes);
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            answer(router.clone(), requests.begin(), &scheme, most, request)
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let patience = Patience {
            idle: self.limits.header_timeout,
            answer: self.limits.request_timeout + self.limits.write_timeout,
            write: self.limits.write_timeout,
        };
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = streams.stall(&patience) => None,
            () = self.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection.as_mut() => Some(ended),
                    () = streams.stall(&patience) => None,
                }
            }
        };
        match ended {
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::debug!(error, "connection ended early"),
            None => {
                tracing::debug!("a client made no progress in time and was cut");
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(FAREWELL, connection).await;
            }
        }
    }
}

/// HTTP/1.1 does not say it in the request: it goes into the target, beside the host that the client named.
fn tell_scheme(request: &mut Request<Incoming>) {
    if request.uri().authority().is_some() {
        return;
    }
    let host = request.headers().get(HOST).and_then(|it| it.to_str().ok());
    let target = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let whole = host.and_then(|host| format!("https://{host}{target}").parse::<Uri>().ok());
    // A host that is none stays where it was, for the router to see.
    if let Some(whole) = whole.filter(|it| it.path_and_query().map(PathAndQuery::as_str) == Some(target)) {
        *request.uri_mut() = whole;
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, std::convert::Infallible>> + Send>>;

/// The answer, in flight until its body's end is taken.
fn answer(
    router: NormalizePath<Router>,
    stream: Stream,
    scheme: &Scheme,
    most_unread: usize,
    mut request: Request<Incoming>,
) -> Answer {
    if *scheme == Scheme::HTTPS {
        tell_scheme(&mut request);
    }
    let (request, fate) = unread_body::drained(request, most_unread);
    Box::pin(async move {
        let response = router.oneshot(request).await?;
        Ok(fate.tell(response).map(|body| Body::new(Sliced::new(body, stream))))
    })
}
