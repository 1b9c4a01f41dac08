//! The gRPC clients of the services behind the gateway, and their health.

pub(crate) mod health;

use std::sync::Arc;

use net::grpc::Peer;
use net::grpc::channel::{Channel, connect};
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_client::EventServiceClient;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::worker::v1::worker_service_client::WorkerServiceClient;

use self::health::ServiceHealth;

/// The names of the services, as their addresses and errors have them.
pub(crate) const TASKS: &str = "task-service";
pub(crate) const WORKERS: &str = "worker-service";

/// A page of the services has at most 3 MiB.
pub(crate) const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Clients of the services. Clones share them and their connections; a clone is made for each request.
#[derive(Clone)]
pub(crate) struct Services(Arc<Shared>);

struct Shared {
    tasks: TaskServiceClient<Channel>,
    task_events: EventServiceClient<Channel>,
    workers: WorkerServiceClient<Channel>,
    worker_events: EventServiceClient<Channel>,
    health: ServiceHealth,
    version: &'static str,
    draining: Shutdown,
}

impl Services {
    /// Makes the clients. They connect when first used, and reconnect after a connection was lost.
    pub(crate) fn connect(tasks: &Peer, workers: &Peer, version: &'static str, draining: Shutdown) -> Self {
        let ((to_tasks, tasks_probe), (to_workers, workers_probe)) = (connect(tasks), connect(workers));
        Self(Arc::new(Shared {
            task_events: EventServiceClient::new(to_tasks.clone())
                .max_decoding_message_size(MAX_ANSWER_BYTES),
            tasks: TaskServiceClient::new(to_tasks).max_decoding_message_size(MAX_ANSWER_BYTES),
            worker_events: EventServiceClient::new(to_workers.clone())
                .max_decoding_message_size(MAX_ANSWER_BYTES),
            workers: WorkerServiceClient::new(to_workers).max_decoding_message_size(MAX_ANSWER_BYTES),
            health: ServiceHealth::watch(vec![(tasks.name, tasks_probe), (workers.name, workers_probe)]),
            version,
            draining,
        }))
    }

    pub(crate) fn tasks(&self) -> TaskServiceClient<Channel> {
        self.0.tasks.clone()
    }

    pub(crate) fn task_events(&self) -> EventServiceClient<Channel> {
        self.0.task_events.clone()
    }

    pub(crate) fn workers(&self) -> WorkerServiceClient<Channel> {
        self.0.workers.clone()
    }

    pub(crate) fn worker_events(&self) -> EventServiceClient<Channel> {
        self.0.worker_events.clone()
    }

    /// The health of each service.
    pub(crate) fn health(&self) -> &ServiceHealth {
        &self.0.health
    }

    /// The version of the gateway.
    pub(crate) fn version(&self) -> &'static str {
        self.0.version
    }

    /// From when on the gateway says that it is not ready: a while before its shutdown.
    pub(crate) fn draining(&self) -> &Shutdown {
        &self.0.draining
    }
}
