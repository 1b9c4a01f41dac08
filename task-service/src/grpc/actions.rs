//! Tests of the use cases of actions: create, cancel, retry, update and delete, with a worker-service that a test controls.

use access::testing::caller;
use access::{Caller, Refusal, Role};
use net::grpc::status::Reason;
use platform::clock::Clock;
use proto::FieldMask;
use proto::task::v1::task_service_server::TaskService as _;
use proto::task::v1::{
    CancelTaskRequest, CreateTaskRequest, CreateTaskResponse, DeleteTaskRequest, RetryTaskRequest, Task,
    TaskAction, TaskKind, TaskPhase, TaskPriority, TaskStatus, TaskVerb, UpdateTaskRequest,
};
use proto::worker::v1::{
    Worker, WorkerDesired, WorkerDesiredState, WorkerObserved, WorkerObservedState, WorkerOutcome,
    WorkerOutcomeResult,
};
use storage::testing::{Fresh, sqlite};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::Tasks;
use crate::error::TaskError;
use crate::fake::Fake;
use crate::settings::DispatchSettings;
use crate::store::TaskStore;
use crate::store::queue::testing::{LEASE, apply, claim};
use crate::workers::WorkerLookup;

struct Service {
    tasks: Tasks,
    fake: Fake,
    _fresh: Fresh,
}

fn lab() -> Worker {
    let desired =
        WorkerDesired { state: WorkerDesiredState::Running.into(), generation: 1, ..Default::default() };
    let observed = WorkerObserved { state: WorkerObservedState::Running.into(), ..Default::default() };
    let outcome =
        WorkerOutcome { generation: 1, result: WorkerOutcomeResult::Converged.into(), ..Default::default() };
    Worker {
        id: Uuid::from_u128(1).to_string(),
        name: "lab 1".to_owned(),
        desired: Some(desired),
        observed: Some(observed),
        outcome: Some(outcome),
        ..Worker::default()
    }
}

impl Service {
    async fn start() -> Self {
        let (fresh, fake) = (sqlite(), Fake::start().await);
        fake.set_worker(lab());
        let store = TaskStore::open(&fresh.url).await.unwrap();
        let limits = DispatchSettings::default().run;
        let tasks = Tasks::new(store, WorkerLookup::new(&fake.peer()), Clock::system(), limits);
        Self { tasks, fake, _fresh: fresh }
    }

    async fn create(&self, task: Task, by: Caller) -> Result<CreateTaskResponse, Status> {
        let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
        self.tasks.create(request, by).await
    }

    async fn created(&self, verb: TaskVerb) -> Task {
        self.create(action(verb, "lab 1"), admin()).await.unwrap().task.unwrap()
    }

    async fn cancel(&self, id: &str, by: Caller) -> Result<crate::task::Task, TaskError> {
        self.tasks.cancel(CancelTaskRequest { id: id.to_owned(), etag: String::new() }, by).await
    }

    async fn delete(&self, id: &str, by: Caller) -> Result<(), Status> {
        let mut request = Request::new(DeleteTaskRequest { id: id.to_owned(), etag: String::new() });
        request.extensions_mut().insert(Ok::<Caller, Refusal>(by));
        self.tasks.delete_task(request).await.map(drop)
    }

    async fn retry(&self, id: &str, request_id: &str, confirm: &str, by: Caller) -> Result<Task, Status> {
        let request = RetryTaskRequest {
            id: id.to_owned(),
            confirm: confirm.to_owned(),
            request_id: request_id.to_owned(),
            ..RetryTaskRequest::default()
        };
        Ok(self.tasks.retry(request, by).await?.task.unwrap())
    }
}

fn admin() -> Caller {
    caller("root", &[Role::Admin], None)
}

fn ada() -> Caller {
    caller("ada", &[Role::Manager], Some("network"))
}

fn action(verb: TaskVerb, confirm: &str) -> Task {
    let worker_id = Uuid::from_u128(1).to_string();
    let action =
        TaskAction { verb: verb.into(), worker_id, confirm: confirm.to_owned(), ..Default::default() };
    Task { action: Some(action), ..Task::default() }
}

