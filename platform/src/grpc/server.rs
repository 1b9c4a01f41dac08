//! The frame of a gRPC server: its services behind admission, span and deadline, health, reflection, a shutdown that
//! lets calls in flight finish.

use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tokio::net::TcpListener;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
pub use tonic_health::server::HealthReporter;

use super::method::KnownMethods;
use super::preface::PrefaceLimit;
use super::server_layer::ServerLayer;
use crate::activity::Activity;
use crate::admission::Authenticate;
use crate::shutdown::Shutdown;

/// How long calls in flight may take to finish once the shutdown has begun.
const DRAIN: Duration = Duration::from_secs(10);
/// How long the last answers have to leave.
const FAREWELL: Duration = Duration::from_millis(250);
/// How long a peer may take to begin.
const PREFACE: Duration = Duration::from_secs(10);
/// How often the check behind the health service is made.
const HEALTH_INTERVAL: Duration = Duration::from_secs(2);
/// A caller's metadata may take this many bytes.
const MAX_METADATA_BYTES: u32 = 16 * 1024;

/// A server that could not be set up or that failed.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The descriptor set is not one.
    #[error("the descriptor set for reflection cannot be read")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The descriptor set is not one.
    #[error("the descriptor set cannot be decoded")]
    Descriptors(#[from] prost::DecodeError),
    /// The transport failed.
    #[error("the gRPC server failed")]
    Transport(#[from] tonic::transport::Error),
}

/// A gRPC server before it runs.
pub struct GrpcServer<A> {
    service: &'static str,
    authenticate: A,
    routes: RoutesBuilder,
    health: HealthReporter,
    methods: KnownMethods,
}

impl<A: Authenticate> GrpcServer<A> {
    /// A server of the process called `service`, with health and reflection of `descriptors`, and nothing else yet.
    pub fn new(
        service: &'static str,
        authenticate: A,
        descriptors: &'static [u8],
    ) -> Result<Self, ServerError> {
        let mut routes = Routes::builder();
        let (health, health_service) = tonic_health::server::health_reporter();
        routes.add_service(health_service);
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(descriptors)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        routes.add_service(reflection().build_v1()?);
        // grpcurl and Python's grpcio still speak the older one.
        routes.add_service(reflection().build_v1alpha()?);
        Ok(Self { service, authenticate, routes, health, methods: KnownMethods::of(descriptors)? })
    }

    /// Adds a service.
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

    /// Serves until `shutdown`, then finishes what is in flight. `healthy` is asked every two seconds; its answer is
    /// what `grpc.health.v1` says of the whole server.
    pub async fn serve<H, F>(
        self,
        listener: TcpListener,
        healthy: H,
        shutdown: Shutdown,
    ) -> Result<(), ServerError>
    where
        H: Fn() -> F + Send + 'static,
        F: Future<Output = bool> + Send + 'static,
    {
        if let Ok(address) = listener.local_addr() {
            tracing::info!(%address, "listening");
        }
        let watch = tokio::spawn(watch_health(self.health, healthy, shutdown.clone()));
        // Without it an answer in two writes waits for the peer's delayed acknowledgement, 40 ms.
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let incoming = incoming.map(|accepted| accepted.map(|stream| PrefaceLimit::new(stream, PREFACE)));
        let calls = Activity::default();
        let served = Server::builder()
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .http2_keepalive_timeout(Some(Duration::from_secs(10)))
            .http2_max_header_list_size(MAX_METADATA_BYTES)
            .layer(ServerLayer::new(self.authenticate, self.service, self.methods, calls.clone()))
            .add_routes(self.routes.routes())
            .serve_with_incoming_shutdown(incoming, shutdown.clone().cancelled_owned());
        let drained = async {
            shutdown.cancelled().await;
            let begun = Instant::now();
            while calls.in_flight() > 0 && begun.elapsed() < DRAIN {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // For the last answers to leave. What stays open then has nothing in flight.
            tokio::time::sleep(FAREWELL).await;
            calls.in_flight()
        };
        let outcome = tokio::select! {
            served = served => served.map_err(Into::into),
            left = drained => {
                if left > 0 {
                    tracing::warn!(left, seconds = DRAIN.as_secs(), "calls in flight did not finish in time and were cut");
                }
                Ok(())
            }
        };
        watch.abort();
        outcome
    }
}

async fn watch_health<H, F>(health: HealthReporter, healthy: H, shutdown: Shutdown)
where
    H: Fn() -> F + Send + 'static,
    F: Future<Output = bool> + Send,
{
    use tonic_health::ServingStatus::{NotServing, Serving};
    let mut last = None;
    let mut every = tokio::time::interval(HEALTH_INTERVAL);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = shutdown.cancelled() => return health.set_service_status("", NotServing).await,
        }
        let serving = healthy().await;
        if last.replace(serving) != Some(serving) {
            tracing::info!(serving, "health");
            health.set_service_status("", if serving { Serving } else { NotServing }).await;
        }
    }
}
