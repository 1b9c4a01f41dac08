//! Over gRPC: the methods are those that reflection tells of.

use prost::Message as _;
use proto::event::v1::{ListEventsRequest, WatchEventsRequest};
use proto::task::v1::{
    CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, ListTasksRequest, Task, UpdateTaskRequest,
};
use proto::worker::v1::{
    CreateWorkerRequest, DeleteWorkerRequest, GetWorkerRequest, ImportWorkerRequest, ListWorkersRequest,
    UpdateWorkerRequest, Worker,
};
use tonic::{Code, Status};

use super::Who::{self, Admin, Creator, Manager, Service};
use super::{EVERYBODY, SEES};
use crate::harness::{Product, Watcher, call, methods};

/// A service, and what its events are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Tasks,
    Workers,
}

/// A method with a valid request about a subject of its own, and who may call it.
struct Method {
    of: Of,
    name: &'static str,
    /// By the subject's id.
    request: fn(String) -> Vec<u8>,
    allowed: &'static [Who],
    /// Those who may not are answered PERMISSION_DENIED; the others NOT_FOUND, for whom the subject does not exist.
    sees: &'static [Who],
}

const METHODS: [Method; 15] = [
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
        let worker = Worker { instance_id: Some("i-1".to_owned()), ..machine() };
        ImportWorkerRequest { worker: Some(worker), ..ImportWorkerRequest::default() }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/UpdateWorker", &[Admin], |id| {
        let worker = Worker { id, name: "lab 2".to_owned(), ..Worker::default() };
        UpdateWorkerRequest { worker: Some(worker), ..UpdateWorkerRequest::default() }.encode_to_vec()
    }),
    of_workers("ccm.worker.v1.WorkerService/DeleteWorker", &[Admin], |id| {
        DeleteWorkerRequest { id, etag: String::new() }.encode_to_vec()
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
    Method { of: Of::Tasks, name, request, allowed, sees }
}

/// Everybody who is known sees workers.
const fn of_workers(name: &'static str, allowed: &'static [Who], request: fn(String) -> Vec<u8>) -> Method {
    Method { of: Of::Workers, name, request, allowed, sees: EVERYBODY }
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
        let (address, id) = match self.of {
            Of::Tasks => (product.tasks_address, super::task(product).await),
            Of::Workers => (product.workers_address, product.worker().await),
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
            let method = METHODS.iter().find(|it| it.of == of && it.name == name);
            let method = method.unwrap_or_else(|| {
                panic!("{name} of {of:?} is new: add it to METHODS, with a valid request and who may call it")
            });
            for who in EVERYBODY {
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
