//! `ccm.worker.v1.WorkerService`.

use access::grpc::caller;
use platform::clock::Clock;
use platform::grpc::status;
use platform::violation::Violations;
use proto::worker::v1::worker_service_server::WorkerService;
use proto::worker::v1::{
    CreateWorkerRequest, CreateWorkerResponse, GetWorkerRequest, GetWorkerResponse, ListWorkersRequest,
    ListWorkersResponse,
};
use storage::{Page, StorageError};
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;

use crate::store::WorkerStore;
use crate::worker::Worker;
use crate::{NAME, convert, event, policy};

/// Reason of a NOT_FOUND.
const WORKER_NOT_FOUND: &str = "WORKER_NOT_FOUND";

pub(crate) struct Workers {
    store: WorkerStore,
    clock: Clock,
}

impl Workers {
    pub(crate) fn new(store: WorkerStore, clock: Clock) -> Self {
        Self { store, clock }
    }
}

#[tonic::async_trait]
impl WorkerService for Workers {
    async fn create_worker(
        &self,
        request: Request<CreateWorkerRequest>,
    ) -> Result<Response<CreateWorkerResponse>, Status> {
        let caller = caller(&request)?;
        policy::create(&caller)?;
        let request = request.into_inner();
        let mut violations = Violations::default();
        let draft = convert::draft(request.worker.unwrap_or_default(), &mut violations);
        let checked = draft.check(violations).map_err(status::invalid)?;
        let worker = Worker::create(self.clock.new_id(), checked, &caller.subject, self.clock.now());
        if !request.validate_only {
            let event = event::created(self.clock.new_id(), &worker, &caller);
            self.store.insert(worker.clone(), event).await.map_err(failed)?;
        }
        Ok(Response::new(CreateWorkerResponse { worker: Some(convert::worker(&worker)) }))
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
        let request = request.into_inner();
        let page = Page::new(request.page_size, &request.page_token)?;
        let (workers, next) = self.store.list(page).await.map_err(failed)?;
        Ok(Response::new(ListWorkersResponse {
            workers: workers.iter().map(convert::worker).collect(),
            next_page_token: next.map(storage::PageToken::to_text).unwrap_or_default(),
        }))
    }
}

fn failed(error: StorageError) -> Status {
    error.into_status(NAME)
}

fn not_found() -> Status {
    status::with_reason(Code::NotFound, WORKER_NOT_FOUND, "there is no such worker")
}
