//! A gRPC server: services behind authentication, span and deadline, with health and reflection. Its connections are those
//! of [`crate::server`].

use std::convert::Infallible;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tonic::service::{Routes, RoutesBuilder};
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
pub use tonic_health::server::HealthReporter;
use tonic_reflection::pb::{v1, v1alpha};
use tower::Layer as _;

use super::health::{NotServing, ReportedHealth};
use super::limits::Bounds;
pub use super::limits::CallLimits;
use super::method::KnownMethods;
use super::reflection::Reflection;
use super::server_layer::ServerLayer;
use crate::activity::Activity;
use crate::admission::Authenticate;
use crate::server::{ConnectionLimits, Options, Server, StallTimeouts};
use crate::tls::ServerTls;
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;

/// How often `healthy` is called for the health service.
const HEALTH_INTERVAL: Duration = Duration::from_secs(2);
/// Maximum size of a health or reflection request, which needs no token.
const MAX_PROBE_BYTES: usize = 4 * 1024;
/// Limits the TLS handshake, and then the time until the client's HTTP/2 preface.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum number of unread response bytes that are buffered for one call.
const MAX_SEND_BUFFER_BYTES: usize = 128 * 1024;
/// Maximum number of concurrent calls on one connection. The gateway has one connection to each replica; further calls of it wait.
const MAX_CONCURRENT_STREAMS: u32 = 1_024;
/// Bytes of requests that a client may send before they are read: of a call, and of a connection. Nothing is read before the token
/// is verified. hyper's default of 1 MiB is what each client without a token could have waiting.
const REQUEST_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// Maximum size of the metadata of a call that can be answered by a status; a larger one is answered by HTTP status 431.
const MAX_HEADER_LIST_BYTES: u32 = 64 * 1024;

/// Connections beyond the limits that may show the token of a process, such as the gateway; each needs a file descriptor. At an address
/// from which users connect five hundred times a second, a process has 64 ms to show its token.
pub const ON_PROBATION: u32 = 256;

/// Settings of a gRPC server's connections.
#[derive(Clone, Debug)]
pub struct ConnectionOptions {
    /// The certificate of the server; `None` serves unencrypted connections.
    pub tls: Option<ServerTls>,
    /// The age, ± 10 %, at which a connection accepts no more calls. Clients then open a new one, and find new replicas.
    pub max_age: Duration,
    /// How many connections are open, of all clients and of one address.
    pub limits: ConnectionLimits,
    /// How long a connection may have no call in flight, unless a process of this product has shown its token on it.
    pub idle_timeout: Duration,
    /// How long a client may read nothing of an answer before its connection is closed.
    pub write_timeout: Duration,
    /// How long a client may read nothing of a stream before its connection is closed. The stream's own timeout ends the
    /// stream with a status before.
    pub stream_timeout: Duration,
    /// How much calls take.
    pub calls: CallLimits,
}

impl ConnectionOptions {
    /// The protocols that TLS has to offer by ALPN.
    pub const ALPN_PROTOCOLS: &[&str] = &["h2"];

    fn server(self, calls: Activity) -> Server {
        let mut http = auto::Builder::new(TokioExecutor::new()).http2_only();
        http.http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
            .initial_stream_window_size(REQUEST_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(MAX_SEND_BUFFER_BYTES)
            .max_header_list_size(MAX_HEADER_LIST_BYTES);
        Server::new(Options {
            purpose: None,
            http,
            tls: self.tls,
            handshake_timeout: HANDSHAKE_TIMEOUT,
            connections: ConnectionLimits { on_probation: ON_PROBATION as usize, ..self.limits },
            max_connection_age: Some(self.max_age),
            stall_timeouts: Some(StallTimeouts {
                // Clients may connect before they have anything to call.
                header: self.idle_timeout,
                idle: self.idle_timeout,
                response: self.write_timeout,
                handling: false,
                write: self.write_timeout,
                stream: self.stream_timeout,
                stream_rate: 0,
            }),
            // A shutdown waits for calls, not for connections: a health watch lasts for as long as its client wants.
            requests: Some(calls),
        })
    }
}

/// A server that could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The reflection service cannot use the descriptor set.
    #[error("the descriptor set for reflection cannot be read")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The descriptor set is not a `google.protobuf.FileDescriptorSet`.
    #[error("the descriptor set cannot be decoded")]
    Descriptors(#[from] prost::DecodeError),
}

/// A gRPC server that has not started yet.
pub struct GrpcServer<A> {
    service: &'static str,
    authenticate: A,
    routes: RoutesBuilder,
    health: Told,
    methods: KnownMethods,
}

impl<A: Authenticate> GrpcServer<A> {
    /// A server of the process called `service`, with health and reflection for `apis`, the full names of gRPC services in
    /// `descriptors`. Health also tells the `version` of the process. The services themselves are added
    /// by [`GrpcServer::with`].
    pub fn new(
        service: &'static str,
        version: &'static str,
        authenticate: A,
        descriptors: &'static [u8],
        apis: &'static [&'static str],
    ) -> Result<Self, ServerError> {
        let mut routes = Routes::builder();
        let health = HealthReporter::new();
        let not_serving = NotServing::default();
        let reported = ReportedHealth::new(health.clone(), version, not_serving.clone());
        let reported = HealthServer::new(reported);
        let health = Told { health, not_serving, apis };
        routes.add_service(reported.max_decoding_message_size(MAX_PROBE_BYTES));
        let reflection = Reflection::new(descriptors, apis)?;
        let v1alpha = v1alpha::server_reflection_server::ServerReflectionServer::new(reflection.clone());
        routes.add_service(v1alpha.max_decoding_message_size(MAX_PROBE_BYTES));
        let v1 = v1::server_reflection_server::ServerReflectionServer::new(reflection);
        routes.add_service(v1.max_decoding_message_size(MAX_PROBE_BYTES));
        Ok(Self { service, authenticate, routes, health, methods: KnownMethods::of(descriptors)? })
    }

