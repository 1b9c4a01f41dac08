//! Compares the OpenAPI document with the code and with docs/errors.md.

mod shape;
mod sizes;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use platform::shutdown::Shutdown;
use proto::ContractEnum as _;
use proto::error::v1::Reason;
use proto::{task::v1 as task, worker::v1 as worker};
use tower::ServiceExt as _;

use super::*;
use crate::api::history::Change;
use crate::api::session::code::SignInCode;
use crate::api::{page, sign_in, tasks, workers};
use crate::input::{Fields, FromFields, PatchFields as _};
use crate::services::Services;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
const ROUTER: &str = include_str!("../router.rs");
/// Reasons that only gRPC callers get.
const OF_GRPC_ALONE: [Reason; 10] = [
    Reason::ActionSuperseded,
    Reason::HistoryGone,
    Reason::MessageTooLarge,
    Reason::MetadataTooLarge,
    Reason::OnBehalfNotAllowed,
    Reason::ReaderTooSlow,
    Reason::StreamEnded,
    Reason::TooManySnapshots,
    Reason::TooManyWatchers,
    Reason::UnreadableMessage,
];
/// Reasons of requests that match no operation.
const OF_NO_OPERATION: [Reason; 1] = [Reason::MethodNotAllowed];

fn set<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    all.into_iter().map(|it| it.as_ref().to_owned()).collect()
}

fn members(schema: &str) -> BTreeSet<String> {
    let members = &DOCUMENT["components"]["schemas"][schema]["properties"];
    set(members.as_object().unwrap_or_else(|| panic!("{schema}: {members}")).keys())
}

/// Whether a request body may have the member: one that is not taken is a violation.
fn takes<T: FromFields>(name: &str) -> bool {
    let mut fields: Fields = serde_json::from_value(json!({name: null})).unwrap();
    drop(T::from_fields(&mut fields));
    fields.finish().is_empty()
}

#[test]
fn the_checked_in_document_is_current() {
    let checked_in = include_str!("../../openapi.json");
    assert!(checked_in == text(), "cargo run -q -p gateway --example openapi > gateway/openapi.json");
}

#[test]
fn the_checked_in_description_of_the_stream_is_current() {
    let checked_in = include_str!("../../asyncapi.json");
    let command = "cargo run -q -p gateway --example asyncapi > gateway/asyncapi.json";
    assert!(checked_in == asyncapi::text(), "{command}");
}

#[test]
fn the_served_document_differs_by_its_server_alone() {
    let mut served: Value = serde_json::from_str(&text_of("https://lab.example")).unwrap();
    assert_eq!(served["servers"][0]["url"], "https://lab.example");
    served["servers"][0]["url"] = json!(SERVER);
    assert!(served == *DOCUMENT);
}

#[tokio::test]
async fn the_document_has_the_operations_of_the_router() {
    let peer = |name| net::grpc::Peer::new(name, "http://127.0.0.1:9", None).unwrap();
    let services =
        Services::connect(&peer("task-service"), &peer("worker-service"), "0.0.0", Shutdown::new());
    let router = crate::router::routes().with_state(services);
    let paths = ROUTER.split(".route(\"").skip(1).map(|it| it.split('"').next().unwrap());
    let mut taken = BTreeSet::new();
    for path in paths {
        let request = Request::builder().method(Method::TRACE).uri(path.replace("{id}", "x"));
        let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let methods = answer.headers()["allow"].to_str().unwrap().split(',').filter(|it| *it != "HEAD");
        taken.extend(methods.map(|it| format!("{it} {path}")));
    }
    let described = operations().into_iter().map(|it| format!("{} {}", it.method, it.path));
    assert_eq!(set(described), taken, "the description on the left, the router on the right");
}

#[tokio::test]
async fn every_event_of_the_stream_has_the_members_of_its_schema() {
    let described = events::all();
    let samples = crate::stream::samples::samples().await;
    for (name, block) in &samples {
        let of = described.iter().find(|it| it.types.contains(&name.as_str())).expect(name);
        let data = block.lines().find_map(|it| it.strip_prefix("data: ")).expect(name);
        assert_described(name, &serde_json::from_str(data).unwrap(), &schema(of.schema));
    }
    // Workers are visible to everyone, so none is removed.
    let names = described.iter().flat_map(|it| it.types).filter(|it| **it != "worker.removed");
    assert_eq!(set(names), set(samples.iter().map(|it| &it.0)));
}

/// Compares the members of an answer, those of nested objects included, with its schema.
fn assert_described(what: &str, answer: &Value, schema: &Value) {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        return assert_described(what, answer, DOCUMENT.pointer(pointer).expect(name));
    }
    if let Some(first) = schema["anyOf"].get(0) {
        return assert_described(what, answer, first);
    }
    match answer {
        // Tags and the like have any members.
        Value::Object(members) if schema["additionalProperties"].is_null() => {
            let described = schema["properties"].as_object().unwrap_or_else(|| panic!("{what}: {schema}"));
            let (members_of, described_of) = (set(members.keys()), set(described.keys()));
            // The previous values have the members that a change has changed, and no other schema has none that are required.
            let is_whole = schema["required"].is_array();
            assert!(members_of == described_of || !is_whole && members_of.is_subset(&described_of), "{what}");
            for (name, member) in members {
                assert_described(&format!("{what}.{name}"), member, &described[name]);
            }
        }
        Value::Array(items) => items.iter().for_each(|it| assert_described(what, it, &schema["items"])),
        _ => {}
    }
}

