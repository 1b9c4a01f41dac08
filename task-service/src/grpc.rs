//! The implementation of `ccm.task.v1.TaskService`.

use access::Caller;
use access::grpc::caller;
use net::grpc::status;
use platform::clock::Clock;
use platform::violation::Violations;
use prost::Message as _;
use proto::task::v1::task_service_server::TaskService;
use proto::task::v1::{
    CancelTaskRequest, CancelTaskResponse, CreateTaskRequest, CreateTaskResponse, DeleteTaskRequest,
    DeleteTaskResponse, GetTaskRequest, GetTaskResponse, ListTasksRequest, ListTasksResponse,
    RetryTaskRequest, RetryTaskResponse, UpdateTaskRequest, UpdateTaskResponse,
};
use storage::{ListId, Page, StorageError};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::error::TaskError;
use crate::policy::{self, Actor};
use crate::settings::RunLimits;
use crate::store::TaskStore;
use crate::task::{DomainError, Task};
use crate::workers::WorkerLookup;
use crate::{NAME, convert, event};

pub(crate) struct Tasks {
    pub(crate) store: TaskStore,
    pub(crate) workers: WorkerLookup,
    pub(crate) clock: Clock,
    pub(crate) limits: RunLimits,
}

impl Tasks {
    pub(crate) fn new(store: TaskStore, workers: WorkerLookup, clock: Clock, limits: RunLimits) -> Self {
        Self { store, workers, clock, limits }
    }

    /// Adds a violation if the worker does not exist. Fails if worker-service gives no answer.
    pub(crate) async fn look_up(
        &self,
        worker: Uuid,
        caller: &Caller,
        violations: &mut Violations,
    ) -> Result<(), Status> {
        if !self.workers.exists(worker, caller).await? {
            violations.add("task.worker_id", "must be the id of an existing worker");
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl TaskService for Tasks {
    async fn create_task(
        &self,
        request: Request<CreateTaskRequest>,
    ) -> Result<Response<CreateTaskResponse>, Status> {
        let caller = caller(&request)?;
        self.create(request.into_inner(), caller).await.map(Response::new)
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Result<Response<GetTaskResponse>, Status> {
        let caller = caller(&request)?;
        let id = Uuid::try_parse(&request.get_ref().id).map_err(|_| not_found())?;
        let task =
            self.store.get(id, caller.visibility().clone()).await.map_err(failed)?.ok_or_else(not_found)?;
        Ok(Response::new(GetTaskResponse { task: Some(convert::message(task)) }))
    }

    async fn list_tasks(
        &self,
        request: Request<ListTasksRequest>,
    ) -> Result<Response<ListTasksResponse>, Status> {
        let caller = caller(&request)?;
        let mut request = request.into_inner();
        let (size, token) = (std::mem::take(&mut request.page_size), std::mem::take(&mut request.page_token));
        let list = ListId::of("ccm.task.v1.TaskService/ListTasks", &request);
        let mut violations = Violations::default();
        let filter = convert::filter(request, &mut violations);
        let page = Page::checked(size, &token, list, violations).map_err(status::invalid)?;
        let (tasks, next) =
            self.store.list(page, &filter, caller.visibility().clone()).await.map_err(failed)?;
        let rows = tasks.into_iter().map(|it| ((it.created_at, it.id), convert::message(it)));
        let mut rows: Vec<_> = rows.collect();
        let next = page.fit(&mut rows, next, |(_, task)| task.encoded_len(), |(key, _)| *key);
        Ok(Response::new(ListTasksResponse {
            tasks: rows.into_iter().map(|(_, task)| task).collect(),
            next_page_token: next.map(storage::PageToken::to_text).unwrap_or_default(),
        }))
    }

    async fn update_task(
        &self,
        request: Request<UpdateTaskRequest>,
    ) -> Result<Response<UpdateTaskResponse>, Status> {
        let caller = caller(&request)?;
        let task = self.update(request.into_inner(), caller).await?;
        Ok(Response::new(UpdateTaskResponse { task: Some(convert::message(task)) }))
    }

    async fn delete_task(
        &self,
        request: Request<DeleteTaskRequest>,
    ) -> Result<Response<DeleteTaskResponse>, Status> {
        let caller = caller(&request)?;
        let DeleteTaskRequest { id, etag } = request.into_inner();
        let id = Uuid::try_parse(&id).map_err(|_| not_found())?;
        let mut violations = Violations::default();
        let etag = convert::etag(&etag, &mut violations);
        let actor = Actor::from(&caller);
        let decide = move |task: &Task| {
            policy::delete(&actor, task)?;
            if !violations.is_empty() {
                return Err(DomainError::Invalid(violations.into_vec()).into());
            }
            task.expect_version(etag)?;
            Ok(task.expect_deletable()?)
        };
        let (visibility, event_id) = (caller.visibility().clone(), self.clock.new_id());
        let event = move |task: &Task| event::deleted(event_id, task, &caller);
        self.store.delete(id, visibility, self.clock.now(), decide, event).await?;
        Ok(Response::new(DeleteTaskResponse {}))
    }

    async fn cancel_task(
        &self,
        request: Request<CancelTaskRequest>,
    ) -> Result<Response<CancelTaskResponse>, Status> {
        let caller = caller(&request)?;
        let task = self.cancel(request.into_inner(), caller).await?;
        Ok(Response::new(CancelTaskResponse { task: Some(convert::message(task)) }))
    }

    async fn retry_task(
        &self,
        request: Request<RetryTaskRequest>,
    ) -> Result<Response<RetryTaskResponse>, Status> {
        let caller = caller(&request)?;
        self.retry(request.into_inner(), caller).await.map(Response::new)
    }
}

pub(crate) fn failed(error: StorageError) -> Status {
    events::storage_failed(NAME, error)
}

pub(crate) fn not_found() -> Status {
    TaskError::NotFound.into()
}

#[cfg(test)]
mod actions;
