//! The gateway: the public REST API, translated to gRPC calls of task-service and worker-service. It stores nothing and
//! decides nothing that a service decides. Entered through [`serve`] only, by the binary and by tests alike.

mod accept;
mod api;
mod error;
mod input;
mod router;
mod services;

use std::time::Duration;

use access::Verifier;
use platform::grpc::Peer;
use platform::propagation::Edge;
use platform::shutdown::Shutdown;
use tokio::net::TcpListener;

/// `service.name`.
pub const NAME: &str = "gateway";

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
    /// What one client may take.
    pub limits: Limits,
}

/// What one client may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once; further ones wait to be accepted.
    pub connections: usize,
    /// From the accept, or the end of the request before, to the last byte of a request's header.
    pub header_timeout: Duration,
    /// From the header to the answer; what is left of it is the deadline of the gRPC calls.
    pub request_timeout: Duration,
    /// Without any of an answer being taken, before the connection is cut.
    pub write_timeout: Duration,
    /// Bytes of a request's body.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            header_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(20),
            body_bytes: 1024 * 1024,
        }
    }
}

/// Serves HTTP/1.1 and HTTP/2 (prior knowledge) at `listener` until `shutdown`; requests in flight finish first. The
/// services need not be there: requests that need one say so until it is.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) {
    let services = services::Services::connect(&config.task_service, &config.worker_service);
    let router = router::router(services, config.verifier, config.edge, &config.limits);
    accept::serve(listener, router, &config.limits, shutdown).await;
}