fn assert_answers(name: &str, answer: &impl serde::Serialize) {
    assert_described(name, &serde_json::to_value(answer).unwrap(), &schema(name));
}

#[test]
fn responses_have_the_members_of_their_schema() {
    let run = task::TaskRun {
        last_error: Some(task::TaskError::default()),
        attempts: vec![task::TaskAttempt::default()],
        ..task::TaskRun::default()
    };
    let action = Some(task::TaskAction::default());
    let task = task::Task { action, run: Some(run), ..task::Task::default() };
    assert_answers("Task", &tasks::Task::from(task));
    let outcome = Some(worker::WorkerOutcome::default());
    let worker = worker::Worker { outcome, ..worker::Worker::default() };
    assert_answers("Worker", &workers::Worker::from(worker));
    let event = Change::<tasks::Task>::from(proto::event::v1::Event::default());
    assert_answers("TaskEvent", &event);
    let event = Change::<workers::Worker>::from(proto::event::v1::Event::default());
    assert_answers("WorkerEvent", &event);
    let explanation = worker::ExplainWorkerResponse {
        conditions: vec![worker::WorkerCondition::default()],
        attempts: vec![worker::ProviderAttempt::default()],
        usual_duration: Some(worker::UsualDuration::default()),
        ..worker::ExplainWorkerResponse::default()
    };
    let endpoints = access::LoginEndpoints {
        authorization: "https://id.example/authorize".parse().unwrap(),
        token: "https://id.example/token".parse().unwrap(),
        end_session: None,
        has_fragment_mode: true,
        names_itself: true,
    };
    let login = access::IssuerLogin {
        issuer: "https://id.example".to_owned(),
        is_reachable: true,
        endpoints: Some(endpoints.into()),
    };
    let client = crate::PageClient { id: "page".to_owned(), scope: "openid".to_owned() };
    assert_answers("SignIn", &sign_in::SignIn::of(Some(login), Some(&client), false));
    assert_answers("Explanation", &workers::explain::Explanation::from(explanation));
}

#[test]
fn no_member_of_a_task_shows_the_confirmation_of_its_action() {
    let action = task::TaskAction { confirm: "lab 1".to_owned(), ..task::TaskAction::default() };
    let task = task::Task { action: Some(action), ..task::Task::default() };
    let shown = serde_json::to_string(&tasks::Task::from(task)).unwrap();
    assert!(!shown.contains("lab 1"), "{shown}");
}

#[test]
fn request_bodies_may_have_the_members_of_their_schema_and_no_others() {
    let known =
        &(&members("Task") | &members("Worker")) | &(&members("Termination") | &members("PageReport"));
    let taken = |takes: fn(&str) -> bool| set(known.iter().filter(|it| takes(it)));
    assert_eq!(taken(takes::<task::Task>), members("NewTask"));
    assert_eq!(taken(takes::<workers::actions::Asked>), members("Asked"));
    assert_eq!(taken(takes::<workers::actions::Asked>), members("Termination"));
    assert_eq!(taken(takes::<page::Report>), members("PageReport"));
    assert!(members("SignInCode").iter().all(|it| takes::<SignInCode>(it)));
    assert_eq!(taken(takes::<tasks::Retry>), members("Retry"));
    assert_eq!(taken(takes::<worker::Worker>), members("NewWorker"));
    assert_eq!(taken(takes::<workers::ExistingWorker>), members("ExistingWorker"));
    assert_eq!(set(tasks::TaskPatch::WRITABLE), members("TaskPatch"));
    assert_eq!(taken(takes::<tasks::TaskPatch>), members("TaskPatch"));
    assert_eq!(taken(takes::<workers::WorkerPatch>), members("WorkerPatch"));
    let changed = [workers::WorkerPatch::WRITABLE, workers::WorkerPatch::OBJECTS].concat();
    assert_eq!(set(changed), members("WorkerPatch"));
}

#[test]
fn every_reason_that_rest_answers_is_one_of_an_operation() {
    let all = DOCUMENT["paths"].to_string();
    let examples = &DOCUMENT["components"]["examples"];
    let elsewhere = [OF_GRPC_ALONE.as_slice(), &OF_NO_OPERATION].concat();
    for reason in Reason::values().filter(|it| !elsewhere.contains(it)) {
        let (name, reference) = (reason.text(), component("examples", reason.text()));
        assert!(
            all.contains(&reference.to_string()),
            "{name}: add it to an operation in description/operations.rs, and an example of it to problems/examples.rs"
        );
        let problem = &examples[name]["value"];
        assert_eq!(problem["type"], crate::error::problem_type(name));
        let required = DOCUMENT["components"]["schemas"]["Problem"]["required"].as_array().unwrap();
        let required = required.iter().filter_map(Value::as_str);
        assert_eq!(set(problem.as_object().unwrap().keys()), set(required), "{name}");
    }
    let described = Reason::values().filter(|it| !elsewhere.contains(it)).map(Reason::text);
    assert_eq!(set(examples.as_object().unwrap().keys()), set(described));
}
