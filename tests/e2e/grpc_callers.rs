//! gRPC callers of other makes, which know the services by reflection (v1alpha) alone: grpcurl and Python's grpcio, from
//! the packages that tests/run installs.

use access::Role;
use serde_json::Value;
use telemetry::otlp::{Span, SpanKind};
use tokio::process::Command;

use crate::harness::{DEADLINE, Product, eventually};
use crate::readme::{console_blocks, expect_as_shown};

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/venv/bin/python");
const GRPCURL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/venv/bin/grpcurl");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/grpc/create_task.py");
const DOCUMENT: &str = include_str!("../../docs/grpc.md");

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Runs a client that creates a task; answers the task as it prints it.
async fn created(program: &str, arguments: &[&str]) -> Value {
    let running = Command::new(program).args(arguments).kill_on_drop(true).output();
    let output =
        tokio::time::timeout(DEADLINE, running).await.expect("it ends").expect("tests/run installs it");
    let (printed, complaint) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complaint}");
    serde_json::from_str::<Value>(&printed).expect("a task")["task"].clone()
}

/// The caller's trace goes on in task-service and its database.
async fn expect_continued(product: &Product) {
    let of_call = |it: &Span| it.kind == SpanKind::Server && it.name == "ccm.task.v1.TaskService/CreateTask";
    let spans = eventually("the call's spans", || async {
        let spans = product.collector.trace(TRACE);
        spans.iter().any(of_call).then_some(spans)
    })
    .await;
    let server = spans.iter().find(|it| of_call(it)).unwrap();
    assert_eq!((server.service.as_str(), server.parent_id.as_str()), ("task-service", PARENT));
    assert!(spans.iter().any(|it| it.parent_id == server.span_id && it.name == "INSERT tasks"), "{spans:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn grpcurl_creates_a_task_with_its_own_token_and_its_trace_continues() {
    let product = Product::start().await;
    let authorization = format!("authorization: Bearer {}", product.token("curly", &[Role::User], None));
    let traceparent = format!("traceparent: 00-{TRACE}-{PARENT}-01");
    let address = product.tasks_address.to_string();
    let task = r#"{"task": {"title": "by grpcurl"}}"#;
    let arguments = ["-plaintext", "-H", &authorization, "-H", &traceparent, "-d", task, &address];
    let method = ["ccm.task.v1.TaskService/CreateTask"];
    let created = created(GRPCURL, &[arguments.as_slice(), &method].concat()).await;
    assert_eq!((&created["title"], &created["createdBy"]), (&"by grpcurl".into(), &"curly".into()));
    expect_continued(&product).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pythons_grpcio_creates_a_task_with_its_own_token_and_its_trace_continues() {
    let product = Product::start().await;
    let token = product.token("monty", &[Role::User], None);
    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    let arguments = [SCRIPT, &product.tasks_address.to_string(), &token, &traceparent, "by grpcio"];
    let created = created(PYTHON, &arguments).await;
    assert_eq!((&created["title"], &created["created_by"]), (&"by grpcio".into(), &"monty".into()));
    expect_continued(&product).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_grpc_document_print_what_it_shows() {
    let shown = console_blocks(DOCUMENT);
    assert!(shown.iter().any(|it| it.command.contains("TaskService/CreateTask")), "a task is created");
    expect_as_shown(&shown).await;
}
