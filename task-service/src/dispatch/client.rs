//! The calls of worker-service that executing actions needs, made by this process for itself.

use std::time::{Duration, Instant};

use access::Caller;
use net::grpc::channel::{Channel, connect};
use net::grpc::{Peer, deadline, status};
use proto::event::v1::event_service_client::EventServiceClient;
use proto::event::v1::{WatchEventsRequest, WatchEventsResponse, WatchStart};
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{
    GetOutcomesRequest, SetDesiredStateRequest, SetDesiredStateResponse, WorkerDesiredState, WorkerGeneration,
};
use tonic::{Response, Status, Streaming};

use super::answer;
use crate::store::queue::Live;
use crate::task::Verb;
use crate::task::execution::Outcome;

/// A client of worker-service.
#[derive(Clone)]
pub(super) struct WorkerActions {
    workers: WorkerServiceClient<Channel>,
    /// On connections of its own, because a stream lasts.
    events: EventServiceClient<Channel>,
    timeout: Duration,
    name: &'static str,
}

impl WorkerActions {
    pub(super) fn new(peer: &Peer, timeout: Duration) -> Self {
        Self {
            workers: WorkerServiceClient::new(connect(peer).0),
            events: EventServiceClient::new(connect(peer).0),
            timeout,
            name: peer.name,
        }
    }

    /// Asks for the state that the action is for. The request id makes a repetition in the same run the same request.
    pub(super) async fn set_desired_state(
        &self,
        live: &Live,
        reason: Option<String>,
        by: &Caller,
    ) -> Result<SetDesiredStateResponse, Status> {
        let state = match live.verb {
            Verb::Start => WorkerDesiredState::Running,
            Verb::Stop => WorkerDesiredState::Stopped,
            Verb::Terminate => WorkerDesiredState::Terminated,
        };
        let request = by.request(SetDesiredStateRequest {
            id: live.worker_id.to_string(),
            state: state.into(),
            action_seq: live.seq,
            request_id: live.request_id(),
            reason,
        });
        let mut client = self.workers.clone();
        self.in_time(client.set_desired_state(request), false).await
    }

    /// Returns the outcomes of parked actions, at most 500, in their order; `None`: the generation has not ended.
    pub(super) async fn outcomes(
        &self,
        parked: &[Live],
        process: &Caller,
    ) -> Result<Vec<Option<Outcome>>, Status> {
        let generation = |it: &Live| it.generation.unwrap_or_default();
        let of =
            |it: &Live| WorkerGeneration { worker_id: it.worker_id.to_string(), generation: generation(it) };
        let request = process.request(GetOutcomesRequest { generations: parked.iter().map(of).collect() });
        let mut client = self.workers.clone();
        let answers = self.in_time(client.get_outcomes(request), true).await?.outcomes;
        if answers.len() != parked.len() {
            return Err(status::internal());
        }
        let pairs = parked.iter().zip(&answers);
        Ok(pairs.map(|(live, answer)| answer::outcome(answer, generation(live))).collect())
    }

    /// Begins to watch the workers, from now on. Only the beginning has a timeout: a deadline of the call would end the stream.
    pub(super) async fn watch(&self, process: &Caller) -> Result<Streaming<WatchEventsResponse>, Status> {
        let request = WatchEventsRequest { start: WatchStart::Now.into(), ..WatchEventsRequest::default() };
        let mut client = self.events.clone();
        let begun = tokio::time::timeout(self.timeout, client.watch_events(process.request(request))).await;
        begun.map_err(|_| status::too_late(self.name, true))?.map(Response::into_inner)
    }

    async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
        reads: bool,
    ) -> Result<T, Status> {
        let call = deadline::within(Instant::now() + self.timeout, call);
        match tokio::time::timeout(self.timeout, call).await {
            Ok(answer) => answer.map(Response::into_inner),
            Err(_) => Err(status::too_late(self.name, reads)),
        }
    }
}
