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

use std::sync::Arc;

use net::grpc::Peer;
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server;
use proto::task::v1::task_service_server::{self, TaskServiceServer};
use service::{Definition, Foundation, Resources};
use tokio::net::TcpListener;

pub use service::ServeError;

/// `service.name`, and what errors call this process.
pub const NAME: &str = "task-service";

/// What it serves.
const APIS: [&str; 2] = [task_service_server::SERVICE_NAME, event_service_server::SERVICE_NAME];

/// What the service needs to know.
pub struct Config {
    /// What every stateful service needs to know.
    pub service: service::Config,
    /// Where worker-service is.
    pub worker_service: Peer,
}

/// Serves gRPC at `listener` until `shutdown`; calls in flight finish first. worker-service need not be there.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) -> Result<(), ServeError> {
    let definition =
        Definition { name: NAME, apis: &APIS, migrations: store::migrations(), not_found: grpc::not_found };
    let workers = workers::Workers::at(&config.worker_service);
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
