//! `ccm.task.v1.TaskService`.

use access::Caller;
use access::grpc::caller;
use platform::clock::Clock;
use platform::grpc::status;
use platform::violation::Violations;
use proto::task::v1::task_service_server::TaskService;
use proto::task::v1::{
    CreateTaskRequest, CreateTaskResponse, GetTaskRequest, GetTaskResponse, ListTasksRequest,
    ListTasksResponse,
};
use storage::{Page, StorageError};
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;

use crate::store::TaskStore;
use crate::task::{Checked, Creator, Draft, Task};
use crate::workers::Workers;
use crate::{NAME, convert, event};

/// Reason of a NOT_FOUND: none, or none that the caller may see.
const TASK_NOT_FOUND: &str = "TASK_NOT_FOUND";

pub(crate) struct Tasks {
    store: TaskStore,
    workers: Workers,
    clock: Clock,
}

impl Tasks {
    pub(crate) fn new(store: TaskStore, workers: Workers, clock: Clock) -> Self {
        Self { store, workers, clock }
    }

    /// The draft, checked, its worker looked up; every bad field is named, the unknown worker among them.
    async fn check(
        &self,
        draft: Draft,
        mut violations: Violations,
        caller: &Caller,
    ) -> Result<Checked, Status> {
        let mut lookup = Ok(());
        if let Some(id) = draft.worker_id {
            match self.workers.exists(id, caller).await {
                Ok(true) => {}
                Ok(false) => violations.add("task.worker_id", "must be the id of a worker that exists"),
                Err(status) => lookup = Err(status),
            }
        }
        let checked = draft.check(violations).map_err(status::invalid)?;
        lookup.map(|()| checked)
    }
}

#[tonic::async_trait]
impl TaskService for Tasks {
    async fn create_task(
        &self,
        request: Request<CreateTaskRequest>,
    ) -> Result<Response<CreateTaskResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let mut violations = Violations::default();
        let draft = convert::draft(request.task.unwrap_or_default(), &mut violations);
        let checked = self.check(draft, violations, &caller).await?;
        let creator = Creator { subject: &caller.subject, department: caller.department.as_deref() };
        let task = Task::create(self.clock.new_id(), checked, &creator, self.clock.now());
        if !request.validate_only {
            let event = event::created(self.clock.new_id(), &task, &caller);
            self.store.insert(task.clone(), event).await.map_err(failed)?;
        }
        Ok(Response::new(CreateTaskResponse { task: Some(convert::task(&task)) }))
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
        let request = request.into_inner();
        let page = Page::new(request.page_size, &request.page_token)?;
        let (tasks, next) = self.store.list(page, caller.visibility()).await.map_err(failed)?;
        Ok(Response::new(ListTasksResponse {
            tasks: tasks.iter().map(convert::task).collect(),
            next_page_token: next.map(storage::PageToken::to_text).unwrap_or_default(),
        }))
    }
}

fn failed(error: StorageError) -> Status {
    error.into_status(NAME)
}

fn not_found() -> Status {
    status::with_reason(Code::NotFound, TASK_NOT_FOUND, "there is no such task")
}