fn action_of(verb: TaskVerb) -> Task {
    action(verb, "")
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

fn fields(status: &Status) -> Vec<String> {
    let details = status.get_details_bad_request().unwrap();
    details.field_violations.into_iter().map(|it| it.field).collect()
}

#[tokio::test]
async fn an_action_gets_a_title_a_worker_and_a_run() {
    let service = Service::start().await;
    let task = service.created(TaskVerb::Stop).await;
    assert_eq!((task.title.as_str(), task.kind()), ("Stop worker lab 1", TaskKind::Action));
    assert_eq!(task.worker_id, Some(Uuid::from_u128(1).to_string()));
    assert_eq!((task.status(), task.priority()), (TaskStatus::Pending, TaskPriority::Medium));
    let (action, run) = (task.action.unwrap(), task.run.unwrap());
    assert_eq!((action.action_seq, action.confirm.as_str()), (1, ""));
    assert_eq!((run.number, run.attempt, run.max_attempts, run.phase()), (1, 0, 10, TaskPhase::Queued));
    let again = service.create(action_of(TaskVerb::Stop), admin()).await.unwrap();
    assert!(again.existing && again.task.unwrap().id == task.id);
}

#[tokio::test]
async fn only_admins_ask_for_actions() {
    let service = Service::start().await;
    for by in [ada(), caller("gateway", &[Role::Service], None)] {
        let refused = service.create(action_of(TaskVerb::Stop), by).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::PermissionDenied, "ROLE_REQUIRED"));
    }
    let by = caller("gateway", &[Role::Service, Role::Admin], None).acting_for("ada");
    let task = service.create(action_of(TaskVerb::Stop), by).await.unwrap().task.unwrap();
    assert_eq!(task.created_by, "gateway");
    let live = claim(&service.tasks.store, LEASE).await.unwrap();
    assert_eq!(live.asked_by, "ada");
}

#[tokio::test]
async fn every_invalid_field_of_an_action_is_named() {
    let service = Service::start().await;
    let invalid = service.create(action(TaskVerb::Unspecified, ""), admin()).await.unwrap_err();
    assert_eq!(fields(&invalid), ["task.action.verb"]);
    let unconfirmed = service.create(action(TaskVerb::Terminate, "Lab 1"), admin()).await.unwrap_err();
    assert_eq!(fields(&unconfirmed), ["task.action.confirm"]);
    let mut unknown = action(TaskVerb::Stop, "");
    unknown.worker_id = Some(Uuid::from_u128(8).to_string());
    let wrong = unknown.action.as_mut().unwrap();
    wrong.worker_id = Uuid::from_u128(9).to_string();
    wrong.reason = Some("two\nlines".to_owned());
    let unknown = service.create(unknown, admin()).await.unwrap_err();
    assert_eq!(fields(&unknown), ["task.action.worker_id", "task.action.reason", "task.worker_id"]);
    service.created(TaskVerb::Terminate).await;
}

#[tokio::test]
async fn what_is_reached_is_completed_and_what_cannot_be_is_refused_at_once() {
    let service = Service::start().await;
    let done = service.created(TaskVerb::Start).await;
    assert_eq!((done.status(), done.run.unwrap().phase()), (TaskStatus::Completed, TaskPhase::Unspecified));
    let state = WorkerObservedState::ShuttingDown.into();
    service
        .fake
        .set_worker(Worker { observed: Some(WorkerObserved { state, ..Default::default() }), ..lab() });
    let refused = service.create(action_of(TaskVerb::Start), admin()).await.unwrap_err();
    assert_eq!(reason(&refused), Reason::IllegalAction.text());
    assert!(refused.message().ends_with("possible: terminate"), "{refused:?}");
}

#[tokio::test]
async fn a_request_that_is_only_checked_writes_nothing() {
    let service = Service::start().await;
    let request = CreateTaskRequest {
        task: Some(action_of(TaskVerb::Stop)),
        validate_only: true,
        ..CreateTaskRequest::default()
    };
    let answer = service.tasks.create(request, admin()).await.unwrap();
    assert_eq!(answer.task.unwrap().title, "Stop worker lab 1");
    assert!(claim(&service.tasks.store, LEASE).await.is_none());
}

#[tokio::test]
async fn a_repeated_create_returns_the_first_answer() {
    let service = Service::start().await;
    let create = || {
        let request = CreateTaskRequest {
            task: Some(action_of(TaskVerb::Stop)),
            request_id: "one".to_owned(),
            ..CreateTaskRequest::default()
        };
        service.tasks.create(request, admin())
    };
    let first = create().await.unwrap();
    let second = create().await.unwrap();
    assert!(!first.replayed && second.replayed && !second.existing);
    assert_eq!(first.task, second.task);
}

