//! The frame of a stateful service: everything between its settings and its requests that does not depend on what its
//! resources are. It opens the database, starts the event log and what runs beside it, serves, and closes in order.

use std::sync::Arc;

use access::{Identity, TokenSource, Verifier};
use events::EventLog;
use events::grpc::{Events, Subjects, Teller, WatchLimits};
use net::grpc::server::{ConnectionOptions, GrpcServer, ServerError};
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server::EventServiceServer;
use storage::{Database, Migrations, StorageError};
use tokio::net::TcpListener;
use tonic::Status;

use crate::housekeeping::{self, Retention};
use crate::migrations;

/// What a stateful service needs to know, whatever its resources are.
pub struct Config {
    /// Its own database: `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// Verifies the tokens of callers.
    pub verifier: Verifier,
    /// Where the service gets a token of its own, for work that no request asks for; `None`: it has no such work.
    pub token_source: Option<TokenSource>,
    /// TLS and the maximum age of connections.
    pub connections: ConnectionOptions,
    /// How much watchers of its events may take.
    pub watch: WatchLimits,
    /// How long deleted subjects, their events and idempotency keys are kept.
    pub retention: Retention,
    /// Time and ids.
    pub clock: Clock,
}

/// What makes one service of the frame.
pub struct Definition {
    /// `service.name`, and what errors call the process.
    pub name: &'static str,
    /// The full names of its gRPC services, `ccm.event.v1.EventService` among them.
    pub apis: &'static [&'static str],
    /// The steps of its own schema.
    pub migrations: Migrations,
    /// NOT_FOUND: no subject of this id, or none that the caller may see.
    pub not_found: fn() -> Status,
}

/// What a service may use once the frame stands.
pub struct Foundation {
    /// Its database, migrated.
    pub database: Database,
    /// Who the process is when no request asks it to work; renewed for as long as a clone is held.
    pub identity: Option<Arc<Identity>>,
    /// Time and ids.
    pub clock: Clock,
}

/// What a service adds to the frame.
pub struct Resources {
    /// What its events are about.
    pub subjects: Vec<Arc<dyn Subjects>>,
    /// Adds its gRPC services.
    pub routes: Box<dyn FnOnce(GrpcServer<Verifier>) -> GrpcServer<Verifier> + Send>,
}

/// Why a service ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Its server cannot be set up.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Serves gRPC at `listener` until `shutdown`; calls in flight finish first, then the last events are numbered and the
/// database is closed.
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
        opened = Database::open(&config.database_url, &steps) => opened?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let resources =
        build(Foundation { database: database.clone(), identity: identity.clone(), clock: clock.clone() });
    let kinds = resources.subjects.iter().map(|it| it.kind()).collect();
    let (log, running) = EventLog::start(&database, kinds);
    let forgetting = housekeeping::run(
        log.clone(),
        resources.subjects.clone(),
        config.retention,
        clock.clone(),
        shutdown.clone(),
    );
    let forgetting = tokio::spawn(forgetting);
    let teller =
        Teller { service: definition.name, subjects: resources.subjects, not_found: definition.not_found };
    let events = Events::new(log, teller, config.watch, clock);
    let server = GrpcServer::new(definition.name, verifier, proto::DESCRIPTORS, definition.apis)?;
    let server = (resources.routes)(server).with(EventServiceServer::new(events));
    server.serve(listener, config.connections, database.health(), shutdown).await;
    let _ = forgetting.await;
    running.stop().await;
    database.close().await;
    drop(identity);
    Ok(())
}
