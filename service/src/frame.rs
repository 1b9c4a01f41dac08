//! Starts, serves and stops a stateful service, independently of its resources: opens the database, starts event log and
//! housekeeping, serves gRPC, and shuts all of it down in order.

use std::sync::Arc;

use access::{Identity, TokenSource, Verifier};
use events::EventLog;
use events::grpc::{Events, SubjectRegistry, Subjects, WatchLimits};
use futures_util::future::BoxFuture;
use net::grpc::server::{ConnectionOptions, GrpcServer, HealthCheck, ServerError};
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server::EventServiceServer;
use storage::{Database, DatabaseConfig, Migrations, StorageError};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::housekeeping::{self, Retention};
use crate::migrations;

/// The settings that all stateful services share.
pub struct Config {
    /// The service's own database.
    pub database: DatabaseConfig,
    /// Verifies the tokens of callers.
    pub verifier: Verifier,
    /// Where the service gets its own token, for work that no request asks for; `None` if there is no such work.
    pub token_source: Option<TokenSource>,
    /// TLS and the maximum age of connections.
    pub connections: ConnectionOptions,
    /// The version of the process, which its health tells.
    pub version: &'static str,
    /// Limits of the subscribers of its events.
    pub watch: WatchLimits,
    /// Retention of deleted subjects and of events.
    pub retention: Retention,
    /// Source of time and ids.
    pub clock: Clock,
    /// From when on the service says that it does not serve, although it does: a while before the shutdown.
    pub draining: Shutdown,
}

/// The constants that distinguish one service from another.
pub struct Definition {
    /// Name of the service, in `service.name` and in errors.
    pub name: &'static str,
    /// Full names of its gRPC services, including `ccm.event.v1.EventService`.
    pub apis: &'static [&'static str],
    /// Migrations of its own tables.
    pub migrations: Migrations,
}

/// What [`serve`] provides to a service.
pub struct Foundation {
    /// The opened and migrated database.
    pub database: Database,
    /// The process's own token, for work that no request asks for; renewed as long as a clone exists.
    pub identity: Option<Arc<Identity>>,
    /// Source of time and ids.
    pub clock: Clock,
}

/// What a service adds to the shared parts.
pub struct Resources {
    /// Subjects of its events, one entry for each kind.
    pub subjects: Vec<Arc<dyn Subjects>>,
    /// Adds the gRPC services to the server.
    pub routes: Box<dyn FnOnce(GrpcServer<Verifier>) -> GrpcServer<Verifier> + Send>,
    /// Background work of the service itself.
    pub work: Vec<Work>,
}

/// Background work: it starts with the event log, ends after the shutdown, and is awaited before the log and the database
/// are closed.
pub type Work = Box<dyn FnOnce(EventLog, Shutdown) -> BoxFuture<'static, ()> + Send>;

/// Why a service ended with an error.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be opened.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The gRPC server cannot be set up.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Serves gRPC at `listener` until `shutdown`, and then drains in-flight calls, numbers the last events and closes the
/// database.
pub async fn serve(
    definition: Definition,
    config: Config,
    listener: TcpListener,
    shutdown: Shutdown,
    build: impl FnOnce(Foundation) -> Resources,
) -> Result<(), ServeError> {
    let Config { verifier, clock, .. } = config;
    let identity =
        config.token_source.map(|it| Arc::new(Identity::start(it, verifier.clone(), clock.clone())));
    let steps = migrations(&definition.migrations);
    let database = tokio::select! {
        opened = Database::open_with(&config.database, &steps) => opened?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let resources =
        build(Foundation { database: database.clone(), identity: identity.clone(), clock: clock.clone() });
    let kinds = resources.subjects.iter().map(|it| it.kind()).collect();
    let (log, running) = EventLog::start(&database, kinds);
    let housekeeping_task = housekeeping::run(
        log.clone(),
        resources.subjects.clone(),
        config.retention,
        clock.clone(),
        shutdown.clone(),
    );
    let housekeeping_task = tokio::spawn(housekeeping_task);
    let mut work = JoinSet::new();
    for it in resources.work {
        work.spawn(it(log.clone(), shutdown.clone()));
    }
    let registry = SubjectRegistry { service: definition.name, subjects: resources.subjects };
    let events = Events::new(log, registry, config.watch, clock);
    let server =
        GrpcServer::new(definition.name, config.version, verifier, proto::DESCRIPTORS, definition.apis)?;
    let server = (resources.routes)(server).with(EventServiceServer::new(events));
    let health = HealthCheck { check: database.health(), changed: database.changes_refused() };
    server.serve(listener, config.connections, health, config.draining, shutdown).await;
    let _ = housekeeping_task.await;
    while let Some(ended) = work.join_next().await {
        if ended.is_err() {
            tracing::error!("background work of the service panicked");
        }
    }
    running.stop().await;
    database.close().await;
    drop(identity);
    Ok(())
}