#[tokio::test]
async fn those_who_may_not_ask_for_an_action_neither_cancel_it_nor_delete_it_while_it_is_live() {
    let service = Service::start().await;
    let stop = Task { department: Some("network".to_owned()), ..action_of(TaskVerb::Stop) };
    let id = service.create(stop, admin()).await.unwrap().task.unwrap().id;
    let others = [ada(), caller("gateway", &[Role::Service], None), caller("root", &[], None)];
    for by in others.clone() {
        let refused = service.cancel(&id, by.clone()).await.unwrap_err();
        assert_eq!(reason(&refused.into()), "CHANGE_NOT_ALLOWED");
        let refused = service.delete(&id, by).await.unwrap_err();
        assert_eq!(reason(&refused), "ACTION_IS_LIVE");
    }
    service.cancel(&id, admin()).await.unwrap();
    for by in others {
        assert_eq!(reason(&service.retry(&id, "", "lab 1", by).await.unwrap_err()), "ROLE_REQUIRED");
    }
    service.delete(&id, ada()).await.unwrap();
}

#[tokio::test]
async fn an_action_is_cancelled_until_it_has_begun() {
    let service = Service::start().await;
    let task = service.created(TaskVerb::Stop).await;
    let cancelled = service.cancel(&task.id, admin()).await.unwrap();
    assert_eq!((cancelled.version, cancelled.revision), (1, 2));
    assert_eq!(service.cancel(&task.id, admin()).await.unwrap(), cancelled);
    service.created(TaskVerb::Stop).await;
    let live = claim(&service.tasks.store, LEASE).await.unwrap();
    apply(&service.tasks.store, &live).await.unwrap();
    let refused = Status::from(service.cancel(&live.task_id.to_string(), admin()).await.unwrap_err());
    assert_eq!(reason(&refused), "ACTION_IS_LIVE");
    assert!(refused.message().contains("start"), "{refused:?}");
}

#[tokio::test]
async fn a_task_of_a_person_is_cancelled_like_an_update_does() {
    let service = Service::start().await;
    let human = Task { title: "t".to_owned(), ..Task::default() };
    let task = service.create(human, caller("ada", &[], None)).await.unwrap().task.unwrap();
    let cancelled = service.cancel(&task.id, caller("ada", &[], None)).await.unwrap();
    assert_eq!((cancelled.version, cancelled.revision), (2, 2));
    let retried = service.retry(&task.id, "", "", admin()).await.unwrap_err();
    assert_eq!(reason(&retried), "ILLEGAL_STATUS");
}

#[tokio::test]
async fn a_retry_needs_the_role_the_confirmation_and_an_end() {
    let service = Service::start().await;
    let task = service.created(TaskVerb::Terminate).await;
    assert_eq!(reason(&service.retry(&task.id, "", "lab 1", admin()).await.unwrap_err()), "ILLEGAL_STATUS");
    service.cancel(&task.id, admin()).await.unwrap();
    let refused = service.retry(&task.id, "", "lab 1", caller("root", &[], None)).await.unwrap_err();
    assert_eq!(reason(&refused), "ROLE_REQUIRED");
    let unconfirmed = service.retry(&task.id, "", "", admin()).await.unwrap_err();
    assert_eq!(fields(&unconfirmed), ["confirm"]);
    let again = service.retry(&task.id, "r", "lab 1", admin()).await.unwrap();
    assert_eq!((again.status(), again.run.as_ref().unwrap().number), (TaskStatus::Pending, 2));
    assert_eq!(service.retry(&task.id, "r", "lab 1", admin()).await.unwrap(), again);
}

#[tokio::test]
async fn an_update_changes_what_people_write_and_neither_status_nor_worker() {
    let service = Service::start().await;
    let task = service.created(TaskVerb::Stop).await;
    let update = |path: &str, task: Task| {
        let paths = vec![path.to_owned()];
        let request = UpdateTaskRequest {
            task: Some(task),
            update_mask: Some(FieldMask { paths }),
            ..UpdateTaskRequest::default()
        };
        service.tasks.update(request, admin())
    };
    let with = |change: fn(&mut Task)| {
        let mut task = task.clone();
        change(&mut task);
        task
    };
    let raised = update("priority", with(|it| it.set_priority(TaskPriority::High))).await.unwrap();
    assert_eq!((raised.version, raised.action.as_ref().unwrap().seq), (2, 1));
    let status = update("status", with(|it| it.set_status(TaskStatus::Completed))).await.unwrap_err();
    assert_eq!(reason(&status.into()), "ILLEGAL_STATUS");
    let worker = update("worker_id", with(|it| it.worker_id = None)).await.unwrap_err();
    assert_eq!(fields(&worker.into()), ["task.worker_id"]);
}

#[tokio::test]
async fn a_task_with_a_live_action_cannot_be_deleted() {
    let service = Service::start().await;
    let task = service.created(TaskVerb::Stop).await;
    assert_eq!(reason(&service.delete(&task.id, admin()).await.unwrap_err()), "ACTION_IS_LIVE");
    service.cancel(&task.id, admin()).await.unwrap();
    service.delete(&task.id, admin()).await.unwrap();
}
