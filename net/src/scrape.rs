//! The endpoint that Prometheus scrapes: `/metrics` on a port of its own, without authentication.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;
use platform::shutdown::Shutdown;
use telemetry::Scrape;
use tokio::net::TcpListener;

use crate::server::{ConnectionLimits, Options, Server, StallTimeouts};

/// How long a client may take to send a request, to read the response, and between two requests.
const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_CONNECTIONS: usize = 16;

/// Serves until `shutdown`.
pub async fn serve(scrape: Scrape, listener: TcpListener, shutdown: Shutdown) {
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    // hyper's own timeout would apply between two requests, too.
    http.http1().timer(TokioTimer::new()).header_read_timeout(None);
    let options = Options {
        purpose: Some("metrics"),
        http,
        tls: None,
        handshake_timeout: TIMEOUT,
        connections: ConnectionLimits::of(MAX_CONNECTIONS),
        max_connection_age: None,
        stall_timeouts: Some(StallTimeouts {
            header: TIMEOUT,
            idle: 4 * TIMEOUT,
            response: TIMEOUT,
            write: TIMEOUT,
            stream: TIMEOUT,
            stream_rate: 0,
            handling: true,
        }),
        requests: None,
    };
    let service = tower::service_fn(move |request: Request<Incoming>| answer(scrape.clone(), request));
    Server::new(options).run(listener, service, shutdown).await;
}

async fn answer(scrape: Scrape, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let refusal = |status: StatusCode, text: &'static str| {
        let mut response = Response::new(Full::from(text));
        *response.status_mut() = status;
        response
    };
    if request.uri().path() != "/metrics" {
        return Ok(refusal(StatusCode::NOT_FOUND, "the metrics are at /metrics\n"));
    }
    if request.method() != Method::GET {
        let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET is allowed\n");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
        return Ok(response);
    }
    // Reading calls back into the whole process, and encodes every series.
    let text = tokio::task::spawn_blocking(move || scrape.text()).await;
    match text {
        Ok(Ok(text)) => {
            let mut response = Response::new(Full::from(text));
            let kind = HeaderValue::from_static(Scrape::MEDIA_TYPE);
            response.headers_mut().insert(CONTENT_TYPE, kind);
            Ok(response)
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the metrics cannot be encoded for Prometheus");
            Ok(refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the metrics cannot be encoded; the log says why\n",
            ))
        }
        Err(_) => Ok(refusal(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be read\n")),
    }
}
