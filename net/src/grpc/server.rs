//! The frame of a gRPC server: its services behind admission, span and deadline, health, reflection, a shutdown that
//! lets calls in flight finish.

use std::convert::Infallible;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tonic::service::{Routes, RoutesBuilder};
use tonic_health::ServingStatus;
pub use tonic_health::server::HealthReporter;
use tower::Layer as _;

use super::accept::{self, Connections};
use super::method::KnownMethods;
use super::server_layer::ServerLayer;
use crate::activity::Activity;
use crate::admission::Authenticate;
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;

/// How often the check behind the health service is made.
const HEALTH_INTERVAL: Duration = Duration::from_secs(2);
/// Bytes of a question about health or schema, which needs no token.
const MAX_QUESTION: usize = 4 * 1024;

/// A server that could not be set up or that failed.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The descriptor set is not one.
    #[error("the descriptor set for reflection cannot be read")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The descriptor set is not one.
    #[error("the descriptor set cannot be decoded")]
    Descriptors(#[from] prost::DecodeError),
}

/// A gRPC server before it runs.
pub struct GrpcServer<A> {
    service: &'static str,
    authenticate: A,
    routes: RoutesBuilder,
    health: HealthReporter,
    methods: KnownMethods,
    apis: &'static [&'static str],
}

impl<A: Authenticate> GrpcServer<A> {
    /// A server of the process called `service` that is to serve `apis` (names in `descriptors`), with health and
    /// reflection of each, and nothing else yet.
    pub fn new(
        service: &'static str,
        authenticate: A,
        descriptors: &'static [u8],
        apis: &'static [&'static str],
    ) -> Result<Self, ServerError> {
        let mut routes = Routes::builder();
        let (health, health_service) = tonic_health::server::health_reporter();
        routes.add_service(health_service.max_decoding_message_size(MAX_QUESTION));
        let reflection = || {
            let builder = tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(descriptors)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
                // What errors carry: with it grpcurl shows details as fields and not as bytes.
                .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
                .with_service_name("grpc.health.v1.Health");
            apis.iter().fold(builder, |it, api| it.with_service_name(*api))
        };
        let v1 = reflection().with_service_name("grpc.reflection.v1.ServerReflection").build_v1()?;
        routes.add_service(v1.max_decoding_message_size(MAX_QUESTION));
        // grpcurl and Python's grpcio still speak the older one.
        let older =
            reflection().with_service_name("grpc.reflection.v1alpha.ServerReflection").build_v1alpha()?;
        routes.add_service(older.max_decoding_message_size(MAX_QUESTION));
        Ok(Self { service, authenticate, routes, health, methods: KnownMethods::of(descriptors)?, apis })
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
    /// what `grpc.health.v1` says of the whole server and of each of its APIs.
    pub async fn serve<H, F>(
        self,
        listener: TcpListener,
        connections: Connections,
        healthy: H,
        shutdown: Shutdown,
    ) where
        H: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = bool> + Send + 'static,
    {
        let watch = tokio::spawn(watch_health(self.health, self.apis, healthy, shutdown.clone()));
        let calls = Activity::default();
        let layer = ServerLayer::new(self.authenticate, self.service, self.methods, calls.clone());
        let service = layer.layer(self.routes.routes().prepare());
        accept::serve(listener, service, connections, calls, shutdown).await;
        watch.abort();
    }
}

async fn watch_health<H, F>(
    health: HealthReporter,
    apis: &'static [&'static str],
    healthy: H,
    shutdown: Shutdown,
) where
    H: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = bool> + Send,
{
    let last = Mutex::new(None);
    let turn = || async {
        let serving = healthy().await;
        let before = last.lock().unwrap_or_else(PoisonError::into_inner).replace(serving);
        if before != Some(serving) {
            tracing::info!(serving, "health");
            tell(&health, apis, serving).await;
        }
        Ok::<(), Infallible>(())
    };
    let checks = Periodic::every(HEALTH_INTERVAL, "checking health");
    checks.run_woken(&shutdown, std::future::pending, turn).await;
    tell(&health, apis, false).await;
}

/// Tells those who ask how the whole server and each of its APIs is.
async fn tell(health: &HealthReporter, apis: &[&'static str], serving: bool) {
    let status = if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
    for name in [""].iter().chain(apis) {
        health.set_service_status(*name, status).await;
    }
}
