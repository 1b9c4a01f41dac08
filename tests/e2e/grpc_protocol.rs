//! What the specifications of gRPC, of its health service and of its reflection service ask of a server, over the wire.

use std::net::SocketAddr;

use access::Role;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, GetTaskRequest, Task, TaskStatus, UpdateTaskRequest};
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{GetWorkerRequest, UpdateWorkerRequest, Worker};
use serde_json::json;
use tonic::{Code, Request};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::{v1, v1alpha};
use tonic_types::StatusExt as _;

use crate::harness::{Product, Watcher, eventually};

const TASKS: &str = "ccm.task.v1.TaskService";
const WORKERS: &str = "ccm.worker.v1.WorkerService";

fn services(product: &Product) -> [(SocketAddr, &'static str); 2] {
    [(product.tasks_address, TASKS), (product.workers_address, WORKERS)]
}

fn with<T>(message: T, token: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn the_health_of_each_service_can_be_checked_and_watched() {
    let product = Product::start().await;
    for (address, service) in services(&product) {
        let mut client = HealthClient::new(Watcher::channel(address));
        let asked = |name: &str| HealthCheckRequest { service: name.to_owned() };
        for name in ["", service, "ccm.event.v1.EventService"] {
            eventually("it serves", async || {
                let health = client.clone().check(asked(name)).await.unwrap();
                (health.get_ref().status() == ServingStatus::Serving).then_some(())
            })
            .await;
            let mut watch = client.watch(asked(name)).await.unwrap().into_inner();
            assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving, "{name:?}");
        }
        assert_eq!(client.check(asked("nope")).await.unwrap_err().code(), Code::NotFound);
        let mut watch = client.watch(asked("nope")).await.unwrap().into_inner();
        assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::ServiceUnknown);
        // An end of the stream would have come before the answer to this later call.
        client.check(asked("")).await.unwrap();
        assert!(watch.message().now_or_never().is_none(), "the stream stays open");
    }
}

