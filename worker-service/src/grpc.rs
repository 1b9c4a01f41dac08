//! The implementation of `ccm.worker.v1.WorkerService`.

use std::time::Duration;

use access::grpc::caller;
use net::grpc::status;
use platform::clock::Clock;
use platform::violation::Violations;
use prost::Message as _;
use proto::worker::v1::worker_service_server::WorkerService;
use proto::worker::v1::{
    CreateWorkerRequest, CreateWorkerResponse, DeleteWorkerRequest, DeleteWorkerResponse,
    ExplainWorkerRequest, ExplainWorkerResponse, GenerationOutcome, GetOutcomesRequest, GetOutcomesResponse,
    GetWorkerRequest, GetWorkerResponse, ImportWorkerRequest, ImportWorkerResponse, ListWorkersRequest,
    ListWorkersResponse, RefreshWorkerRequest, RefreshWorkerResponse, SetDesiredStateRequest,
    SetDesiredStateResponse, UpdateWorkerRequest, UpdateWorkerResponse,
};
use service::request_key::{self, Earlier, RequestKey};
use storage::{ListId, Page, StorageError};
use telemetry::semconv::CCM_WORKER_ID;
use telemetry::span::set_on_current;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::error::WorkerError;
use crate::event::Actor;
use crate::provider::Providers;
use crate::store::{Generation, Refresh, WorkerStore};
use crate::worker::{DomainError, Worker};
use crate::{NAME, convert, event, explain, policy};

/// The method name in idempotency keys of CreateWorker.
const CREATE_WORKER: &str = "ccm.worker.v1.WorkerService/CreateWorker";

/// Shortest time between two refreshes of a worker.
const REFRESH_INTERVAL: Duration = Duration::from_secs(10);

pub(crate) struct Workers {
    pub(crate) store: WorkerStore,
    pub(crate) providers: Providers,
    pub(crate) clock: Clock,
}

#[tonic::async_trait]
impl WorkerService for Workers {
    async fn create_worker(
        &self,
        request: Request<CreateWorkerRequest>,
    ) -> Result<Response<CreateWorkerResponse>, Status> {
        let caller = caller(&request)?;
        policy::change(&caller, "creating")?;
        let mut request = request.into_inner();
        let mut violations = Violations::default();
        let request_id = std::mem::take(&mut request.request_id);
        let dry = request.validate_only;
        let key = RequestKey::checked(&caller, CREATE_WORKER, &request_id, &request, dry, &mut violations);
        let earlier = request_key::recall(self.store.database(), key.as_ref()).await;
        if let Some(earlier) = earlier.map_err(failed)? {
            return replayed(earlier).map(Response::new);
        }
        let draft = convert::draft(request.worker.unwrap_or_default(), &mut violations);
        let checked = draft.check(violations).map_err(status::invalid)?;
        let worker = Worker::create(self.clock.new_id(), checked, &caller.sub, self.clock.now());
        let worker = worker.wanted_by(caller.on_behalf_of.as_deref());
        let answer = CreateWorkerResponse { worker: Some(convert::worker(&worker)), replayed: false };
        if request.validate_only {
            return Ok(Response::new(answer));
        }
        let event = event::created(self.clock.new_id(), &worker, &Actor::from(&caller));
        let created = self.store.insert(key, answer, worker, event).await.map_err(failed)?;
        created.answer(replayed).map(Response::new)
    }

    async fn get_worker(
        &self,
        request: Request<GetWorkerRequest>,
    ) -> Result<Response<GetWorkerResponse>, Status> {
        caller(&request)?;
        let id = Uuid::try_parse(&request.get_ref().id).map_err(|_| not_found())?;
        let worker = self.store.get(id).await.map_err(failed)?.ok_or_else(not_found)?;
        Ok(Response::new(GetWorkerResponse { worker: Some(convert::worker(&worker)) }))
    }

    async fn list_workers(
        &self,
        request: Request<ListWorkersRequest>,
    ) -> Result<Response<ListWorkersResponse>, Status> {
        caller(&request)?;
        let mut request = request.into_inner();
        let (size, token) = (std::mem::take(&mut request.page_size), std::mem::take(&mut request.page_token));
        let list = ListId::of("ccm.worker.v1.WorkerService/ListWorkers", &request);
        let mut violations = Violations::default();
        let filter = convert::filter(request, &mut violations);
        let page = Page::checked(size, &token, list, violations).map_err(status::invalid)?;
        let (workers, next) = self.store.list(page, &filter).await.map_err(failed)?;
        let mut rows: Vec<_> =
            workers.iter().map(|it| ((it.created_at, it.id), convert::worker(it))).collect();
        let next = page.fit(&mut rows, next, |(_, worker)| worker.encoded_len(), |(key, _)| *key);
        Ok(Response::new(ListWorkersResponse {
            workers: rows.into_iter().map(|(_, worker)| worker).collect(),
            next_page_token: next.map(storage::PageToken::to_text).unwrap_or_default(),
        }))
    }

    async fn import_worker(
        &self,
        request: Request<ImportWorkerRequest>,
    ) -> Result<Response<ImportWorkerResponse>, Status> {
        let caller = caller(&request)?;
        policy::change(&caller, "importing")?;
        self.import(request.into_inner(), caller).await.map(Response::new)
    }

