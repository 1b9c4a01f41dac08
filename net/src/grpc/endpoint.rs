//! One replica of a peer: a connection, made when first used and again when it was lost, and whether it is any good.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tonic::body::Body as GrpcBody;
use tower::BoxError;

use super::exchange_error::ExchangeError;
use super::peer::Address;
use crate::activity::Activity;

/// What a peer's headers and trailers may take: well above what a peer of ours sends.
const MAX_HEADER_BYTES: u32 = 64 * 1024;
/// All that a connection may take until the peer's first bytes on it.
const CONNECT: Duration = Duration::from_secs(2);
/// Between two attempts to reach a replica that was set aside, at first and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("ccm/", env!("CARGO_PKG_VERSION")));

type Sender = http2::SendRequest<Full<Bytes>>;
type Connection = Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>;

/// A replica.
pub(super) struct Endpoint {
    peer: &'static str,
    address: Address,
    /// Where it is when `address` is a name with several behind it.
    at: Option<SocketAddr>,
    open: Mutex<Option<Sender>>,
    /// Held while a connection is made; the last failure.
    connecting: tokio::sync::Mutex<Option<(Instant, String)>>,
    calls: Activity,
    set_aside: AtomicBool,
}

impl Endpoint {
    pub(super) fn new(peer: &'static str, address: Address, at: Option<SocketAddr>) -> Arc<Self> {
        Arc::new(Self {
            peer,
            address,
            at,
            open: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
            calls: Activity::default(),
            set_aside: AtomicBool::new(false),
        })
    }

    /// The one of several behind a name.
    pub(super) fn at(&self) -> Option<SocketAddr> {
        self.at
    }

    pub(super) fn in_flight(&self) -> usize {
        self.calls.in_flight()
    }

    /// Whether it could not be reached the last time.
    pub(super) fn is_set_aside(&self) -> bool {
        self.set_aside.load(Ordering::Relaxed)
    }

    /// Sends a request and waits for the head of its answer; with `whole`, for all of it.
    pub(super) async fn exchange(
        self: &Arc<Self>,
        mut parts: Parts,
        body: Bytes,
        whole: bool,
    ) -> Result<Response<GrpcBody>, ExchangeError> {
        let in_flight = self.calls.begin();
        let mut sender = self.connection().await?;
        let mut uri = parts.uri.into_parts();
        (uri.scheme, uri.authority) =
            (self.address.origin.scheme().cloned(), self.address.origin.authority().cloned());
        parts.uri = Uri::from_parts(uri).map_err(|error| self.not_connected(error))?;
        parts.headers.insert(header::USER_AGENT, USER_AGENT);
        let request = Request::from_parts(parts, Full::new(body));
        let response = sender.send_request(request);
        // A request that is handed over just as its connection ends may lie where nobody takes it. It is answered, as one
        // that was not taken, when the last sender is gone: nobody who waits may hold one.
        drop(sender);
        let response = response.await.map_err(|error| self.failed(error))?;
        if whole {
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| self.failed(error))?;
            return Ok(Response::from_parts(head, GrpcBody::new(body)));
        }
        let hold = move |frame| {
            let _ = &in_flight;
            frame
        };
        Ok(response.map(|body| GrpcBody::new(body.map_frame(hold))))
    }

    async fn connection(self: &Arc<Self>) -> Result<Sender, ExchangeError> {
        if let Some(open) = self.open_connection() {
            return Ok(open);
        }
        let asked = Instant::now();
        let mut last_failure = self.connecting.lock().await;
        if let Some(open) = self.open_connection() {
            return Ok(open);
        }
        // Who waited for another's attempt shares its outcome.
        if let Some((at, why)) = last_failure.as_ref().filter(|(at, _)| *at > asked) {
            tracing::trace!(peer = self.peer, ago = ?at.elapsed(), "a connection was just tried for");
            return Err(self.not_connected(why.clone()));
        }
        let outcome = tokio::time::timeout(CONNECT, self.connect()).await;
        match outcome.unwrap_or_else(|_| Err(format!("nothing came within {CONNECT:?}").into())) {
            Ok((sender, connection)) => {
                *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
                tokio::spawn(Self::keep(Arc::downgrade(self), connection));
                if self.set_aside.swap(false, Ordering::Relaxed) {
                    tracing::info!(
                        peer = self.peer,
                        endpoint = self.name(),
                        "a replica can be reached again"
                    );
                }
                Ok(sender)
            }
            Err(error) => {
                let why = platform::causes::chain(error.as_ref());
                *last_failure = Some((Instant::now(), why.clone()));
                self.set_aside(&why);
                Err(self.not_connected(why))
            }
        }
    }

    fn open_connection(&self) -> Option<Sender> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().filter(|it| !it.is_closed()).cloned()
    }

    /// Runs a connection, and lets go of its sender when it has ended.
    async fn keep(endpoint: Weak<Self>, connection: Connection) {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection to a peer ended");
        }
        if let Some(endpoint) = endpoint.upgrade() {
            let mut open = endpoint.open.lock().unwrap_or_else(PoisonError::into_inner);
            drop(open.take_if(|it| it.is_closed()));
        }
    }

    async fn connect(&self) -> Result<(Sender, Connection), BoxError> {
        let stream = match self.at {
            Some(at) => TcpStream::connect(at).await?,
            None => TcpStream::connect((self.address.host.as_str(), self.address.port)).await?,
        };
        stream.set_nodelay(true)?;
        match &self.address.tls {
            None => begin(stream).await,
            Some(tls) => begin(tls.connect(&self.address.host, stream).await?).await,
        }
    }

    /// Calls prefer others from now on, until an attempt of its own reaches it.
    fn set_aside(self: &Arc<Self>, why: &str) {
        if self.set_aside.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(peer = self.peer, endpoint = self.name(), why, "a replica cannot be reached");
        let endpoint = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut pause = RETRY.0;
            loop {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(RETRY.1);
                // Gone when nobody would use it any more.
                let Some(endpoint) = endpoint.upgrade() else { return };
                if endpoint.connection().await.is_ok() {
                    return;
                }
            }
        });
    }

    fn name(&self) -> String {
        match self.at {
            Some(at) => at.to_string(),
            None => self.address.origin.authority().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn not_connected(&self, why: impl Into<BoxError>) -> ExchangeError {
        ExchangeError::NotConnected { endpoint: self.name(), source: why.into() }
    }

    fn failed(&self, error: hyper::Error) -> ExchangeError {
        ExchangeError::after_connecting(self.name(), error)
    }
}

/// Begins HTTP/2. The peer speaks first: what it says shows that it is there and has accepted our certificate, which
/// in TLS 1.3 it may refuse after our side of the handshake has succeeded.
async fn begin<S>(stream: S) -> Result<(Sender, Connection), BoxError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut stream = BufReader::new(stream);
    if stream.fill_buf().await?.is_empty() {
        return Err("the peer closed the connection before it began".into());
    }
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEADER_BYTES)
        .keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .handshake(TokioIo::new(stream))
        .await?;
    Ok((sender, Box::pin(connection)))
}