/// Asks the questions of a version of the reflection service on one stream, and returns what kind each answer is, and
/// the services that the first one lists.
macro_rules! reflect {
    ($version:ident, $address:expr, $service:expr) => {{
        use $version::server_reflection_request::MessageRequest;
        use $version::server_reflection_response::MessageResponse;
        let questions = [
            MessageRequest::ListServices(String::new()),
            MessageRequest::FileContainingSymbol("no.such.Name".to_owned()),
            MessageRequest::FileByFilename("no/such.proto".to_owned()),
            MessageRequest::FileContainingExtension($version::ExtensionRequest::default()),
            MessageRequest::FileContainingSymbol($service.to_owned()),
        ];
        let questions = questions
            .map(|it| $version::ServerReflectionRequest { host: "h".to_owned(), message_request: Some(it) });
        let mut client =
            $version::server_reflection_client::ServerReflectionClient::new(Watcher::channel($address));
        let mut answers =
            client.server_reflection_info(tokio_stream::iter(questions.clone())).await.unwrap().into_inner();
        let (mut services, mut kinds) = (Vec::new(), Vec::new());
        for question in questions {
            let answer = answers.message().await.unwrap().expect("an answer to each question");
            assert_eq!((answer.valid_host.as_str(), answer.original_request), ("h", Some(question)));
            kinds.push(match answer.message_response.unwrap() {
                MessageResponse::ListServicesResponse(list) => {
                    services = list.service.into_iter().map(|it| it.name).collect();
                    "services".to_owned()
                }
                MessageResponse::FileDescriptorResponse(found) => {
                    assert!(!found.file_descriptor_proto.is_empty());
                    "file".to_owned()
                }
                MessageResponse::ErrorResponse(error) => format!("error {}", error.error_code),
                other => format!("{other:?}"),
            });
        }
        assert!(answers.message().await.unwrap().is_none());
        (services, kinds)
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_describes_what_is_served_and_goes_on_after_a_miss() {
    let product = Product::start().await;
    for (address, service) in services(&product) {
        let both = [reflect!(v1, address, service), reflect!(v1alpha, address, service)];
        for (services, kinds) in both {
            assert_eq!(kinds, ["services", "error 5", "error 5", "error 5", "file"]);
            let ours: Vec<&str> =
                services.iter().map(String::as_str).filter(|it| it.starts_with("ccm.")).collect();
            let expected = [service, "ccm.event.v1.EventService"];
            assert_eq!(ours, expected, "what it serves, and nothing of another process");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_that_is_too_large_is_resource_exhausted() {
    let product = Product::start().await;
    let token = product.token("ada", &[Role::User], None);
    let asked = |padding: usize| {
        let mut request = with(GetTaskRequest::default(), &token);
        request.metadata_mut().insert("x-padding", "a".repeat(padding).parse().unwrap());
        request
    };
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    assert_eq!(tasks.get_task(asked(15_000)).await.unwrap_err().code(), Code::NotFound);
    let refused = tasks.get_task(asked(17_000)).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(refused.message().contains("more than the limit of 16 KiB"), "{}", refused.message());
    assert_eq!(refused.get_details_error_info().unwrap().reason, "METADATA_TOO_LARGE");
    // The connection, and with it every other call, goes on.
    assert_eq!(tasks.get_task(asked(10)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_no_grpc_call_gets_an_http_status() {
    let product = Product::start().await;
    let token = product.token("ada", &[Role::User], None);
    let http = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Full<Bytes>>();
    for path in [format!("{TASKS}/ListTasks"), "grpc.health.v1.Health/Check".to_owned()] {
        let send = async |method: &str, content_type: Option<&str>| {
            let request = http::Request::builder()
                .method(method)
                .uri(format!("http://{}/{path}", product.tasks_address))
                .header("te", "trailers")
                .header("authorization", format!("Bearer {token}"));
            let request =
                content_type.into_iter().fold(request, |it, value| it.header("content-type", value));
            let answer = http.request(request.body(Full::from(vec![0; 5])).unwrap()).await.unwrap();
            let header = |name: &str| answer.headers().get(name).map(|it| it.to_str().unwrap().to_owned());
            (answer.status().as_u16(), header("grpc-status"), header("allow"))
        };
        for known in ["application/grpc", "application/grpc+proto"] {
            assert_eq!(send("POST", Some(known)).await.0, 200, "{known} {path}");
        }
        for other in [Some("application/json"), Some("application/grpc-web+proto"), None] {
            assert_eq!(send("POST", other).await, (415, None, None), "{other:?} {path}");
        }
        let get = send("GET", Some("application/grpc")).await;
        assert_eq!(get, (405, None, Some("POST".to_owned())), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_mask_of_an_asterisk_replaces_the_resource() {
    let product = Product::start().await;
    let token = product.token("root", &[Role::Admin], None);
    let all = Some(proto::FieldMask { paths: vec!["*".to_owned()] });
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let task = Task { title: "t".to_owned(), description: "d".to_owned(), ..Task::default() };
    let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
    let created = tasks.create_task(with(request, &token)).await.unwrap().into_inner().task.unwrap();
    // Read, changed and sent back whole: output-only fields are ignored.
    let wanted = Task { title: "u".to_owned(), description: String::new(), ..created.clone() };
    let request = UpdateTaskRequest {
        task: Some(wanted),
        update_mask: all.clone(),
        etag: created.version.to_string(),
        ..UpdateTaskRequest::default()
    };
    let after = tasks.update_task(with(request, &token)).await.unwrap().into_inner().task.unwrap();
    assert_eq!((after.title.as_str(), after.description.as_str(), after.version), ("u", "", 2));
    assert_eq!((after.status, after.created_at), (TaskStatus::Pending.into(), created.created_at));

    let id = product.worker().await;
    let admin = product.admin();
    let tagged = admin.patch(&format!("/api/workers/{id}"), &json!({"tags": {"a": "1"}})).await;
    assert_eq!(tagged.status, 200, "{}", tagged.json);
    let mut workers = WorkerServiceClient::new(Watcher::channel(product.workers_address));
    let read = workers.get_worker(with(GetWorkerRequest { id: id.clone() }, &token)).await.unwrap();
    let name = read.into_inner().worker.unwrap().name;
    let wanted = Worker { id, name: name.clone(), ..Worker::default() };
    let request =
        UpdateWorkerRequest { worker: Some(wanted), update_mask: all, ..UpdateWorkerRequest::default() };
    let after = workers.update_worker(with(request, &token)).await.unwrap().into_inner().worker.unwrap();
    assert_eq!((after.name, after.tags.len()), (name, 0));
}
