//! The gateway: the public REST API, translated to gRPC calls of task-service and worker-service. It stores nothing and
//! decides nothing that a service decides. The binary and the tests enter it only through [`serve`].

mod api;
mod cors;
pub mod description;
mod error;
mod input;
mod limits;
pub mod metrics;
mod names;
mod public_url;
mod router;
mod server;
mod services;
mod session;
mod stream;
pub mod supervisor;
mod web;

use std::sync::Arc;

use access::{Identity, TokenSource, Verifier};
use net::client_address::TrustedProxies;
use net::grpc::Peer;
use net::tls::ServerTls;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use telemetry::propagation::Edge;
use tokio::net::TcpListener;

use session::Sessions;
use stream::Streams;
use supervisor::Supervisor;

pub use cors::{CorsOrigins, CorsOriginsError};
pub use limits::{Limits, MAX_HEADER_BYTES, Rate};

pub use session::PageClient;
pub use stream::{Settings as StreamSettings, TraceUrl};

/// The `service.name` of the gateway's spans and log lines.
pub const NAME: &str = "gateway";

/// The protocols that TLS has to offer by ALPN.
pub const ALPN_PROTOCOLS: &[&str] = &["h2", "http/1.1"];

/// Settings of the gateway.
pub struct Config {
    /// Verifies the tokens of callers.
    pub verifier: Verifier,
    /// The version of the process, which `/readyz?verbose` tells.
    pub version: &'static str,
    /// Where the gateway gets a token of its own, with which it reads the event logs. `None`: event streams tell nothing.
    pub token_source: Option<TokenSource>,
    /// Source of the current time and of new ids.
    pub clock: Clock,
    /// Address of task-service, with all its replicas.
    pub task_service: Peer,
    /// Address of worker-service, with all its replicas.
    pub worker_service: Peer,
    /// What is traced, and whose word on a client's address counts.
    pub tracing: Tracing,
    /// The certificate of the server; `None` serves HTTP without TLS.
    pub tls: Option<ServerTls>,
    /// The origins of the pages that may use the API besides its own.
    pub cors_origins: CorsOrigins,
    /// Limits on connections, requests and callers.
    pub limits: Limits,
    /// Settings of event streams.
    pub streams: StreamSettings,
    /// The `ccm up` that runs this gateway; `None` in production.
    pub supervisor: Option<Arc<dyn Supervisor>>,
    /// From when on the gateway says that it is not ready, although it serves: a while before the shutdown.
    pub draining: Shutdown,
    /// The page as a client of the token issuer; `None` if people cannot sign in there from the page.
    pub page_client: Option<PageClient>,
}

/// What the gateway traces, and how.
pub struct Tracing {
    /// Whether a caller's trace is continued or linked.
    pub edge: Edge,
    /// Whether `/livez` and `/readyz` are traced, and logged at level INFO.
    pub health: bool,
    /// The proxies whose headers tell the address of the client, for spans, log lines and limits, and the origin that it
    /// reached, for session cookies.
    pub trusted_proxies: Arc<TrustedProxies>,
}

/// Serves HTTP/1.1 and HTTP/2 at `listener` until `shutdown`, then lets in-flight requests finish. Without TLS, HTTP/2 needs
/// prior knowledge. The services need not be reachable yet: a request that needs an unreachable service is answered 503.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) {
    metrics::start();
    // Renewed for as long as it is held.
    let identity =
        config.token_source.map(|it| Identity::start(it, config.verifier.clone(), config.clock.clone()));
    let introduced = |peer: Peer| match identity.clone() {
        Some(identity) => peer.introduced_by(move || identity.authorization()),
        None => peer,
    };
    let (tasks, workers) = (&introduced(config.task_service), &introduced(config.worker_service));
    let services = services::Services::connect(tasks, workers, config.version, config.draining);
    let trace_url = config.streams.trace_url.clone();
    let streams = Streams::new(tasks, workers, identity.as_ref(), config.streams, config.clock.clone());
    let reading = tokio::spawn(streams.clone().run(shutdown.clone()));
    let sessions = Sessions {
        clock: config.clock,
        trusted_proxies: config.tracing.trusted_proxies.clone(),
        verifier: config.verifier.clone(),
        page_client: config.page_client.map(Arc::new),
        supervisor: config.supervisor.clone(),
    };
    let behind = router::Behind { streams, supervisor: config.supervisor, trace_url };
    let router = router::router(
        services,
        behind,
        config.verifier,
        sessions,
        &config.tracing,
        &config.limits,
        &config.cors_origins,
    );
    server::serve(listener, config.tls, router, &config.limits, shutdown).await;
    // It ends with the shutdown, after the last spans.
    let _ = reading.await;
}
