//! task-service, which stores tasks. The binary and the tests start it through [`serve`] only.

mod cancel;
mod convert;
mod create;
mod dispatch;
mod error;
mod event;
#[cfg(test)]
mod fake;
mod grpc;
mod lifecycle;
pub mod metrics;
mod policy;
mod retry;
mod settings;
mod store;
mod subjects;
mod task;
mod update;
mod workers;

use std::sync::Arc;

use net::grpc::Peer;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server;
use proto::task::v1::task_service_server::{self, TaskServiceServer};
use service::{DatabaseConfig, Definition, Foundation, Migration, Resources, Work};
use storage::{Database, Examination, StorageError};
use telemetry::metrics::Latest;
use tokio::net::TcpListener;

pub use service::ServeError;
pub use settings::{DispatchSettings, RunLimits};

/// Name of the service, in `service.name` and in errors.
pub const NAME: &str = "task-service";

/// Full names of the gRPC services.
const APIS: [&str; 2] = [task_service_server::SERVICE_NAME, event_service_server::SERVICE_NAME];

/// Settings of task-service.
pub struct Config {
    /// The settings that all stateful services share.
    pub service: service::Config,
    /// Address of worker-service.
    pub worker_service: Peer,
    /// How actions are executed.
    pub dispatch: DispatchSettings,
}

/// Applies the missing migrations of the database, and returns them.
pub async fn migrate(database: &DatabaseConfig) -> Result<Vec<Migration>, StorageError> {
    Database::migrate(database, &service::migrations(&store::migrations())).await
}

/// Examines the database without a change, see [`Database::examine`].
pub async fn examine(database: &DatabaseConfig, clock: &Clock) -> Result<Option<Examination>, StorageError> {
    Database::examine(database, &service::migrations(&store::migrations()), clock).await
}

/// Serves gRPC at `listener` until `shutdown`, and then drains in-flight calls. worker-service does not have to be
/// running.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) -> Result<(), ServeError> {
    let definition = Definition { name: NAME, apis: &APIS, migrations: store::migrations() };
    let (worker_service, dispatch) = (config.worker_service, config.dispatch);
    let build = |foundation: Foundation| {
        let store = store::TaskStore::new(foundation.database);
        let clock = foundation.clock;
        let worker_service = match foundation.identity.clone() {
            Some(identity) => worker_service.introduced_by(move || identity.authorization()),
            None => worker_service,
        };
        let workers = workers::WorkerLookup::new(&worker_service);
        let tasks = grpc::Tasks::new(store.clone(), workers, clock.clone(), dispatch.run);
        let dispatcher = foundation.identity.map(|identity| {
            let process: dispatch::Process = Arc::new(move || identity.caller().ok());
            dispatch::Dispatcher::new(store.clone(), &worker_service, process, clock, dispatch)
        });
        if dispatcher.is_none() {
            tracing::warn!("this process has no identity of its own, so it does not execute actions");
        }
        let depth = Latest::default();
        metrics::start(&depth);
        let queue = store.clone();
        let counting: Work = Box::new(|_, stop| {
            Box::pin(async move { depth.refresh("counting live actions", &stop, || queue.depth()).await })
        });
        let work: Option<Work> = dispatcher.map(|it| -> Work { Box::new(|_, stop| Box::pin(it.run(stop))) });
        Resources {
            subjects: vec![Arc::new(subjects::TaskSubjects(store))],
            routes: Box::new(|server| server.with(TaskServiceServer::new(tasks))),
            work: work.into_iter().chain([counting]).collect(),
        }
    };
    service::serve(definition, config.service, listener, shutdown, build).await
}
