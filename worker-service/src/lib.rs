//! worker-service, which stores workers with their desired and observed states. The binary and the tests start it through
//! [`serve`] only.

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

/// Name of the service, in `service.name` and in errors.
pub const NAME: &str = "worker-service";

/// Full names of the gRPC services.
const APIS: [&str; 2] = [worker_service_server::SERVICE_NAME, event_service_server::SERVICE_NAME];

/// Settings of worker-service.
pub struct Config {
    /// The settings that all stateful services share.
    pub service: service::Config,
}

/// Serves gRPC at `listener` until `shutdown`, and then drains in-flight calls.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) -> Result<(), ServeError> {
    let definition = Definition { name: NAME, apis: &APIS, migrations: store::migrations() };
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
