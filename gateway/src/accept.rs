//! The accept loop: what a client may do before there is a request, and how the gateway ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use platform::shutdown::Shutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;
use tower_http::normalize_path::NormalizePath;

use crate::Limits;

/// How long requests in flight may take to finish once the shutdown has begun.
const DRAIN: Duration = Duration::from_secs(10);
/// The whole header of a request, in bytes.
const HEADER_BYTES: usize = 32 * 1024;
const HTTP2_STREAMS: u32 = 128;

pub(crate) async fn serve(
    listener: TcpListener,
    router: NormalizePath<Router>,
    limits: &Limits,
    shutdown: Shutdown,
) {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "listening");
    }
    let builder = Arc::new(builder(limits));
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = async {
            // Closed never: a place is only ever waited for.
            let place = places.clone().acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            it = accepted => it,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let (builder, router, watcher) = (builder.clone(), router.clone(), graceful.watcher());
                let header_timeout = limits.header_timeout;
                tokio::spawn(async move {
                    serve_connection(&builder, stream, router, header_timeout, watcher).await;
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
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!(seconds = DRAIN.as_secs(), "requests in flight did not finish in time and were cut");
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_header_list_size(u32::try_from(HEADER_BYTES).unwrap_or(u32::MAX));
    builder
}

async fn serve_connection(
    builder: &Builder<TokioExecutor>,
    stream: TcpStream,
    router: NormalizePath<Router>,
    header_timeout: Duration,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let begun = Arc::new(AtomicBool::new(false));
    let seen = begun.clone();
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        seen.store(true, Ordering::Relaxed);
        router.clone().oneshot(request)
    });
    let connection = watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned());
    let mut connection = std::pin::pin!(connection);
    // hyper's own limit begins once it knows the protocol: a client that sends nothing is cut here.
    let ended = tokio::select! {
        ended = &mut connection => Some(ended),
        () = tokio::time::sleep(header_timeout) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None if begun.load(Ordering::Relaxed) => connection.await,
        None => return tracing::debug!("a client sent no request in time and was cut"),
    };
    if let Err(error) = ended {
        tracing::debug!(error, "connection ended early");
    }
}
