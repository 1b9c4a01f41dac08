//! task-service: keeps the tasks. Entered through [`serve`] only, by the binary and by tests alike.

mod convert;
mod error;
mod event;
mod grpc;
mod policy;
mod store;
mod subjects;
mod task;
mod update;
mod workers;

use access::Verifier;
use events::EventLog;
use events::grpc::{Events, WatchLimits};
use net::grpc::Peer;
use net::grpc::server::ConnectionOptions;
use net::grpc::server::{GrpcServer, ServerError};
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server::{self, EventServiceServer};
use proto::task::v1::task_service_server::{self, TaskServiceServer};
use service::housekeeping::{self, Retention};
use storage::StorageError;
use tokio::net::TcpListener;

/// `service.name`, and what errors call this process.
pub const NAME: &str = "task-service";

/// What it serves.
const APIS: [&str; 2] = [task_service_server::SERVICE_NAME, event_service_server::SERVICE_NAME];

/// What the service needs to know.
#[derive(Clone)]
pub struct Config {
    /// Its own database: `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// Knows the callers.
    pub verifier: Verifier,
    /// Where worker-service is.
    pub worker_service: Peer,
    /// TLS and the maximum age of connections.
    pub connections: ConnectionOptions,
    /// How much watchers of its events may take.
    pub watch: WatchLimits,
    /// How long what is gone is kept.
    pub retention: Retention,
    /// Time and ids.
    pub clock: Clock,
}

/// Why the service ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Its database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Its server cannot be set up.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Serves gRPC at `listener` until `shutdown`; calls in flight finish first. worker-service need not be there.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) -> Result<(), ServeError> {
    let store = tokio::select! {
        opened = store::TaskStore::open(&config.database_url) => opened?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let database = store.database().clone();
    let workers = workers::Workers::at(&config.worker_service);
    let (log, running) = EventLog::start(&database);
    let subjects = subjects::OfTasks(store.clone());
    let kept = housekeeping::run(
        log.clone(),
        subjects.clone(),
        config.retention,
        config.clock.clone(),
        shutdown.clone(),
    );
    let kept = tokio::spawn(kept);
    let events = Events::new(log, subjects, config.watch, config.clock.clone());
    let service = grpc::Tasks::new(store, workers, config.clock);
    GrpcServer::new(NAME, config.verifier, proto::DESCRIPTORS, &APIS)?
        .with(TaskServiceServer::new(service))
        .with(EventServiceServer::new(events))
        .serve(listener, config.connections, database.health(), shutdown)
        .await;
    let _ = kept.await;
    running.stop().await;
    database.close().await;
    Ok(())
}
