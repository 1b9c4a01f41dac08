//! A worker-service that answers as a test tells it.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use net::grpc::Peer;
use net::grpc::status::{DOMAIN, Reason};
use proto::event::v1::event_service_server::{EventService, EventServiceServer};
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{
    Event, ListEventsRequest, ListEventsResponse, WatchEventsRequest, WatchEventsResponse, WatchStarted,
};
use proto::worker::v1::worker_service_server::{WorkerService, WorkerServiceServer};
use proto::worker::v1::*;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

/// What the next call of SetDesiredState gets.
pub(crate) enum Reply {
    /// A generation that has not ended.
    Accepted(i64),
    /// A generation that has converged.
    Converged(i64),
    Status(Status),
    /// A higher number was accepted before.
    Superseded(i64),
    /// No answer.
    Hang,
}

/// A call of SetDesiredState.
#[derive(Clone, Debug)]
pub(crate) struct SeenCall {
    pub(crate) worker: String,
    pub(crate) action_seq: i64,
    pub(crate) request_id: String,
    pub(crate) on_behalf_of: String,
}

#[derive(Default)]
struct State {
    replies: VecDeque<Reply>,
    calls: Vec<SeenCall>,
    ended: BTreeSet<i64>,
    /// The generation in answers of GetOutcomes, if it is another one than was asked for.
    other_generation: Option<i64>,
    worker: Option<Worker>,
    /// Number of calls of GetOutcomes.
    asked: usize,
    watchers: Vec<UnboundedSender<Result<WatchEventsResponse, Status>>>,
    refuses_watches: bool,
}

