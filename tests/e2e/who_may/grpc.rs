//! Over gRPC: the methods are those that reflection tells of.

use prost::Message as _;
use proto::event::v1::{ListEventsRequest, WatchEventsRequest};
use proto::task::v1::{
    CancelTaskRequest, CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ListTasksRequest,
    RetryTaskRequest, Task, UpdateTaskRequest,
};
use proto::worker::v1::{
    CreateWorkerRequest, DeleteWorkerRequest, ExplainWorkerRequest, GetOutcomesRequest, GetWorkerRequest,
    ImportWorkerRequest, ListWorkersRequest, RefreshWorkerRequest, SetDesiredStateRequest,
    UpdateWorkerRequest, Worker, WorkerDesiredState, WorkerGeneration,
};
use tonic::{Code, Status};

use super::Who::{self, Admin, Creator, Manager, Service};
use super::{EVERYBODY, REFRESHES, SEES};
use crate::harness::{Product, Watcher, call, methods};

/// A service, and what its events are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Tasks,
    Workers,
}

/// What a request is about; each has a subject of its own.
#[derive(Clone, Copy)]
enum Subject {
    Task,
    /// The task of an action that can be retried.
    CancelledAction,
    Worker,
    TerminatedWorker,
}

/// A method with a valid request, and who may call it.
struct Method {
    of: Of,
    subject: Subject,
    name: &'static str,
    /// By the subject's id.
    request: fn(String) -> Vec<u8>,
    allowed: &'static [Who],
    /// Those who may not are answered PERMISSION_DENIED; the others NOT_FOUND, for whom the subject does not exist.
    sees: &'static [Who],
}

const METHODS: [Method; 22] = [
    of_tasks("ccm.task.v1.TaskService/CreateTask", EVERYBODY, EVERYBODY, |_| {
        let task = Task { title: "t".to_owned(), ..Task::default() };
        CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() }.encode_to_vec()
    }),
    of_tasks("ccm.task.v1.TaskService/GetTask", SEES, SEES, |id| GetTaskRequest { id }.encode_to_vec()),
    of_tasks("ccm.task.v1.TaskService/ListTasks", EVERYBODY, EVERYBODY, |_| {
        ListTasksRequest::default().encode_to_vec()
    }),
    of_tasks("ccm.task.v1.TaskService/UpdateTask", &[Admin, Service, Manager], SEES, |id| {
        let task = Task { id, title: "another".to_owned(), ..Task::default() };
        UpdateTaskRequest { task: Some(task), ..UpdateTaskRequest::default() }.encode_to_vec()
    }),
    of_tasks("ccm.task.v1.TaskService/DeleteTask", &[Admin, Service, Manager, Creator], SEES, |id| {
        DeleteTaskRequest { id, etag: String::new() }.encode_to_vec()
    }),
    of_tasks("ccm.task.v1.TaskService/CancelTask", &[Admin, Service, Manager, Creator], SEES, |id| {
        CancelTaskRequest { id, etag: String::new() }.encode_to_vec()
    }),
    // An action is cancelled by those who may ask for it; this one is cancelled already.
    Method {
        subject: Subject::CancelledAction,
        ..of_tasks("ccm.task.v1.TaskService/CancelTask", &[Admin], &[Admin, Service, Manager], |id| {
            CancelTaskRequest { id, etag: String::new() }.encode_to_vec()
        })
    },
    Method {
        subject: Subject::CancelledAction,
        ..of_tasks("ccm.task.v1.TaskService/RetryTask", &[Admin], &[Admin, Service, Manager], |id| {
            RetryTaskRequest { id, ..RetryTaskRequest::default() }.encode_to_vec()
        })
    },
    of_tasks("ccm.event.v1.EventService/ListEvents", SEES, SEES, history),
    of_tasks("ccm.event.v1.EventService/WatchEvents", EVERYBODY, EVERYBODY, watch),
    of_workers("ccm.worker.v1.WorkerService/CreateWorker", &[Admin], |_| {
        CreateWorkerRequest { worker: Some(machine()), ..CreateWorkerRequest::default() }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/GetWorker", EVERYBODY, |id| {
        GetWorkerRequest { id }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/ListWorkers", EVERYBODY, |_| {
        ListWorkersRequest::default().encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/ImportWorker", &[Admin], |_| {
        let worker = Worker { instance_id: Some("i-sim-1".to_owned()), ..machine() };
        ImportWorkerRequest { worker: Some(worker), ..ImportWorkerRequest::default() }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/UpdateWorker", &[Admin], |id| {
        let worker = Worker { id, name: "lab 2".to_owned(), ..Worker::default() };
        UpdateWorkerRequest { worker: Some(worker), ..UpdateWorkerRequest::default() }.encode_to_vec()
    }),
    Method {
        subject: Subject::TerminatedWorker,
        ..of_workers("ccm.worker.v1.WorkerService/DeleteWorker", &[Admin], |id| {
            DeleteWorkerRequest { id, etag: String::new() }.encode_to_vec()
        })
    },
    of_workers("ccm.worker.v1.WorkerService/SetDesiredState", &[Admin, Service], |id| {
        let (state, request_id) = (WorkerDesiredState::Stopped.into(), "r".to_owned());
        SetDesiredStateRequest { id, state, action_seq: 1, request_id, reason: None }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/GetOutcomes", &[Admin, Service], |worker_id| {
        let generations = vec![WorkerGeneration { worker_id, generation: 1 }];
        GetOutcomesRequest { generations }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/RefreshWorker", REFRESHES, |id| {
        RefreshWorkerRequest { id }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/ExplainWorker", EVERYBODY, |id| {
        ExplainWorkerRequest { id }.encode_to_vec()
    }),
    of_workers("ccm.event.v1.EventService/ListEvents", EVERYBODY, history),
    of_workers("ccm.event.v1.EventService/WatchEvents", EVERYBODY, watch),
];

