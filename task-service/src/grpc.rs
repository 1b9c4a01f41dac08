//! The implementation of `ccm.task.v1.TaskService`.

use access::Caller;
use access::grpc::caller;
use net::grpc::status;
use platform::clock::Clock;
use platform::violation::Violations;
use proto::task::v1::task_service_server::TaskService;
use proto::task::v1::{
    CreateTaskRequest, CreateTaskResponse, DeleteTaskRequest, DeleteTaskResponse, GetTaskRequest,
    GetTaskResponse, ListTasksRequest, ListTasksResponse, UpdateTaskRequest, UpdateTaskResponse,
};
use service::request_key::{self, Earlier, RequestKey};
use storage::{ListId, Page, StorageError};
use telemetry::semconv::CCM_TASK_ID;
use telemetry::span::set_on_current;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::error::TaskError;
use crate::policy::{self, Actor};
use crate::store::TaskStore;
use crate::task::{Checked, Creator, DomainError, Draft, Task};
use crate::workers::WorkerLookup;
use crate::{NAME, convert, event};

/// The method name in idempotency keys of CreateTask.
const CREATE_TASK: &str = "ccm.task.v1.TaskService/CreateTask";

pub(crate) struct Tasks {
    pub(crate) store: TaskStore,
    workers: WorkerLookup,
    pub(crate) clock: Clock,
}

impl Tasks {
    pub(crate) fn new(store: TaskStore, workers: WorkerLookup, clock: Clock) -> Self {
        Self { store, workers, clock }
    }

    /// Validates a draft and looks its worker up. The error names every invalid field, including an unknown worker.
    async fn check(
        &self,
        draft: Draft,
        mut violations: Violations,
        caller: &Caller,
    ) -> Result<Checked, Status> {
        let lookup = match draft.worker_id {
            Some(id) => self.look_up(id, caller, &mut violations).await,
            None => Ok(()),
        };
        let checked = draft.check(violations).map_err(status::invalid)?;
        lookup.map(|()| checked)
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
        let mut request = request.into_inner();
        let mut violations = Violations::default();
        let request_id = std::mem::take(&mut request.request_id);
        let dry = request.validate_only;
        let key = RequestKey::checked(&caller, CREATE_TASK, &request_id, &request, dry, &mut violations);
        let earlier = request_key::recall(self.store.database(), key.as_ref(), self.clock.now()).await;
        if let Some(earlier) = earlier.map_err(failed)? {
            return replayed(earlier).map(Response::new);
        }
        let draft = convert::draft(request.task.unwrap_or_default(), &mut violations);
        let checked = self.check(draft, violations, &caller).await?;
        let creator = Creator { sub: &caller.sub, department: caller.department.as_deref() };
        let task = Task::create(self.clock.new_id(), checked, &creator, self.clock.now());
        let answer = CreateTaskResponse { task: Some(convert::task(&task)), replayed: false };
        if request.validate_only {
            return Ok(Response::new(answer));
        }
        let event = event::created(self.clock.new_id(), &task, &caller);
        let created = self.store.insert(key, answer, task, event).await.map_err(failed)?;
        created.answer(replayed).map(Response::new)
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Result<Response<GetTaskResponse>, Status> {
        let caller = caller(&request)?;
        let id = Uuid::try_parse(&request.get_ref().id).map_err(|_| not_found())?;
        let task = self.store.get(id, caller.visibility()).await.map_err(failed)?.ok_or_else(not_found)?;
        Ok(Response::new(GetTaskResponse { task: Some(convert::task(&task)) }))
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
        let Some(filter) = filter else { return Ok(Response::new(ListTasksResponse::default())) };
        let (tasks, next) = self.store.list(page, &filter, caller.visibility()).await.map_err(failed)?;
        Ok(Response::new(ListTasksResponse {
            tasks: tasks.iter().map(convert::task).collect(),
            next_page_token: next.map(storage::PageToken::to_text).unwrap_or_default(),
        }))
    }

    async fn update_task(
        &self,
        request: Request<UpdateTaskRequest>,
    ) -> Result<Response<UpdateTaskResponse>, Status> {
        let caller = caller(&request)?;
        let task = self.update(request.into_inner(), caller).await?;
        Ok(Response::new(UpdateTaskResponse { task: Some(convert::task(&task)) }))
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
            Ok(task.expect_version(etag)?)
        };
        let (visibility, event_id) = (caller.visibility(), self.clock.new_id());
        let event = move |task: &Task| event::deleted(event_id, task, &caller);
        self.store.delete(id, visibility, self.clock.now(), decide, event).await?;
        Ok(Response::new(DeleteTaskResponse {}))
    }
}

fn replayed(earlier: Earlier) -> Result<CreateTaskResponse, Status> {
    let answer: CreateTaskResponse = earlier.answer()?;
    if let Some(task) = &answer.task {
        set_on_current(CCM_TASK_ID, &task.id);
    }
    Ok(CreateTaskResponse { replayed: true, ..answer })
}

fn failed(error: StorageError) -> Status {
    events::storage_failed(NAME, error)
}

pub(crate) fn not_found() -> Status {
    TaskError::NotFound.into()
}