#[derive(Clone, Default)]
pub(crate) struct Fake {
    state: Arc<Mutex<State>>,
    port: u16,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let incoming = tonic::transport::server::TcpIncoming::from(listener);
        let server = tonic::transport::Server::builder()
            .add_service(WorkerServiceServer::new(fake.clone()))
            .add_service(EventServiceServer::new(fake.clone()));
        tokio::spawn(server.serve_with_incoming(incoming));
        fake
    }

    pub(crate) fn peer(&self) -> Peer {
        Peer::new("worker-service", &format!("http://127.0.0.1:{}", self.port), None).unwrap()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn reply(&self, reply: Reply) {
        self.state().replies.push_back(reply);
    }

    /// The only worker that exists.
    pub(crate) fn set_worker(&self, worker: Worker) {
        self.state().worker = Some(worker);
    }

    pub(crate) fn calls(&self) -> Vec<SeenCall> {
        self.state().calls.clone()
    }

    pub(crate) fn end_generation(&self, generation: i64) {
        self.state().ended.insert(generation);
    }

    pub(crate) fn answer_with_generation(&self, generation: i64) {
        self.state().other_generation = Some(generation);
    }

    pub(crate) fn refuse_watches(&self) {
        self.state().refuses_watches = true;
    }

    /// Tells the watchers of an event of a worker.
    pub(crate) fn tell(&self, worker: Uuid) {
        let event = Event {
            r#type: "worker.status.updated".to_owned(),
            subject_id: worker.to_string(),
            ..Event::default()
        };
        for watcher in &self.state().watchers {
            let _ = watcher.send(Ok(WatchEventsResponse { item: Some(Item::Event(event.clone())) }));
        }
    }

    /// Waits until SetDesiredState was called this often.
    pub(crate) async fn called(&self, times: usize) {
        self.until(|it| it.calls.len() >= times).await;
    }

    /// Waits until GetOutcomes was called this often, and returns how often it was.
    pub(crate) async fn asked(&self, times: usize) -> usize {
        self.until(|it| it.asked >= times).await;
        self.state().asked
    }

    /// Waits for a watcher.
    pub(crate) async fn watched(&self) {
        self.until(|it| !it.watchers.is_empty()).await;
    }

    async fn until(&self, holds: impl Fn(&State) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds(&self.state()) {
            assert!(Instant::now() < deadline, "it did not become so");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn converged(generation: i64) -> WorkerOutcome {
    WorkerOutcome { generation, result: WorkerOutcomeResult::Converged.into(), ..WorkerOutcome::default() }
}

fn unimplemented<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("not of this fake"))
}

#[tonic::async_trait]
impl WorkerService for Fake {
    async fn set_desired_state(
        &self,
        request: Request<SetDesiredStateRequest>,
    ) -> Result<Response<SetDesiredStateResponse>, Status> {
        let text = |it: &str| {
            let value = request.metadata().get(it).and_then(|it| it.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let on_behalf_of = text("ccm-on-behalf-of");
        let message = request.get_ref();
        let (worker, request_id) = (message.id.clone(), message.request_id.clone());
        let call = SeenCall { worker, action_seq: message.action_seq, request_id, on_behalf_of };
        let reply = {
            let mut state = self.state();
            state.calls.push(call);
            state.replies.pop_front()
        };
        let (generation, outcome) = match reply {
            Some(Reply::Accepted(generation)) => (generation, None),
            Some(Reply::Converged(generation)) => (generation, Some(converged(generation))),
            Some(Reply::Status(status)) => return Err(status),
            Some(Reply::Superseded(seq)) => {
                let metadata = HashMap::from([("action_seq".to_owned(), seq.to_string())]);
                let details =
                    ErrorDetails::with_error_info(Reason::ActionSuperseded.text(), DOMAIN, metadata);
                return Err(Status::with_error_details(Code::FailedPrecondition, "too late", details));
            }
            Some(Reply::Hang) => std::future::pending().await,
            None => return Err(Status::internal("an unexpected call")),
        };
        Ok(Response::new(SetDesiredStateResponse { generation, outcome, worker: None }))
    }

    async fn get_outcomes(
        &self,
        request: Request<GetOutcomesRequest>,
    ) -> Result<Response<GetOutcomesResponse>, Status> {
        let mut state = self.state();
        state.asked += 1;
        let (ended, other) = (state.ended.clone(), state.other_generation);
        let outcome = |it: WorkerGeneration| GenerationOutcome {
            outcome: ended.contains(&it.generation).then(|| converged(other.unwrap_or(it.generation))),
            exists: true,
        };
        let outcomes = request.into_inner().generations.into_iter().map(outcome).collect();
        Ok(Response::new(GetOutcomesResponse { outcomes }))
    }

    async fn create_worker(
        &self,
        _: Request<CreateWorkerRequest>,
    ) -> Result<Response<CreateWorkerResponse>, Status> {
        unimplemented()
    }

    async fn get_worker(
        &self,
        request: Request<GetWorkerRequest>,
    ) -> Result<Response<GetWorkerResponse>, Status> {
        let worker = self.state().worker.clone().filter(|it| it.id == request.get_ref().id);
        let missing = || Status::not_found("no such worker");
        Ok(Response::new(GetWorkerResponse { worker: Some(worker.ok_or_else(missing)?) }))
    }

    async fn list_workers(
        &self,
        _: Request<ListWorkersRequest>,
    ) -> Result<Response<ListWorkersResponse>, Status> {
        unimplemented()
    }

    async fn import_worker(
        &self,
        _: Request<ImportWorkerRequest>,
    ) -> Result<Response<ImportWorkerResponse>, Status> {
        unimplemented()
    }

    async fn update_worker(
        &self,
        _: Request<UpdateWorkerRequest>,
    ) -> Result<Response<UpdateWorkerResponse>, Status> {
        unimplemented()
    }

    async fn delete_worker(
        &self,
        _: Request<DeleteWorkerRequest>,
    ) -> Result<Response<DeleteWorkerResponse>, Status> {
        unimplemented()
    }

    async fn refresh_worker(
        &self,
        _: Request<RefreshWorkerRequest>,
    ) -> Result<Response<RefreshWorkerResponse>, Status> {
        unimplemented()
    }

    async fn explain_worker(
        &self,
        _: Request<ExplainWorkerRequest>,
    ) -> Result<Response<ExplainWorkerResponse>, Status> {
        unimplemented()
    }
}

type Watch = tokio_stream::wrappers::UnboundedReceiverStream<Result<WatchEventsResponse, Status>>;

#[tonic::async_trait]
impl EventService for Fake {
    type WatchEventsStream = Watch;

    async fn watch_events(&self, _: Request<WatchEventsRequest>) -> Result<Response<Watch>, Status> {
        let mut state = self.state();
        if state.refuses_watches {
            return Err(Status::permission_denied("no watches"));
        }
        let (send, receive): (_, UnboundedReceiver<_>) = unbounded_channel();
        let started = WatchEventsResponse { item: Some(Item::Started(WatchStarted::default())) };
        send.send(Ok(started)).unwrap();
        state.watchers.push(send);
        Ok(Response::new(Watch::new(receive)))
    }

    async fn list_events(
        &self,
        _: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        unimplemented()
    }
}
