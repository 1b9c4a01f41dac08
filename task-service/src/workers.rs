//! Looks workers up in worker-service.

use std::time::{Duration, Instant};

use access::Caller;
use net::grpc::channel::{Channel, connect};
use net::grpc::status::{self, Reason};
use net::grpc::{Peer, deadline};
use proto::worker::v1::GetWorkerRequest;
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use tonic::{Code, Status};
use uuid::Uuid;

/// Timeout of a lookup. It is well below the request timeout, so that the response can still state that nothing was
/// written.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(3);

/// A client of worker-service.
#[derive(Clone)]
pub(crate) struct WorkerLookup {
    client: WorkerServiceClient<Channel>,
    name: &'static str,
}

impl WorkerLookup {
    pub(crate) fn new(peer: &Peer) -> Self {
        Self { client: WorkerServiceClient::new(connect(peer).0), name: peer.name }
    }

    /// Returns whether the worker exists for the caller. The error is the status for the caller.
    pub(crate) async fn exists(&self, id: Uuid, caller: &Caller) -> Result<bool, Status> {
        let request = caller.request(GetWorkerRequest { id: id.to_string() });
        let mut client = self.client.clone();
        let response = deadline::within(Instant::now() + LOOKUP_TIMEOUT, client.get_worker(request)).await;
        let Err(status) = response else { return Ok(true) };
        match status.code() {
            Code::NotFound => Ok(false),
            // These statuses are passed on: they are meant for the caller and name the service.
            Code::Unavailable | Code::Unauthenticated => Err(status),
            Code::DeadlineExceeded => Err(status::unavailable(self.name)),
            code => {
                tracing::error!(%code, text = status.message(), "looking a worker up in worker-service failed");
                Err(status::with_reason(Reason::UpstreamFailed, "internal error"))
            }
        }
    }
}
