//! The gateway: the public REST API, translated to gRPC calls of task-service and worker-service. It stores nothing and
//! decides nothing that a service decides. Entered through [`serve`] only, by the binary and by tests alike.

mod accept;
mod api;
pub mod description;
mod error;
mod input;
mod limits;
mod names;
mod router;
mod services;

use access::Verifier;
use net::grpc::Peer;
use net::tls::ServerTls;
use platform::shutdown::Shutdown;
use telemetry::propagation::Edge;
use tokio::net::TcpListener;

pub use limits::{Limits, MAX_HEADER_BYTES, Rate};

/// `service.name`.
pub const NAME: &str = "gateway";

/// What ALPN is to offer.
pub const PROTOCOLS: &[&str] = &["h2", "http/1.1"];

/// What the gateway needs to know.
#[derive(Clone)]
pub struct Config {
    /// Knows the callers.
    pub verifier: Verifier,
    /// Where task-service is.
    pub task_service: Peer,
    /// Where worker-service is.
    pub worker_service: Peer,
    /// What becomes of the traces that callers bring along.
    pub edge: Edge,
    /// HTTPS, with these certificates.
    pub tls: Option<ServerTls>,
    /// What one client may take.
    pub limits: Limits,
}

/// Serves HTTP/1.1 and HTTP/2 (prior knowledge) at `listener` until `shutdown`; requests in flight finish first. The
/// services need not be there: requests that need one say so until it is.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) {
    let services = services::Services::connect(&config.task_service, &config.worker_service);
    let router = router::router(services, config.verifier, config.edge, &config.limits);
    accept::serve(listener, config.tls, router, &config.limits, shutdown).await;
}
