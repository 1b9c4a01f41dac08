//! worker-service, as far as tasks need it.

use access::Caller;
use platform::grpc::channel::{Channel, connect};
use platform::grpc::{Peer, status};
use proto::worker::v1::GetWorkerRequest;
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use tonic::{Code, Status};
use uuid::Uuid;

/// Reason of an INTERNAL: another process answered what it never should.
const UPSTREAM_FAILED: &str = "UPSTREAM_FAILED";

#[derive(Clone)]
pub(crate) struct Workers {
    client: WorkerServiceClient<Channel>,
}

impl Workers {
    pub(crate) fn at(peer: &Peer) -> Self {
        Self { client: WorkerServiceClient::new(connect(peer)) }
    }

    /// Whether the worker exists for the caller. The error is the one that the caller is to get.
    pub(crate) async fn exists(&self, id: Uuid, caller: &Caller) -> Result<bool, Status> {
        let request = caller.request(GetWorkerRequest { id: id.to_string() });
        match self.client.clone().get_worker(request).await {
            Ok(_) => Ok(true),
            Err(status) => match status.code() {
                Code::NotFound => Ok(false),
                // These say what the caller needs to know, and name the service.
                Code::Unavailable | Code::DeadlineExceeded | Code::Unauthenticated => Err(status),
                code => {
                    tracing::error!(%code, text = status.message(), "worker-service failed to look a worker up");
                    Err(status::with_reason(Code::Internal, UPSTREAM_FAILED, "internal error"))
                }
            },
        }
    }
}