    async fn update_worker(
        &self,
        request: Request<UpdateWorkerRequest>,
    ) -> Result<Response<UpdateWorkerResponse>, Status> {
        let caller = caller(&request)?;
        policy::change(&caller, "changing")?;
        let UpdateWorkerRequest { worker, update_mask, etag, validate_only } = request.into_inner();
        let (requested, mut violations) = (worker.unwrap_or_default(), Violations::default());
        let id = Uuid::try_parse(&requested.id).map_err(|_| not_found())?;
        let change = convert::change(requested, &update_mask.unwrap_or_default().paths, &mut violations);
        let version = convert::etag(&etag, &mut violations);
        let (event_id, now) = (self.clock.new_id(), self.clock.now());
        let decide = move |before: &Worker| {
            let after = before.changed(change, violations, now).map_err(DomainError::Invalid)?;
            before.expect_version(version)?;
            Ok(after.map(|after| {
                let event = event::updated(event_id, before, &after, &Actor::from(&caller));
                (after, event)
            }))
        };
        let worker = if validate_only {
            let before = self.store.get(id).await.map_err(failed)?.ok_or_else(not_found)?;
            decide(&before)?.map_or(before, |it| it.0)
        } else {
            self.store.change(id, decide).await?
        };
        Ok(Response::new(UpdateWorkerResponse { worker: Some(convert::worker(&worker)) }))
    }

    async fn delete_worker(
        &self,
        request: Request<DeleteWorkerRequest>,
    ) -> Result<Response<DeleteWorkerResponse>, Status> {
        let caller = caller(&request)?;
        policy::change(&caller, "deleting")?;
        let id = Uuid::try_parse(&request.get_ref().id).map_err(|_| not_found())?;
        let mut violations = Violations::default();
        let version = convert::etag(&request.get_ref().etag, &mut violations);
        let (event_id, now) = (self.clock.new_id(), self.clock.now());
        let decide = move |before: &Worker| {
            if !violations.is_empty() {
                return Err(DomainError::Invalid(violations.into_vec()).into());
            }
            before.expect_version(version)?;
            let after = before.deleted(now)?;
            let event = event::deleted(event_id, &after, &Actor::from(&caller));
            Ok(Some((after, event)))
        };
        self.store.change(id, decide).await?;
        Ok(Response::new(DeleteWorkerResponse {}))
    }

    async fn set_desired_state(
        &self,
        request: Request<SetDesiredStateRequest>,
    ) -> Result<Response<SetDesiredStateResponse>, Status> {
        let caller = caller(&request)?;
        policy::serve(&caller, "setting the desired state of")?;
        let answer = self.desire(request.into_inner(), caller).await?;
        Ok(Response::new(SetDesiredStateResponse {
            generation: answer.generation,
            outcome: answer.outcome.as_ref().map(convert::outcome),
            worker: Some(convert::worker(&answer.worker)),
        }))
    }

    async fn get_outcomes(
        &self,
        request: Request<GetOutcomesRequest>,
    ) -> Result<Response<GetOutcomesResponse>, Status> {
        policy::serve(&caller(&request)?, "reading the outcomes of")?;
        let asked = convert::generations(request.into_inner()).map_err(status::invalid)?;
        let found = self.store.generations(&asked).await.map_err(failed)?;
        let outcome = |it: Option<Generation>| GenerationOutcome {
            exists: it.is_some(),
            outcome: it.and_then(|it| it.outcome).as_ref().map(convert::outcome),
        };
        Ok(Response::new(GetOutcomesResponse { outcomes: found.into_iter().map(outcome).collect() }))
    }

    async fn refresh_worker(
        &self,
        request: Request<RefreshWorkerRequest>,
    ) -> Result<Response<RefreshWorkerResponse>, Status> {
        policy::refresh(&caller(&request)?)?;
        let id = Uuid::try_parse(&request.get_ref().id).map_err(|_| not_found())?;
        set_on_current(CCM_WORKER_ID, &id);
        let refresh = self.store.refresh(id, REFRESH_INTERVAL, self.clock.now()).await.map_err(failed)?;
        match refresh.ok_or_else(not_found)? {
            Refresh::Due => Ok(Response::new(RefreshWorkerResponse {})),
            Refresh::TooSoon(left) => Err(WorkerError::RefreshThrottled(left).into()),
            Refresh::Paused(left) => Err(WorkerError::ProviderPaused(left).into()),
        }
    }

    async fn explain_worker(
        &self,
        request: Request<ExplainWorkerRequest>,
    ) -> Result<Response<ExplainWorkerResponse>, Status> {
        caller(&request)?;
        let id = Uuid::try_parse(&request.get_ref().id).map_err(|_| not_found())?;
        let worker = self.store.get(id).await.map_err(failed)?.ok_or_else(not_found)?;
        let (book, due_at) = self.store.book(id).await.map_err(failed)?.unwrap_or_default();
        let durations = self.store.usual_durations(&worker).await.map_err(failed)?;
        let explanation = explain::explanation(worker, &book, due_at, durations, self.clock.now());
        Ok(Response::new(convert::explanation(explanation)))
    }
}

fn replayed(earlier: Earlier) -> Result<CreateWorkerResponse, Status> {
    let answer: CreateWorkerResponse = earlier.answer()?;
    if let Some(worker) = &answer.worker {
        set_on_current(CCM_WORKER_ID, &worker.id);
    }
    Ok(CreateWorkerResponse { replayed: true, ..answer })
}

pub(crate) fn failed(error: StorageError) -> Status {
    events::storage_failed(NAME, error)
}

pub(crate) fn not_found() -> Status {
    WorkerError::NotFound.into()
}
