//! The accept loop. The gateway and the gRPC services use the same one and differ in their [`Options`] only;
//! docs/adr/0015 says why the loop is our own.

mod admission;
mod connection;
mod exchange;
mod preface;
mod progress;
mod sliced_body;
mod socket;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;
use tower::{BoxError, Service};

use self::admission::Connections;
pub use self::admission::{ConnectionLimits, is_from_process};
pub(crate) use self::admission::{ConnectionStanding, Standing};
use self::connection::Connection;
pub(crate) use self::connection::LastsLong;
pub use self::connection::{Draining, InFlight, PeerAddress, Stalled};
pub use self::progress::StallTimeouts;
use crate::activity::Activity;
use crate::tls::ServerTls;
use platform::shutdown::Shutdown;

/// How long in-flight requests may take to finish once the shutdown has begun.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// How long connections may take to send their last bytes and to close once no request is in flight any more.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(250);
/// Connections that are accepted in a row. Then the loop lets the tasks run that are queued already, so that a thousand connections
/// that come at once do not delay those that are open.
const BURST: u32 = 16;
/// The pause after a failed accept, which nearly always means that the process has no file descriptor left.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Settings of a [`Server`].
#[derive(Clone, Debug)]
pub struct Options {
    /// What is served, for the log, if the server is not the main one of the process: `metrics`.
    pub purpose: Option<&'static str>,
    /// hyper's settings for each protocol. With `http2_only`, clients cannot use HTTP/1.1.
    pub http: auto::Builder<TokioExecutor>,
    /// The certificate of the server; `None` serves unencrypted connections.
    pub tls: Option<ServerTls>,
    /// Limits the TLS handshake and, when only HTTP/2 is served, the time until the client's connection preface.
    pub handshake_timeout: Duration,
    /// Connections open at once.
    pub connections: ConnectionLimits,
    /// The age, ± 10 %, at which a connection starts draining. `None` sets no limit.
    pub max_connection_age: Option<Duration>,
    /// When a connection that makes no progress is closed. `None` leaves that to HTTP/2 keep-alive.
    pub stall_timeouts: Option<StallTimeouts>,
    /// The requests that a shutdown waits for; with `None` the shutdown waits until every connection is closed.
    pub requests: Option<Activity>,
}

/// A server that has not started yet.
pub struct Server {
    options: Arc<Options>,
    /// The same settings for clients that are known to use HTTP/1.1; `None` if only HTTP/2 is served.
    http1: Option<Arc<auto::Builder<TokioExecutor>>>,
    open: Connections,
    connections: TaskTracker,
    /// Sockets whose connection has ended and that wait for their client to close.
    lingering: TaskTracker,
}

impl Server {
    /// Makes a server; it accepts nothing before [`Server::run`].
    #[must_use]
    pub fn new(options: Options) -> Self {
        let http = &options.http;
        Self {
            open: Connections::new(&options.connections),
            http1: match (http.is_http1_available(), http.is_http2_available()) {
                (true, true) => Some(Arc::new(http.clone().http1_only())),
                (true, false) => Some(Arc::new(http.clone())),
                (false, _) => None,
            },
            options: Arc::new(options),
            connections: TaskTracker::new(),
            lingering: TaskTracker::new(),
        }
    }

    /// Serves `service` until `shutdown`, then gives in-flight requests ten seconds to finish. Each request has the
    /// client's [`PeerAddress`] and its connection's [`Draining`] and [`Stalled`] among its extensions.
    pub async fn run<S, B>(self, listener: TcpListener, service: S, shutdown: Shutdown)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
    {
        if let Ok(address) = listener.local_addr() {
            let tls = self.options.tls.is_some();
            match self.options.purpose {
                None => tracing::info!(%address, tls, "listening"),
                Some(purpose) => tracing::info!(%address, tls, "listening for {purpose}"),
            }
        }
        let mut burst = 0;
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&listener) => accepted,
                () = shutdown.cancelled() => break,
            };
            match accepted {
                // Its address has its share: closed at once, as a waiting one would keep others waiting, too.
                Ok((_, _, None)) => {}
                Ok((stream, peer, Some(standing))) => {
                    let connection = Connection {
                        options: self.options.clone(),
                        http1: self.http1.clone(),
                        service: service.clone(),
                        peer,
                        standing,
                        lingering: self.lingering.clone(),
                        shutdown: shutdown.clone(),
                    };
                    self.connections.spawn(connection.serve(stream));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_RETRY).await;
                }
            }
            burst += 1;
            if burst == BURST {
                burst = 0;
                // Queued behind the connections. To yield would do nothing on the thread of `block_on`, which runs this loop.
                let _ = tokio::spawn(async {}).await;
            }
        }
        drop(listener);
        self.drain().await;
    }

    /// Waits for a place of the accepted connection: while there is none, the others stay in the kernel's backlog.
    async fn accept(
        &self,
        listener: &TcpListener,
    ) -> io::Result<(TcpStream, SocketAddr, Option<Arc<Standing>>)> {
        let (stream, peer) = listener.accept().await?;
        let standing = self.open.admit(peer.ip()).await;
        Ok((stream, peer, standing))
    }

    async fn drain(self) {
        self.connections.close();
        self.lingering.close();
        let finished = async {
            match &self.options.requests {
                Some(requests) => requests.idle().await,
                None => self.connections.wait().await,
            }
        };
        let finished = tokio::time::timeout(DRAIN_TIMEOUT, finished).await;
        let closed = async {
            self.connections.wait().await;
            self.lingering.wait().await;
        };
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, closed).await;
        // Requests, or connections where nobody counts requests.
        let left = self.options.requests.as_ref().map_or(self.connections.len(), Activity::in_flight);
        if finished.is_err() && left > 0 {
            tracing::warn!(
                seconds = DRAIN_TIMEOUT.as_secs(),
                left,
                "in-flight requests did not finish before the drain timeout and were aborted"
            );
        }
    }
}
