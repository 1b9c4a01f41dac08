//! One request, one trace: every service boundary, every database, the caller's own trace before it.
//!
//! The pictures beside this file are what an operator sees. They change only in a commit that says why.

use access::Role;
use serde_json::json;

use crate::harness::{Answer, Product, eventually, picture};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OUTSIDE: &str = "00f067aa0ba902b7";
const TRACESTATE: &str = "vendor=abc,other=1";

/// Sends a create as a caller who traces too.
async fn traced_create(product: &Product, worker_id: &str) -> Answer {
    let caller = product
        .user("ada")
        .with("traceparent", &format!("00-{TRACE}-{OUTSIDE}-01"))
        .with("tracestate", TRACESTATE)
        .with("user-agent", "test");
    caller.post("/api/tasks", &json!({"title": "Test Task", "worker_id": worker_id})).await
}

fn expect_picture(product: &Product, expected: &str) {
    let spans = product.collector.trace(TRACE);
    let drawn = picture(&spans, Some(OUTSIDE));
    assert!(drawn == expected, "the trace is\n{drawn}\nand not\n{expected}");
    for span in &spans {
        assert_eq!(span.tracestate, TRACESTATE, "{}", span.name);
        assert_eq!(span.resource["service.namespace"], "cml-cloud-manager");
        assert!(span.end >= span.start, "{}", span.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_with_a_worker_is_one_trace_through_three_services_and_two_databases() {
    let mut product = Product::start().await;
    let worker = product.worker().await;
    let answer = traced_create(&product, &worker).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    product.stop().await;
    expect_picture(&product, include_str!("pictures/create_task_with_worker.txt"));
    for span in product.collector.trace(TRACE) {
        let about = |attribute: &str| span.attributes.get(attribute).map(ToString::to_string);
        assert!(about("ccm.task.id").is_none_or(|it| it == answer.text("id")), "{span:?}");
        assert!(about("ccm.worker.id").is_none_or(|it| it == worker), "{span:?}");
        assert_eq!(span.scope.schema_url, "https://opentelemetry.io/schemas/1.45.0");
        assert_eq!(
            (&*span.scope.name, &*span.scope.version),
            ("cml-cloud-manager", env!("CARGO_PKG_VERSION"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_fails_shows_where_it_failed() {
    let mut product = Product::start().await;
    product.workers.kill().await;
    // Until then it might send the call on the connection that has ended, and send it again.
    let noticed = |it: &str| it.contains("a replica is unreachable").then_some(());
    product.tasks.printed("task-service has noticed it", noticed).await;
    let answer = traced_create(&product, "01a20297-f0d9-71df-bc9a-03b3823c2980").await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(product.gateway.stop().await.success() && product.tasks.stop().await.success());
    expect_picture(&product, include_str!("pictures/create_task_worker_service_down.txt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_found_is_no_error_of_the_server() {
    let mut product = Product::start().await;
    let caller = product
        .user("ada")
        .with("traceparent", &format!("00-{TRACE}-{OUTSIDE}-01"))
        .with("user-agent", "test");
    assert_eq!(caller.get("/api/tasks/01a20297-f0d9-71df-bc9a-03b3823c2980").await.status, 404);
    product.stop().await;
    let drawn = picture(&product.collector.trace(TRACE), Some(OUTSIDE));
    let expected = include_str!("pictures/get_task_not_found.txt");
    assert!(drawn == expected, "the trace is\n{drawn}\nand not\n{expected}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_names_its_trace() {
    let product = Product::start().await;
    let (user, nobody) = (product.user("ada"), product.anonymous());
    let answers = [
        user.get("/api/tasks").await,
        user.get("/api/tasks/nothing").await,
        user.post("/api/tasks", &json!({})).await,
        user.get("/nowhere").await,
        nobody.get("/api/tasks").await,
    ];
    for answer in answers {
        let id = answer.header("x-trace-id");
        assert_eq!(id.len(), 32, "{answer:?}");
        assert!(answer.header("traceresponse").starts_with(&format!("00-{id}-")), "{answer:?}");
        if answer.status.as_u16() >= 400 {
            assert_eq!(answer.text("trace_id"), id, "{answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_trace_is_not_continued() {
    let product = Product::start().await;
    let traceparent = format!("00-{TRACE}-{OUTSIDE}-01");
    let stranger = product.anonymous().with("traceparent", &traceparent).get("/api/tasks").await;
    assert_eq!(stranger.status, 401);
    assert_ne!(stranger.header("x-trace-id"), TRACE);
    let known = product.user("ada").with("traceparent", &traceparent).get("/api/tasks").await;
    assert_eq!(known.header("x-trace-id"), TRACE);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_lines_of_a_request_name_its_trace_in_every_service() {
    let product = Product::start().await;
    let worker = product.worker().await;
    traced_create(&product, &worker).await;
    for (process, message) in
        [(&product.gateway, "request"), (&product.tasks, "call"), (&product.workers, "call")]
    {
        let line = eventually("the request's log line", || {
            let lines = process.lines().logged();
            async move { lines.into_iter().find(|it| it["message"] == message && it["trace_id"] == TRACE) }
        })
        .await;
        assert_eq!(line["span_id"].as_str().unwrap().len(), 16, "{line}");
        assert_eq!(line["level"], "INFO");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tokens_text_is_in_no_span_and_no_log_line() {
    let mut product = Product::start().await;
    let token = product.token("ada", &[Role::Admin], None);
    let signature = token.rsplit('.').next().unwrap().to_owned();
    let title = "a title that nobody needs in a trace";
    let caller = crate::harness::Client::new(&format!("http://{}", product.gateway_address), Some(&token));
    assert_eq!(caller.post("/api/tasks", &json!({"title": title})).await.status, 201);
    assert_eq!(caller.get(&format!("/nowhere?access_token={signature}")).await.status, 404);
    product.stop().await;
    let mut told = format!("{:?}", product.collector.spans());
    for process in [&product.gateway, &product.tasks, &product.workers] {
        told.push_str(&process.lines().all().join("\n"));
    }
    assert!(told.contains("CreateTask") && !told.contains(&signature) && !told.contains(title));
}
