//! The gateway and both services in this process, on SQLite, with the settings that they have by default.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use access::local::{self, LocalIssuer, TokenClaims};
use access::{ExpectedClaims, Keys, Role, TokenSource, Verifier};
use events::grpc::WatchLimits;
use net::client_address::TrustedProxies;
use net::grpc::Peer;
use net::grpc::server::{CallLimits, ConnectionOptions};
use net::server::ConnectionLimits;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use service::housekeeping::Retention;
use telemetry::propagation::Edge;
use telemetry::{AuditLog, LogFormat, Process};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Longer than the measurements take.
const LIFETIME: Duration = Duration::from_hours(1);

/// The running product.
pub(crate) struct Product {
    /// Where the gateway listens.
    pub(crate) address: SocketAddr,
    /// A token of an administrator.
    pub(crate) token: String,
    shutdown: Shutdown,
    running: JoinHandle<()>,
}

impl Product {
    /// Starts it. All of it runs on one thread, so that the number of processors changes nothing.
    pub(crate) fn start() -> Self {
        let shutdown = Shutdown::new();
        let (tell, told) = oneshot::channel();
        let ended = shutdown.clone();
        let running = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(serve(tell, ended));
        });
        let (address, token) = told.blocking_recv().unwrap();
        Self { address, token, shutdown, running }
    }

    pub(crate) fn stop(self) {
        self.shutdown.cancel();
        self.running.join().unwrap();
    }
}

/// What the parts have in common.
struct Parts {
    directory: TempDir,
    clock: Clock,
    verifier: Verifier,
    shutdown: Shutdown,
}

async fn serve(tell: oneshot::Sender<(SocketAddr, String)>, shutdown: Shutdown) {
    let clock = Clock::system();
    let process = Process {
        service: "product",
        version: "0",
        log_format: LogFormat::Json,
        trace_ratio: 1.0,
        is_edge: true,
        baggage_keys: Vec::new(),
        audit_log: AuditLog::Stdout,
    };
    let telemetry = telemetry::start(&process, &clock).unwrap();
    let issuer = LocalIssuer::generate();
    let token = |role| {
        let claims =
            TokenClaims { sub: "ada".to_owned(), roles: vec![role], department: None, lifetime: LIFETIME };
        issuer.issue(&claims, &clock).unwrap()
    };
    let keys = Keys::from_set(&issuer.key_set());
    let verifier = Verifier::with_keys(ExpectedClaims::for_issuer(local::ISSUER), keys, clock.clone());
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("token"), token(Role::Service)).unwrap();
    let parts = Parts { directory, clock: clock.clone(), verifier, shutdown };
    let listen = async || {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    };
    let ((tasks, task_address), (workers, worker_address), (gateway, address)) =
        (listen().await, listen().await, listen().await);
    let peer = |name, address| Peer::new(name, &format!("http://{address}"), None).unwrap();
    let (to_tasks, to_workers) =
        (peer(task_service::NAME, task_address), peer(worker_service::NAME, worker_address));
    let task_service = task_service::Config {
        service: parts.service("tasks"),
        worker_service: to_workers.clone(),
        dispatch: task_service::DispatchSettings::default(),
    };
    let worker_service = worker_service::Config {
        service: parts.service("workers"),
        reconcile: worker_service::Reconcile::default(),
        simulated_database: parts.database("provider"),
        simulated: worker_service::SimulatedSettings::default(),
    };
    tell.send((address, token(Role::Admin))).unwrap();
    let stop = || parts.shutdown.clone();
    let (tasks, workers, ()) = tokio::join!(
        task_service::serve(task_service, tasks, stop()),
        worker_service::serve(worker_service, workers, stop()),
        gateway::serve(parts.gateway(to_tasks, to_workers), gateway, stop()),
    );
    tasks.unwrap();
    workers.unwrap();
    telemetry.stop().await;
}

impl Parts {
    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn token_source(&self) -> TokenSource {
        TokenSource::File(self.path().join("token"))
    }

    fn database(&self, name: &str) -> service::DatabaseConfig {
        format!("sqlite:{}/{name}.db", self.path().display()).as_str().into()
    }

    fn service(&self, name: &str) -> service::Config {
        let day = Duration::from_hours(24);
        service::Config {
            version: "0.0.0",
            database: self.database(name),
            verifier: self.verifier.clone(),
            token_source: Some(self.token_source()),
            connections: ConnectionOptions {
                tls: None,
                max_age: Duration::from_mins(5),
                limits: ConnectionLimits::of(4_096),
                idle_timeout: Duration::from_secs(75),
                write_timeout: Duration::from_secs(20),
                stream_timeout: Duration::from_secs(50),
                calls: CallLimits {
                    calls: 1_024,
                    calls_per_caller: 128,
                    bytes: 256 * 1024 * 1024,
                    bytes_per_caller: 32 * 1024 * 1024,
                    message_bytes: 320 * 1024,
                    message_timeout: Duration::from_secs(10),
                },
            },
            watch: WatchLimits {
                max_subscribers: 1_000,
                max_per_caller: 100,
                write_timeout: Duration::from_secs(30),
            },
            retention: Retention { deleted: 30 * day, events: 7 * day, interval: Duration::from_mins(10) },
            clock: self.clock.clone(),
            draining: Shutdown::new(),
        }
    }

    fn gateway(&self, task_service: Peer, worker_service: Peer) -> gateway::Config {
        // The rate of a caller is limited, but no request is refused.
        let often = NonZeroU32::MAX;
        gateway::Config {
            version: "0.0.0",
            verifier: self.verifier.clone(),
            token_source: Some(self.token_source()),
            clock: self.clock.clone(),
            task_service,
            worker_service,
            tracing: gateway::Tracing {
                edge: Edge::Continue,
                health: false,
                trusted_proxies: Arc::new(TrustedProxies::default()),
            },
            tls: None,
            cors_origins: gateway::CorsOrigins::default(),
            limits: gateway::Limits {
                caller_rate: Some(gateway::Rate { per_second: often, burst: often }),
                ..gateway::Limits::default()
            },
            streams: gateway::StreamSettings {
                max_streams: 4_096,
                max_streams_per_caller: 100,
                turns: NonZeroUsize::MIN,
                heartbeat: Duration::from_secs(15),
                max_age: Duration::from_hours(1),
                trace_url: None,
            },
            supervisor: None,
            draining: Shutdown::new(),
            page_client: None,
        }
    }
}