const fn of_tasks(
    name: &'static str,
    allowed: &'static [Who],
    sees: &'static [Who],
    request: fn(String) -> Vec<u8>,
) -> Method {
    Method { of: Of::Tasks, subject: Subject::Task, name, request, allowed, sees }
}

/// Everybody who is known sees workers.
const fn of_workers(name: &'static str, allowed: &'static [Who], request: fn(String) -> Vec<u8>) -> Method {
    Method { of: Of::Workers, subject: Subject::Worker, name, request, allowed, sees: EVERYBODY }
}

fn history(subject_id: String) -> Vec<u8> {
    ListEventsRequest { subject_id, ..ListEventsRequest::default() }.encode_to_vec()
}

fn watch(_: String) -> Vec<u8> {
    WatchEventsRequest::default().encode_to_vec()
}

fn machine() -> Worker {
    Worker {
        name: "lab 1".to_owned(),
        region: "us-east-1".to_owned(),
        instance_type: "m5.metal".to_owned(),
        ..Worker::default()
    }
}

impl Method {
    async fn call(&self, product: &Product, token: Option<&str>) -> Result<(), Status> {
        let address = match self.of {
            Of::Tasks => product.tasks_address,
            Of::Workers => product.workers_address,
        };
        let id = match self.subject {
            Subject::Task => super::task(product).await,
            Subject::CancelledAction => super::cancelled_action(product).await,
            Subject::Worker => product.worker().await,
            Subject::TerminatedWorker => product.terminated_worker().await,
        };
        call(&Watcher::channel(address), self.name, &(self.request)(id), token).await.map(drop)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_for_those_who_may_and_for_nobody_else() {
    let product = Product::start().await;
    for (of, address) in [(Of::Tasks, product.tasks_address), (Of::Workers, product.workers_address)] {
        let names = methods(address).await;
        assert!(names.len() > 5, "{names:?}");
        for name in names {
            let known: Vec<_> = METHODS.iter().filter(|it| it.of == of && it.name == name).collect();
            assert!(
                !known.is_empty(),
                "{name} of {of:?} is new: add it to METHODS, with a valid request and who may call it"
            );
            for (method, who) in known.into_iter().flat_map(|it| EVERYBODY.iter().map(move |who| (it, who))) {
                let answer = method.call(&product, Some(&who.token(&product))).await;
                let expected = match who {
                    it if method.allowed.contains(it) => Code::Ok,
                    it if method.sees.contains(it) => Code::PermissionDenied,
                    _ => Code::NotFound,
                };
                let code = answer.as_ref().map_or_else(Status::code, |()| Code::Ok);
                assert_eq!(code, expected, "{name} as {who:?}: {answer:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_method_is_for_those_who_are_not_known() {
    let product = Product::start().await;
    let expired = Admin.expired_token(&product);
    for method in &METHODS {
        for (what, token) in [("no token", None), ("an expired token", Some(expired.as_str()))] {
            let refused = method.call(&product, token).await.unwrap_err();
            assert_eq!(refused.code(), Code::Unauthenticated, "{} with {what}: {refused:?}", method.name);
        }
    }
}
