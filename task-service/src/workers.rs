//! Looks workers up in worker-service.

use std::time::{Duration, Instant};

use access::Caller;
use net::grpc::channel::{Channel, connect};
use net::grpc::status::{self, Reason};
use net::grpc::{Peer, deadline};
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{
    GetWorkerRequest, Worker, WorkerDesired, WorkerDesiredState, WorkerObserved, WorkerObservedState,
    WorkerOutcomeResult,
};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::task::Verb;
use crate::task::action::WorkerView;

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
        Ok(self.find(id, caller).await?.is_some())
    }

    /// Returns the worker as the caller sees it; `None` if there is none. The error is the status for the caller.
    pub(crate) async fn find(&self, id: Uuid, caller: &Caller) -> Result<Option<WorkerView>, Status> {
        let request = caller.request(GetWorkerRequest { id: id.to_string() });
        let mut client = self.client.clone();
        let response = deadline::within(Instant::now() + LOOKUP_TIMEOUT, client.get_worker(request)).await;
        let status = match response.map(|it| it.into_inner().worker.filter(|it| !it.id.is_empty())) {
            Ok(Some(worker)) => return Ok(Some(view(&worker))),
            Ok(None) => Status::internal("it has answered OK without a worker"),
            Err(status) => status,
        };
        match status.code() {
            Code::NotFound => Ok(None),
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

/// Returns what actions have to know of a worker.
fn view(worker: &Worker) -> WorkerView {
    let desired = worker.desired.as_ref();
    let observed = worker.observed.as_ref().map_or(WorkerObservedState::Unspecified, WorkerObserved::state);
    let desired_state = desired.map_or(WorkerDesiredState::Unspecified, WorkerDesired::state);
    let is_converged = worker.outcome.as_ref().is_some_and(|it| {
        it.result() == WorkerOutcomeResult::Converged
            && desired.is_some_and(|desired| desired.generation == it.generation)
    });
    let converged_on = match (desired_state, observed) {
        (WorkerDesiredState::Running, WorkerObservedState::Running) => Some(Verb::Start),
        (WorkerDesiredState::Stopped, WorkerObservedState::Stopped) => Some(Verb::Stop),
        (WorkerDesiredState::Terminated, WorkerObservedState::Terminated) => Some(Verb::Terminate),
        _ => None,
    };
    WorkerView {
        name: worker.name.clone(),
        is_terminating: desired_state == WorkerDesiredState::Terminated
            || matches!(observed, WorkerObservedState::ShuttingDown | WorkerObservedState::Terminated),
        converged_on: converged_on.filter(|_| is_converged),
    }
}

#[cfg(test)]
mod tests {
    use proto::worker::v1::WorkerOutcome;

    use super::*;

    fn worker(
        desired: WorkerDesiredState,
        observed: WorkerObservedState,
        outcome: Option<WorkerOutcomeResult>,
    ) -> WorkerView {
        let outcome =
            outcome.map(|it| WorkerOutcome { generation: 3, result: it.into(), ..Default::default() });
        view(&Worker {
            desired: Some(WorkerDesired { state: desired.into(), generation: 3, ..Default::default() }),
            observed: Some(WorkerObserved { state: observed.into(), ..Default::default() }),
            outcome,
            ..Default::default()
        })
    }

    #[test]
    fn a_worker_is_in_a_state_only_if_this_generation_has_converged_on_it_and_it_is_observed() {
        use WorkerDesiredState::{Running, Stopped};
        use WorkerOutcomeResult::{Converged, Failed};
        let stopped = WorkerObservedState::Stopped;
        assert_eq!(worker(Stopped, stopped, Some(Converged)).converged_on, Some(Verb::Stop));
        assert_eq!(worker(Stopped, stopped, Some(Failed)).converged_on, None);
        assert_eq!(worker(Stopped, stopped, None).converged_on, None);
        assert_eq!(worker(Running, stopped, Some(Converged)).converged_on, None);
    }

    #[test]
    fn a_worker_is_terminating_as_soon_as_it_is_desired_or_observed() {
        use WorkerDesiredState::{Running, Terminated};
        assert!(worker(Terminated, WorkerObservedState::Running, None).is_terminating);
        assert!(worker(Running, WorkerObservedState::ShuttingDown, None).is_terminating);
        assert!(!worker(Running, WorkerObservedState::Failed, None).is_terminating);
    }
}
