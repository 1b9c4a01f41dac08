//! worker-service, as far as tasks need it.

use std::time::{Duration, Instant};

use access::Caller;
use net::grpc::channel::{Channel, connect};
use net::grpc::status::{self, Reason};
use net::grpc::{Peer, deadline};
use proto::worker::v1::GetWorkerRequest;
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use tonic::{Code, Status};
use uuid::Uuid;

/// How long a look-up may take: well below a request's deadline, so that it can still be said that nothing was written.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub(crate) struct Workers {
    client: WorkerServiceClient<Channel>,
    name: &'static str,
}

impl Workers {
    pub(crate) fn at(peer: &Peer) -> Self {
        Self { client: WorkerServiceClient::new(connect(peer).0), name: peer.name }
    }

    /// Whether the worker exists for the caller. The error is the one that the caller is to get.
    pub(crate) async fn exists(&self, id: Uuid, caller: &Caller) -> Result<bool, Status> {
        let request = caller.request(GetWorkerRequest { id: id.to_string() });
        let mut client = self.client.clone();
        let asked = deadline::within(Instant::now() + PATIENCE, client.get_worker(request)).await;
        let Err(status) = asked else { return Ok(true) };
        match status.code() {
            Code::NotFound => Ok(false),
            // These say what the caller needs to know, and name the service.
            Code::Unavailable | Code::Unauthenticated => Err(status),
            Code::DeadlineExceeded => Err(status::unavailable(self.name)),
            code => {
                tracing::error!(%code, text = status.message(), "worker-service failed to look a worker up");
                Err(status::with_reason(Reason::UpstreamFailed, "internal error"))
            }
        }
    }
}
