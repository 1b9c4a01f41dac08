//! The gateway's HTTP server: its settings of [`net::server`], and what a request passes before the router.

mod unread_body;

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use futures_util::TryFutureExt as _;
use http::header::HOST;
use http::uri::{PathAndQuery, Uri};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;
use net::server::{Options, Server, StallTimeouts};
use net::tls::ServerTls;
use platform::shutdown::Shutdown;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::public_url::OverTls;
use crate::router::TrailingSlash;
use crate::{Limits, MAX_HEADER_BYTES};

const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(20);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum number of concurrent requests on one HTTP/2 connection.
const MAX_CONCURRENT_STREAMS: u32 = 128;
/// Bytes of requests that a client of HTTP/2 may send before they are read: of a request, and of a connection. Nothing is read before
/// the token is verified. hyper's default of 1 MiB is what each client without a token could have waiting.
const REQUEST_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// Bytes of a response that wait for the client of an HTTP/2 stream in the process. hyper's default is 400 KB, which each
/// client that reads nothing would hold.
const STREAM_SEND_BUFFER: usize = 32 * 1024;

/// Serves until `shutdown`; in-flight requests finish first.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<ServerTls>,
    router: TrailingSlash<Router>,
    limits: &Limits,
    shutdown: Shutdown,
) {
    let (is_https, body_bytes) = (tls.is_some(), limits.body_bytes);
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let mut request = if is_https { with_https_scheme(request) } else { request };
        if is_https {
            request.extensions_mut().insert(OverTls);
        }
        answer(router.clone(), request, body_bytes)
    });
    Server::new(options(tls, limits)).run(listener, service, shutdown).await;
}

fn options(tls: Option<ServerTls>, limits: &Limits) -> Options {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        // hyper's own timeout would apply between two requests, too; the stall timeouts tell one from the other.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEADER_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .initial_stream_window_size(REQUEST_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(STREAM_SEND_BUFFER)
        .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX));
    Options {
        purpose: None,
        http,
        tls,
        handshake_timeout: limits.header_timeout,
        connections: limits.connections.clone(),
        max_connection_age: None,
        stall_timeouts: Some(StallTimeouts {
            header: limits.header_timeout,
            idle: limits.idle_timeout,
            response: limits.request_timeout + limits.write_timeout,
            handling: true,
            write: limits.write_timeout,
            stream: limits.write_timeout,
            stream_rate: limits.stream_rate,
        }),
        requests: None,
    }
}

fn answer(
    router: TrailingSlash<Router>,
    request: Request<Incoming>,
    body_bytes: usize,
) -> impl Future<Output = Result<Response<Body>, Infallible>> {
    let (request, connection) = unread_body::drain_unread(request, body_bytes);
    // Boxed, because axum's future has room for the request, and the task of an open stream has room for this future.
    Box::pin(router.oneshot(request)).map_ok(move |it| connection.announce_close(it))
}

/// Puts the scheme into the request's target, beside the host that the client named: HTTP/1.1 does not send it.
fn with_https_scheme(mut request: Request<Incoming>) -> Request<Incoming> {
    if request.uri().authority().is_some() {
        return request;
    }
    let host = request.headers().get(HOST).and_then(|it| it.to_str().ok());
    let target = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let absolute = host.and_then(|host| format!("https://{host}{target}").parse::<Uri>().ok());
    // An invalid host stays in its header, for the router to refuse.
    if let Some(uri) = absolute.filter(|it| it.path_and_query().map(PathAndQuery::as_str) == Some(target)) {
        *request.uri_mut() = uri;
    }
    request
}
