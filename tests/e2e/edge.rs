//! The edge: what becomes of the trace that a caller brings along.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use access::Role;
use proto::event::v1::Event;
use proto::task::v1::task_service_server::{TaskService, TaskServiceServer};
use proto::task::v1::{
    CancelTaskRequest, CancelTaskResponse, CreateTaskRequest, CreateTaskResponse, DeleteTaskRequest,
    DeleteTaskResponse, GetTaskRequest, GetTaskResponse, ListTasksRequest, ListTasksResponse,
    RetryTaskRequest, RetryTaskResponse, UpdateTaskRequest, UpdateTaskResponse,
};
use serde_json::json;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::harness::{Backend, Client, Product};
use crate::on_behalf_of::history;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OUTSIDE: &str = "00f067aa0ba902b7";

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{OUTSIDE}-{flags}")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_traceparents_a_malformed_one_and_one_of_another_name_begin_a_new_trace() {
    let product = Product::start().await;
    let (user, parent) = (product.user("ada"), traceparent("01"));
    let upper = parent.to_uppercase();
    let callers = [
        user.with("traceparent", &parent).with("traceparent", &parent),
        user.with("traceparent", &upper),
        user.with("traceparent", &parent[1..]),
        user.with("traceparent", &format!("{parent}-00")),
        user.with("traceparent", &parent.replace(TRACE, &"0".repeat(32))),
        user.with("trace-parent", &parent),
    ];
    for (number, caller) in callers.iter().enumerate() {
        let answer = caller.get("/api/tasks").await;
        assert_eq!(answer.status, 200);
        assert_ne!(answer.header("x-trace-id"), TRACE, "caller {number}");
    }
    assert_eq!(user.with("traceparent", &parent).get("/api/tasks").await.header("x-trace-id"), TRACE);
}

/// Creates a task with a worker; answers the event that this caused.
async fn created(product: &Product, caller: &Client) -> Event {
    let worker = product.worker().await;
    let task = caller.post("/api/tasks", &json!({"title": "t", "worker_id": worker})).await;
    assert_eq!(task.status, 201, "{task:?}");
    let token = product.token("admin", &[Role::Admin], None);
    history(product.tasks_address, &token, task.text("id")).await.remove(0)
}

