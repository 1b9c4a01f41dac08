//! One replica of a peer: its connection, made when first used and again after it was lost, and whether it can be reached.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Collected};
use hyper::body::{Body, Frame};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tower::BoxError;

use platform::connection_failure::ConnectionFailure;

use super::connect_error::ConnectError;
use super::connection::{self, AnswerBody, ConnectionError, Pings, Sender};
use super::exchange_error::ExchangeError;
use super::introduction::{self, Introduction};
use super::peer::{Address, Peer};
use crate::activity::{Activity, RequestGuard};

/// Limits TCP connect, TLS handshake and the wait for the peer's first bytes together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The pause before the first attempt to reconnect to an unreachable replica. It doubles with each attempt.
const MIN_BACKOFF: Duration = Duration::from_millis(200);
const MAX_BACKOFF: Duration = Duration::from_secs(5);
const PINGS: Pings = Pings { interval: Duration::from_secs(10), timeout: Duration::from_secs(5) };
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("ccm/", env!("CARGO_PKG_VERSION")));

type Connection = Pin<Box<dyn Future<Output = Result<(), ConnectionError>> + Send>>;

/// One replica of a peer, with one connection that all calls share.
pub(super) struct Endpoint {
    peer: &'static str,
    address: Address,
    /// The replica's address if `address` is a DNS name of several.
    resolved: Option<SocketAddr>,
    open: Mutex<Option<Sender>>,
    /// The address at the other end of the newest connection.
    connected_to: Mutex<Option<SocketAddr>>,
    introduction: Introduction,
    /// When the newest connection last showed the token of this process.
    introduced: Mutex<Option<Instant>>,
    /// Locked while a connection is made; holds the last failure, with its instant.
    connecting: tokio::sync::Mutex<Option<(Instant, ConnectionFailure, String)>>,
    calls: Activity,
    is_unreachable: AtomicBool,
}