    /// Adds the implementation of a service.
    #[must_use]
    pub fn with<S>(mut self, service: S) -> Self
    where
        S: tower::Service<
                http::Request<tonic::body::Body>,
                Response = http::Response<tonic::body::Body>,
                Error = std::convert::Infallible,
                Future: Send + 'static,
            > + tonic::server::NamedService
            + Clone
            + Send
            + Sync
            + 'static,
    {
        self.routes.add_service(service);
        self
    }

    /// Serves until `shutdown`, then lets in-flight calls finish. `grpc.health.v1` reports the `health` of the whole server
    /// and of each of its APIs, until `draining`: then it reports NOT_SERVING.
    pub async fn serve<C, F, W, G>(
        self,
        listener: TcpListener,
        connections: ConnectionOptions,
        health: HealthCheck<C, W>,
        draining: Shutdown,
        shutdown: Shutdown,
    ) where
        C: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), &'static str>> + Send + 'static,
        W: Fn() -> G + Send + Sync + 'static,
        G: Future<Output = ()> + Send + 'static,
    {
        // Every name is known before the first call, and nothing is reported as serving that was not checked.
        self.health.tell(Err("starting")).await;
        let checks = Periodic::every(HEALTH_INTERVAL, "checking health");
        let watch = tokio::spawn(watch_health(checks, self.health, health, draining));
        let calls = Activity::default();
        let bounds = Bounds::new(self.service, &connections.calls);
        let layer = ServerLayer::new(self.authenticate, self.service, self.methods, calls.clone(), bounds);
        let service = layer.layer(self.routes.routes().prepare());
        connections.server(calls).run(listener, service, shutdown).await;
        watch.abort();
    }
}

async fn watch_health<C, F, W, G>(checks: Periodic, told: Told, health: HealthCheck<C, W>, draining: Shutdown)
where
    C: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<(), &'static str>> + Send,
    W: Fn() -> G + Send + Sync + 'static,
    G: Future<Output = ()> + Send,
{
    let last = Mutex::new(None);
    let turn = || async {
        let now = (health.check)().await;
        let before = last.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
        if before != Some(now) {
            tracing::info!(serving = now.is_ok(), reason = now.err(), "the health status changed");
            told.tell(now).await;
        }
        Ok::<(), Infallible>(())
    };
    checks.run_woken(&draining, &health.changed, turn).await;
    told.tell(Err("draining")).await;
}

/// Where the health of a server comes from.
pub struct HealthCheck<C, W> {
    /// Called every two seconds. It fails with the reason for which the server does not serve: a few words, out of a list, that
    /// anybody may read.
    pub check: C,
    /// Ends when the health has changed, so that it is checked at once.
    pub changed: W,
}

/// The health that a server has told.
struct Told {
    health: HealthReporter,
    not_serving: NotServing,
    apis: &'static [&'static str],
}

impl Told {
    /// Sets the health status of the whole server and of each of its APIs.
    async fn tell(&self, health: Result<(), &'static str>) {
        let status = if health.is_ok() { ServingStatus::Serving } else { ServingStatus::NotServing };
        self.not_serving.set(health.err());
        for name in [""].iter().chain(self.apis) {
            self.health.set_service_status(*name, status).await;
        }
    }
}

#[cfg(test)]
mod tests;
