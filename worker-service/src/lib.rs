//! worker-service: keeps the workers, what is wished of them and what was last seen. Entered through [`serve`] only, by
//! the binary and by tests alike.

mod convert;
mod error;
mod event;
mod grpc;
mod import;
mod policy;
mod store;
mod subjects;
mod worker;

use std::sync::Arc;

use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server;
use proto::worker::v1::worker_service_server::{self, WorkerServiceServer};
use service::{Definition, Foundation, Resources};
use tokio::net::TcpListener;

pub use service::ServeError;

/// `service.name`, and what errors call this process.
pub const NAME: &str = "worker-service";

/// What it serves.
const APIS: [&str; 2] = [worker_service_server::SERVICE_NAME, event_service_server::SERVICE_NAME];

/// What the service needs to know.
pub struct Config {
    /// What every stateful service needs to know.
    pub service: service::Config,
}

/// Serves gRPC at `listener` until `shutdown`; calls in flight finish first.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) -> Result<(), ServeError> {
    let definition =
        Definition { name: NAME, apis: &APIS, migrations: store::migrations(), not_found: grpc::not_found };
    let build = |foundation: Foundation| {
        let store = store::WorkerStore::new(foundation.database);
        let workers = grpc::Workers::new(store.clone(), foundation.clock);
        Resources {
            subjects: vec![Arc::new(subjects::WorkerSubjects(store))],
            routes: Box::new(|server| server.with(WorkerServiceServer::new(workers))),
        }
    };
    service::serve(definition, config.service, listener, shutdown, build).await
}