pin_project_lite::pin_project! {
    /// The body of an answer.
    #[project = Projected]
    pub(super) enum ReplicaBody {
        Whole { #[pin] body: Collected<Bytes> },
        // The call is in flight until the body is dropped.
        Arriving { #[pin] body: AnswerBody, _call: RequestGuard },
    }
}

impl Body for ReplicaBody {
    type Data = Bytes;
    type Error = ConnectionError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectionError>>> {
        match self.project() {
            Projected::Whole { body } => body.poll_frame(cx).map_err(|never| match never {}),
            Projected::Arriving { body, .. } => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole { body } => body.is_end_stream(),
            Self::Arriving { body, .. } => body.is_end_stream(),
        }
    }
}

impl Endpoint {
    pub(super) fn new(peer: &Peer, address: Address, resolved: Option<SocketAddr>) -> Arc<Self> {
        Arc::new(Self {
            peer: peer.name,
            address,
            resolved,
            open: Mutex::default(),
            connected_to: Mutex::default(),
            introduction: peer.introduction.clone(),
            introduced: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
            calls: Activity::default(),
            is_unreachable: AtomicBool::new(false),
        })
    }

    /// The replica's address if it was found by DNS.
    pub(super) fn resolved(&self) -> Option<SocketAddr> {
        self.resolved
    }

    /// The configured address.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The address of the replica itself, if it was connected to.
    pub(super) fn socket_address(&self) -> Option<SocketAddr> {
        *self.connected_to.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn in_flight(&self) -> usize {
        self.calls.in_flight()
    }

    /// Whether the last attempt to connect failed.
    pub(super) fn is_unreachable(&self) -> bool {
        self.is_unreachable.load(Ordering::Relaxed)
    }

    /// Sends a request and waits for the head of its answer; with `buffered`, for the whole answer.
    pub(super) async fn exchange(
        self: &Arc<Self>,
        parts: &Parts,
        body: Bytes,
        buffered: bool,
    ) -> Result<Response<ReplicaBody>, ExchangeError> {
        let guard = self.calls.begin();
        let sender = self.connection().await?;
        let mut uri = self.address.origin.clone().into_parts();
        uri.path_and_query = parts.uri.path_and_query().cloned();
        let uri = Uri::from_parts(uri);
        let uri = uri.map_err(|error| self.not_connected(ConnectionFailure::Other, error))?;
        // Not the extensions: they are of no use to the connection.
        let mut request = Request::new(());
        (*request.method_mut(), *request.uri_mut()) = (parts.method.clone(), uri);
        *request.headers_mut() = parts.headers.clone();
        request.headers_mut().insert(header::USER_AGENT, USER_AGENT);
        let response = sender.send(request, body).await.map_err(|error| self.failed(error))?;
        if buffered {
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| self.failed(error))?;
            return Ok(Response::from_parts(head, ReplicaBody::Whole { body }));
        }
        Ok(response.map(|body| ReplicaBody::Arriving { body, _call: guard }))
    }

    async fn connection(self: &Arc<Self>) -> Result<Sender, ExchangeError> {
        if let Some(open) = self.open_connection() {
            if let Some(introduction) = self.introduce(&open) {
                tokio::spawn(introduction);
            }
            return Ok(open);
        }
        // Boxed, because it is large and every call would carry it.
        Box::pin(self.new_connection()).await
    }

    /// Connects, unless another caller has done so meanwhile.
    async fn new_connection(self: &Arc<Self>) -> Result<Sender, ExchangeError> {
        let began = Instant::now();
        let mut last_failure = self.connecting.lock().await;
        if let Some(open) = self.open_connection() {
            return Ok(open);
        }
        // A caller that waited for another caller's attempt shares its outcome.
        if let Some((failed, failure, why)) = last_failure.as_ref().filter(|it| it.0 > began) {
            tracing::trace!(peer = self.peer, ago = ?failed.elapsed(), "another call failed to connect just now");
            return Err(self.not_connected(*failure, why.clone()));
        }
        let outcome = tokio::time::timeout(CONNECT_TIMEOUT, self.connect()).await;
        match outcome.unwrap_or(Err(ConnectError::TimedOut(CONNECT_TIMEOUT))) {
            Ok((sender, connection)) => {
                *self.introduced.lock().unwrap_or_else(PoisonError::into_inner) = None;
                let introduction = self.introduce(&sender);
                tokio::spawn(Self::run(Arc::downgrade(self), connection));
                // Also if the caller gives up meanwhile.
                let kept = Keep { endpoint: self, sender: &sender };
                // Ahead of all calls: the peer may have no place for a connection with the token of a user.
                if let Some(introduction) = introduction {
                    introduction.await;
                }
                drop(kept);
                if self.is_unreachable.swap(false, Ordering::Relaxed) {
                    tracing::info!(peer = self.peer, endpoint = self.name(), "a replica is reachable again");
                }
                Ok(sender)
            }
            Err(error) => {
                let (failure, why) = (error.failure(), platform::causes::chain(&error));
                *last_failure = Some((Instant::now(), failure, why.clone()));
                self.mark_unreachable(&why);
                Err(self.not_connected(failure, why))
            }
        }
    }

    /// Shows the peer the token of this process, unless it was shown a short while ago. The future ends when the peer has seen
    /// it, or has had enough time to.
    fn introduce(&self, sender: &Sender) -> Option<impl Future<Output = ()> + Send + use<>> {
        let mut last = self.introduced.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|it| it.elapsed() < introduction::INTERVAL) {
            return None;
        }
        let request = self.introduction.request(&self.address.origin)?;
        *last = Some(Instant::now());
        let answer = sender.clone().send(request, introduction::MESSAGE);
        Some(async move {
            let seen = async { answer.await?.into_body().collect().await };
            if let Err(error) = tokio::time::timeout(introduction::TIMEOUT, seen).await {
                tracing::debug!(%error, "a replica has not answered the health check with the token of this process");
            }
        })
    }

    pub(super) fn open_connection(&self) -> Option<Sender> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        open.and_then(Sender::if_open)
    }

    /// Runs a connection, and drops its sender when it has ended.
    async fn run(endpoint: Weak<Self>, connection: Connection) {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection to a replica ended with an error");
        }
        if let Some(endpoint) = endpoint.upgrade() {
            let mut open = endpoint.open.lock().unwrap_or_else(PoisonError::into_inner);
            drop(open.take_if(Sender::is_closed));
        }
    }

    async fn connect(&self) -> Result<(Sender, Connection), ConnectError> {
        *self.connected_to.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let stream = match self.resolved {
            Some(address) => TcpStream::connect(address).await,
            None => TcpStream::connect((&*self.address.host, self.address.port)).await,
        };
        let stream = stream.map_err(ConnectError::Socket)?;
        stream.set_nodelay(true).map_err(ConnectError::Socket)?;
        *self.connected_to.lock().unwrap_or_else(PoisonError::into_inner) = stream.peer_addr().ok();
        match &self.address.tls {
            None => handshake(stream, self.calls.clone()).await,
            Some(tls) => {
                let connected = tls.connect(&self.address.host, stream).await;
                handshake(connected.map_err(ConnectError::Tls)?, self.calls.clone()).await
            }
        }
    }

    /// Makes the balancer prefer other replicas, and starts a task that tries to reconnect until it succeeds.
    fn mark_unreachable(self: &Arc<Self>, why: &str) {
        if self.is_unreachable.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(peer = self.peer, endpoint = self.name(), why, "a replica is unreachable");
        let endpoint = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut backoff = MIN_BACKOFF;
            loop {
                tokio::time::sleep(backoff).await;
                backoff = (backoff * 2).min(MAX_BACKOFF);
                // The replica is dropped when no channel has it any more.
                let Some(endpoint) = endpoint.upgrade() else { return };
                if endpoint.connection().await.is_ok() {
                    return;
                }
            }
        });
    }

    fn name(&self) -> String {
        match self.resolved {
            Some(address) => address.to_string(),
            None => self.address.origin.authority().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn not_connected(&self, failure: ConnectionFailure, why: impl Into<BoxError>) -> ExchangeError {
        ExchangeError::NotConnected { endpoint: self.name(), failure, source: why.into() }
    }

    fn failed(&self, error: ConnectionError) -> ExchangeError {
        ExchangeError::after_connecting(self.name(), error)
    }
}

/// Keeps a connection for further calls when it is dropped, unless the connection has ended.
struct Keep<'a> {
    endpoint: &'a Endpoint,
    sender: &'a Sender,
}

impl Drop for Keep<'_> {
    fn drop(&mut self) {
        let mut open = self.endpoint.open.lock().unwrap_or_else(PoisonError::into_inner);
        *open = self.sender.clone().if_open();
    }
}

/// Starts HTTP/2 once the peer has sent its first bytes. They show that the peer serves and has accepted our certificate:
/// in TLS 1.3 a server may refuse a certificate after the client's side of the handshake has succeeded.
async fn handshake<S>(stream: S, calls: Activity) -> Result<(Sender, Connection), ConnectError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut stream = BufReader::new(stream);
    if stream.fill_buf().await.map_err(ConnectError::Socket)?.is_empty() {
        return Err(ConnectError::Closed);
    }
    let (sender, connection) =
        connection::handshake(stream, calls, PINGS).await.map_err(ConnectError::Http)?;
    Ok((sender, Box::pin(connection)))
}
