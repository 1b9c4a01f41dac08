//! Services that work for people: believed from role `service` alone, and recorded.

use access::{Role, on_behalf_of::METADATA};
use proto::event::v1::event_service_client::EventServiceClient;
use proto::event::v1::{Event, ListEventsRequest};
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, GetTaskRequest, Task};
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{CreateWorkerRequest, Worker};
use serde_json::{Value, json};
use tonic::{Code, Request};
use tonic_types::StatusExt as _;

use crate::harness::{Product, Watcher, authorized, reason};

/// A subject that is no ASCII.
const PERSON: &str = "Zo%C3%AB@example.com";

fn new_task() -> CreateTaskRequest {
    let task = Task { title: "t".to_owned(), ..Task::default() };
    CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() }
}

fn for_person<T>(message: T, token: &str, person: &str) -> Request<T> {
    let mut request = authorized(message, token);
    request.metadata_mut().insert(METADATA, person.parse().unwrap());
    request
}

/// The events of a task or a worker, over gRPC.
pub(crate) async fn history(address: std::net::SocketAddr, token: &str, subject_id: &str) -> Vec<Event> {
    let message = ListEventsRequest { subject_id: subject_id.to_owned(), ..Default::default() };
    let mut events = EventServiceClient::new(Watcher::channel(address));
    events.list_events(authorized(message, token)).await.unwrap().into_inner().events
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_does_for_a_person_is_recorded_with_both() {
    let product = Product::start().await;
    let service = product.token("service:scheduler", &[Role::Service], None);
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let made = tasks.create_task(for_person(new_task(), &service, PERSON)).await.unwrap().into_inner();
    let task = made.task.unwrap();
    let events = history(product.tasks_address, &service, &task.id).await;
    assert_eq!(events[0].actor, "service:scheduler");
    assert_eq!(events[0].on_behalf_of.as_deref(), Some("Zoë@example.com"));
    let rest = product.admin().get(&format!("/api/tasks/{}/events", task.id)).await;
    assert_eq!(rest.json["items"][0]["on_behalf_of"], json!("Zoë@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_on_ones_own_is_recorded_without() {
    let product = Product::start().await;
    let service = product.token("service:scheduler", &[Role::Service], None);
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let made = tasks.create_task(authorized(new_task(), &service)).await.unwrap().into_inner();
    let events = history(product.tasks_address, &service, &made.task.unwrap().id).await;
    assert_eq!(events[0].on_behalf_of, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_works_for_a_person_on_workers_only_as_its_roles_allow() {
    let product = Product::start().await;
    let worker = Worker { name: "w".to_owned(), region: "eu-west-1".to_owned(), ..Worker::default() };
    let worker = Worker { instance_type: "m5.large".to_owned(), ..worker };
    let message = CreateWorkerRequest { worker: Some(worker), ..CreateWorkerRequest::default() };
    let mut workers = WorkerServiceClient::new(Watcher::channel(product.workers_address));
    let service = product.token("service:scheduler", &[Role::Service], None);
    let refused = workers.create_worker(for_person(message.clone(), &service, "admin")).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::PermissionDenied, "ROLE_REQUIRED"));
    let both = product.token("service:scheduler", &[Role::Service, Role::Admin], None);
    let made = workers.create_worker(for_person(message, &both, PERSON)).await.unwrap().into_inner();
    let events = history(product.workers_address, &both, &made.worker.unwrap().id).await;
    assert_eq!(events[0].on_behalf_of.as_deref(), Some("Zoë@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_a_service_works_for_another_not_even_an_admin() {
    let product = Product::start().await;
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    for roles in [&[Role::User][..], &[Role::Manager], &[Role::Admin]] {
        let token = product.token("eve", roles, None);
        let refused = tasks.create_task(for_person(new_task(), &token, "ada")).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{roles:?}");
        assert_eq!(reason(&refused), "ON_BEHALF_NOT_ALLOWED");
    }
    let list = product.admin().get("/api/tasks").await;
    assert_eq!(list.json["items"], json!([]), "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_that_is_none_is_a_violation_that_names_the_metadata() {
    let product = Product::start().await;
    let service = product.token("service:scheduler", &[Role::Service], None);
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let long = "a".repeat(256);
    for person in ["", "%FF", "%0A", &long] {
        let request = for_person(new_task(), &service, person);
        let refused = tasks.create_task(request).await.unwrap_err();
        let violations = refused.get_details_bad_request().unwrap().field_violations;
        assert_eq!(
            (refused.code(), violations[0].field.as_str()),
            (Code::InvalidArgument, METADATA),
            "{person}"
        );
    }
    let mut twice = for_person(new_task(), &service, "ada");
    twice.metadata_mut().append(METADATA, "bob".parse().unwrap());
    assert_eq!(tasks.create_task(twice).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_sees_every_task() {
    let product = Product::start().await;
    let task = product.user("ada").post("/api/tasks", &json!({"title": "of ada alone"})).await;
    let message = GetTaskRequest { id: task.text("id").to_owned() };
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let service = product.token("service:gateway", &[Role::Service], None);
    let seen = tasks.get_task(authorized(message.clone(), &service)).await.unwrap().into_inner();
    assert_eq!(seen.task.unwrap().title, "of ada alone");
    let other = product.token("eve", &[Role::User], None);
    assert_eq!(tasks.get_task(authorized(message, &other)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_rest_nobody_works_for_another() {
    let product = Product::start().await;
    let service = product.caller("service:scheduler", &[Role::Service], None).with(METADATA, "ada");
    let task = service.post("/api/tasks", &json!({"title": "t"})).await;
    assert_eq!(task.status, 201, "{task:?}");
    let history = service.get(&format!("{}/events", task.header("location"))).await;
    assert_eq!(history.json["items"][0]["on_behalf_of"], Value::Null);
}
