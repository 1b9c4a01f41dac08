//! Compares the OpenAPI document with the code and with docs/errors.md.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use proto::ContractEnum as _;
use proto::error::v1::Reason;
use proto::{task::v1 as task, worker::v1 as worker};
use tower::ServiceExt as _;

use super::*;
use crate::api::history::Change;
use crate::api::{tasks, workers};
use crate::input::{Fields, FromFields, PatchFields as _};
use crate::services::Services;

const ROUTER: &str = include_str!("../router.rs");
/// Reasons that only gRPC callers get.
const OF_GRPC_ALONE: [Reason; 8] = [
    Reason::HistoryGone,
    Reason::MessageTooLarge,
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
    let document = document();
    let members = &document["components"]["schemas"][schema]["properties"];
    set(members.as_object().unwrap_or_else(|| panic!("{schema}: {members}")).keys())
}

fn answered(resource: &impl serde::Serialize) -> BTreeSet<String> {
    set(serde_json::to_value(resource).unwrap().as_object().unwrap().keys())
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

#[tokio::test]
async fn the_document_has_the_operations_of_the_router() {
    let peer = |name| net::grpc::Peer::new(name, "http://127.0.0.1:9", None).unwrap();
    let services = Services::connect(&peer("task-service"), &peer("worker-service"));
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

#[test]
fn responses_have_the_members_of_their_schema() {
    assert_eq!(answered(&tasks::Task::from(task::Task::default())), members("Task"));
    assert_eq!(answered(&workers::Worker::from(worker::Worker::default())), members("Worker"));
    let event = Change::<tasks::Task>::from(proto::event::v1::Event::default());
    assert_eq!(answered(&event), members("TaskEvent"));
    let event = Change::<workers::Worker>::from(proto::event::v1::Event::default());
    assert_eq!(answered(&event), members("WorkerEvent"));
}

#[test]
fn request_bodies_may_have_the_members_of_their_schema_and_no_others() {
    let known = &members("Task") | &members("Worker");
    let taken = |takes: fn(&str) -> bool| set(known.iter().filter(|it| takes(it)));
    assert_eq!(taken(takes::<task::Task>), members("NewTask"));
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
    let all = document()["paths"].to_string();
    let elsewhere = [OF_GRPC_ALONE.as_slice(), &OF_NO_OPERATION].concat();
    for reason in Reason::values().filter(|it| !elsewhere.contains(it)) {
        let r#type = format!("\"{}\"", crate::error::problem_type(reason.text()));
        assert!(
            all.contains(&r#type),
            "{}: add it to an operation in description/operations.rs",
            reason.text()
        );
    }
}
