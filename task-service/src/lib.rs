//! task-service, which stores tasks. The binary and the tests start it through [`serve`] only.

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

use std::sync::Arc;

use net::grpc::Peer;
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server;
use proto::task::v1::task_service_server::{self, TaskServiceServer};
use service::{Definition, Foundation, Resources};
use tokio::net::TcpListener;

pub use service::ServeError;

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
}

/// Serves gRPC at `listener` until `shutdown`, and then drains in-flight calls. worker-service does not have to be
/// running.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) -> Result<(), ServeError> {
    let definition = Definition { name: NAME, apis: &APIS, migrations: store::migrations() };
    let workers = workers::WorkerLookup::new(&config.worker_service);
    let build = |foundation: Foundation| {
        let store = store::TaskStore::new(foundation.database);
        let tasks = grpc::Tasks::new(store.clone(), workers, foundation.clock);
        Resources {
            subjects: vec![Arc::new(subjects::TaskSubjects(store))],
            routes: Box::new(|server| server.with(TaskServiceServer::new(tasks))),
        }
    };
    service::serve(definition, config.service, listener, shutdown, build).await
}