/// The tracestates of the spans that `service` exported.
fn exported(product: &Product, service: &str) -> Vec<String> {
    let spans = product.collector.trace(TRACE).into_iter().filter(|it| it.service == service);
    let states: BTreeSet<String> = spans.map(|it| it.tracestate).collect();
    states.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_tracestate_goes_through_every_process_as_it_came() {
    let mut product = Product::start().await;
    let tenant = format!("{}@{}=2", "t".repeat(241), "v".repeat(14));
    let caller = product.user("ada").with("traceparent", &traceparent("01")).with("tracestate", "a=1");
    let caller = caller.with("tracestate", &format!("{tenant},foo@@bar=3")).with("tracestate", "c= 4");
    let event = created(&product, &caller).await;
    assert_eq!(event.tracestate, Some(format!("a=1,{tenant},foo@@bar=3,c= 4")));
    product.stop().await;
    for service in ["gateway", "task-service", "worker-service"] {
        assert_eq!(exported(&product, service), ["a=1,c= 4"], "the SDK's type refuses the other keys");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_tracestate_that_is_too_long_whole_members_are_left_out_the_last_long_ones_first() {
    let mut product = Product::start().await;
    let long = |key: &str, length: usize| format!("{key}={}", "x".repeat(length));
    let (big, second, third) = (long("big", 250), long("second", 200), long("third", 90));
    let caller = product.user("ada").with("traceparent", &traceparent("01"));
    let caller = caller.with("tracestate", &format!("{big},{second},small=1,{third}"));
    let kept = format!("{big},small=1,{third}");
    assert_eq!(created(&product, &caller).await.tracestate.as_ref(), Some(&kept));
    product.stop().await;
    for service in ["gateway", "task-service", "worker-service"] {
        assert_eq!(exported(&product, service), [kept.as_str()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_tracestate_goes_no_further_and_the_trace_does() {
    let product = Product::start().await;
    let members: Vec<String> = (0..33).map(|it| format!("k{it}=v")).collect();
    for invalid in ["empty=,a=1", "UPPER=1,a=1", "@a=1,b=1", "a=b=c", &members.join(",")] {
        let caller = product.user("ada").with("traceparent", &traceparent("01")).with("tracestate", invalid);
        let event = created(&product, &caller).await;
        assert!(event.traceparent().contains(TRACE), "{invalid}");
        assert_eq!(event.tracestate, None, "{invalid}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_random_flag_of_a_caller_is_kept_and_our_own_trace_ids_have_it() {
    for (ratio, unset, set) in [("0", "-00", "-02"), ("1", "-01", "-03")] {
        let product = Product::start_with(Backend::Sqlite, &[("CCM_TRACE_RATIO", ratio)]).await;
        let user = product.user("ada");
        let of_caller = |flags| user.with("traceparent", &traceparent(flags));
        let callers = [
            (user.clone(), set),
            (of_caller("00"), unset),
            (of_caller("01"), unset),
            (of_caller("02"), set),
            (of_caller("03"), set),
            (of_caller("fd"), unset),
        ];
        for (caller, expected) in callers {
            let answer = caller.get("/api/tasks").await;
            assert!(answer.header("traceresponse").ends_with(expected), "{expected}: {answer:?}");
            let event = created(&product, &caller).await;
            assert!(event.traceparent().ends_with(expected), "{expected}: {event:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_samples_by_its_own_ratio_and_the_services_obey() {
    for (ratio, flags, kept) in [("0", "03", false), ("1", "02", true)] {
        let mut product = Product::start_with(Backend::Sqlite, &[("CCM_TRACE_RATIO", ratio)]).await;
        let caller = product.user("ada").with("traceparent", &traceparent(flags));
        let answer = caller.post("/api/tasks", &json!({"title": "t"})).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-trace-id")), (201, TRACE));
        assert!(answer.header("traceresponse").ends_with(if kept { "-03" } else { "-02" }), "{answer:?}");
        product.stop().await;
        let spans = product.collector.trace(TRACE);
        assert_eq!(spans.len(), if kept { 8 } else { 0 }, "ratio {ratio}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explicit_sampler_obeys_the_caller_as_the_specification_says() {
    let settings = [("OTEL_TRACES_SAMPLER", "parentbased_always_on"), ("CCM_TRACE_RATIO", "0")];
    let mut product = Product::start_with(Backend::Sqlite, &settings).await;
    let user = product.user("ada");
    user.with("traceparent", &traceparent("00")).get("/api/tasks").await;
    let fresh = user.get("/api/tasks").await;
    product.stop().await;
    assert!(product.collector.trace(TRACE).is_empty());
    assert_eq!(product.collector.trace(fresh.header("x-trace-id")).len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_edge_begins_a_trace_of_its_own_that_leads_back_to_the_callers() {
    let mut product = Product::start_with(Backend::Sqlite, &[("CCM_TRACE_EDGE", "link")]).await;
    let caller = product.user("ada").with("traceparent", &traceparent("01"));
    let answer = caller.get("/api/tasks").await;
    let id = answer.header("x-trace-id");
    assert_ne!(id, TRACE);
    assert!(answer.header("traceresponse").ends_with("-03"), "the new trace id is random: {answer:?}");
    product.stop().await;
    let spans = product.collector.trace(id);
    let root = spans.iter().find(|it| it.parent_id.is_empty()).expect("a root");
    assert_eq!((root.name.as_str(), spans.len()), ("GET /api/tasks", 5));
    let linked: Vec<(&str, &str)> =
        root.links.iter().map(|it| (it.trace_id.as_str(), it.span_id.as_str())).collect();
    assert_eq!(linked, [(TRACE, OUTSIDE)]);
    assert!(product.collector.trace(TRACE).is_empty());
}

/// A task-service that remembers the metadata it gets.
#[derive(Clone, Default)]
struct Metadata(Arc<Mutex<Vec<BTreeMap<String, String>>>>);

#[tonic::async_trait]
impl TaskService for Metadata {
    async fn create_task(
        &self,
        _: Request<CreateTaskRequest>,
    ) -> Result<Response<CreateTaskResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn get_task(&self, _: Request<GetTaskRequest>) -> Result<Response<GetTaskResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn list_tasks(
        &self,
        request: Request<ListTasksRequest>,
    ) -> Result<Response<ListTasksResponse>, Status> {
        let headers = request.metadata().clone().into_headers();
        let text = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        self.0.lock().unwrap().push(text.collect());
        Ok(Response::new(ListTasksResponse::default()))
    }

    async fn update_task(
        &self,
        _: Request<UpdateTaskRequest>,
    ) -> Result<Response<UpdateTaskResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn delete_task(
        &self,
        _: Request<DeleteTaskRequest>,
    ) -> Result<Response<DeleteTaskResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn cancel_task(
        &self,
        _: Request<CancelTaskRequest>,
    ) -> Result<Response<CancelTaskResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn retry_task(&self, _: Request<RetryTaskRequest>) -> Result<Response<RetryTaskResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

/// The metadata of the call that the gateway makes for a caller with these headers.
async fn sent_on(
    settings: &[(&str, &str)],
    headers: &[(&str, &str)],
    known: bool,
) -> Option<BTreeMap<String, String>> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let metadata = Metadata::default();
    let server = tonic::transport::Server::builder().add_service(TaskServiceServer::new(metadata.clone()));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let settings = [settings, &[("CCM_TASK_SERVICE", address.as_str())]].concat();
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let caller = if known { product.user("ada") } else { product.anonymous() };
    let caller = headers.iter().fold(caller, |it, (name, value)| it.with(name, value));
    caller.get("/api/tasks").await;
    metadata.0.lock().unwrap().pop()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_baggage_that_is_allowed_and_short_is_passed_on() {
    let long = format!("big={}", "b".repeat(300));
    let headers = [("baggage", "tenant=lab,secret=s"), ("baggage", long.as_str())];
    let allowed = [("CCM_BAGGAGE_KEYS", "tenant,big")];
    let sent = sent_on(&allowed, &headers, true).await.unwrap();
    assert_eq!(sent["baggage"], "tenant=lab");
    let sent = sent_on(&[], &headers, true).await.unwrap();
    assert!(!sent.contains_key("baggage"), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn propagators_decide_what_is_passed_on() {
    let headers = [("traceparent", traceparent("01")), ("baggage", "tenant=lab".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|it| (it.0, it.1.as_str())).collect();
    let with = async |propagators: &str| {
        let settings = [("CCM_BAGGAGE_KEYS", "tenant"), ("OTEL_PROPAGATORS", propagators)];
        let sent = sent_on(&settings, &headers, true).await.unwrap();
        (sent.contains_key("traceparent"), sent.contains_key("baggage"))
    };
    assert_eq!(with("tracecontext,baggage").await, (true, true));
    assert_eq!(with("tracecontext").await, (true, false));
    assert_eq!(with("baggage").await, (false, true));
    assert_eq!(with("none").await, (false, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_sdk_passes_the_callers_trace_on_as_it_came() {
    for (flags, state) in [("01", "a=1"), ("02", "foo@@bar=1,a= 2")] {
        let parent = traceparent(flags);
        let headers = [("traceparent", parent.as_str()), ("tracestate", state)];
        let sent = sent_on(&[("OTEL_SDK_DISABLED", "true")], &headers, true).await.unwrap();
        assert_eq!((sent["traceparent"].as_str(), sent["tracestate"].as_str()), (parent.as_str(), state));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metadata_of_a_call_has_the_flags_and_no_empty_tracestate() {
    for (flags, expected) in [(None, "-03"), (Some("01"), "-01"), (Some("02"), "-03")] {
        let parent = flags.map(traceparent);
        let headers: Vec<(&str, &str)> =
            parent.iter().flat_map(|it| [("traceparent", it.as_str()), ("tracestate", "")]).collect();
        let sent = sent_on(&[], &headers, true).await.unwrap();
        assert!(sent["traceparent"].ends_with(expected), "{flags:?}: {sent:?}");
        assert!(!sent.contains_key("tracestate"), "{sent:?}");
    }
}
