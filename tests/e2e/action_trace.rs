//! The trace of an action, from the click to the provider and back. The pictures are checked in, as those of `trace.rs`.

use std::collections::BTreeSet;

use access::Role;
use serde_json::{Value, json};
use storage::sqlx::{self, Connection as _, SqliteConnection};
use telemetry::otlp::Span;

use crate::harness::{Answer, Client, Product, eventually, picture};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OUTSIDE: &str = "00f067aa0ba902b7";

/// An admin who traces, too.
fn clicker(product: &Product) -> Client {
    product
        .caller("root", &[Role::Admin], None)
        .with("traceparent", &format!("00-{TRACE}-{OUTSIDE}-01"))
        .with("user-agent", "test")
}

async fn stop(product: &Product, worker: &str) -> Answer {
    let answer = clicker(product).post(&format!("/api/workers/{worker}/stop"), &json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-trace-id")), (202, TRACE), "{answer:?}");
    answer
}

async fn completed(product: &Product, stop: &Answer) -> Value {
    eventually("the task is completed", || async {
        let task = product.admin().get(stop.header("location")).await.json;
        (task["status"] == "completed").then_some(task)
    })
    .await
}

/// Only a span that says so covers waiting: every other one has ended when the machine, which takes two seconds to stop, is
/// seen to have stopped.
fn assert_nothing_is_open_while_it_waits(spans: &[Span]) {
    let seen = spans.iter().filter(|it| it.name == "reconcile").map(|it| it.start).max().unwrap();
    for span in spans {
        let is_open = span.start < seen && seen < span.end;
        assert!(span.name == "task.lifecycle" || !is_open, "is open while it waits: {span:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_one_trace_from_the_click_to_the_provider_and_back() {
    let mut product = Product::start().await;
    let worker = product.running_worker().await;
    let answer = stop(&product, &worker).await;
    let task = completed(&product, &answer).await;
    assert_eq!(
        (&task["run"]["trace_id"], &task["run"]["attempts"][0]["trace_id"]),
        (&json!(TRACE), &json!(TRACE))
    );
    product.stop().await;
    let spans = product.collector.trace(TRACE);
    let drawn = picture(&spans, Some(OUTSIDE)).replace(&worker, "…");
    let expected = include_str!("pictures/stop.txt");
    assert!(drawn == expected, "the trace is\n{drawn}\nand not\n{expected}");
    assert_nothing_is_open_while_it_waits(&spans);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_call_is_a_trace_of_its_own_with_a_link_to_the_click() {
    let mut product = Product::start().await;
    let worker = product.running_worker().await;
    // worker-service can be read and not be written to.
    let mut holder = SqliteConnection::connect(&product.worker_database.url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    let answer = stop(&product, &worker).await;
    let path = answer.header("location").to_owned();
    eventually("the first call has failed", || async {
        let task = product.admin().get(&path).await.json;
        (task["run"]["last_error"]["code"] == "UNAVAILABLE").then_some(())
    })
    .await;
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    holder.close().await.unwrap();
    let task = completed(&product, &answer).await;
    product.stop().await;
    let attempts = task["run"]["attempts"].as_array().unwrap();
    let codes: Vec<&Value> = attempts.iter().map(|it| &it["code"]).collect();
    assert_eq!(codes.last(), Some(&&json!("OK")), "{task}");
    assert!(codes.len() >= 2 && codes[..codes.len() - 1].iter().all(|it| *it == "UNAVAILABLE"), "{task}");
    assert_eq!(attempts[0]["trace_id"], TRACE);
    let clicks = product.collector.trace(TRACE);
    let ids: BTreeSet<&str> = clicks.iter().map(|it| it.span_id.as_str()).collect();
    for repeated in &attempts[1..] {
        let spans = product.collector.trace(repeated["trace_id"].as_str().unwrap());
        let root = spans.iter().find(|it| it.name == "task.execute").unwrap();
        assert_eq!(root.parent_id, "", "{root:?}");
        let [link] = root.links.as_slice() else { panic!("{root:?}") };
        assert!(link.trace_id == TRACE && ids.contains(link.span_id.as_str()), "{link:?}");
    }
    let last = attempts.last().unwrap()["trace_id"].as_str().unwrap();
    let number = format!("ccm.task.attempt={}", attempts.len());
    let drawn = picture(&product.collector.trace(last), None).replace(&number, "ccm.task.attempt=…");
    let expected = include_str!("pictures/stop_repeated.txt");
    assert!(drawn == expected, "the trace is\n{drawn}\nand not\n{expected}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_refuses_for_ever_is_in_the_trace_of_the_create_and_in_the_worker() {
    let mut product = Product::start().await;
    let tags = json!({"sim:refuse": "create"});
    let body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let created = clicker(&product).post("/api/workers", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let worker = product.worker_is(created.text("id"), "failed").await;
    assert_eq!(
        (&worker["outcome"]["result"], &worker["outcome"]["reason"]),
        (&json!("failed"), &json!("QUOTA_EXCEEDED"))
    );
    product.stop().await;
    let spans = product.collector.trace(TRACE);
    let call = spans.iter().find(|it| it.name == "simulated create").expect("the call of the provider");
    assert_eq!((call.failed(), call.description.as_str()), (true, "the call will never succeed"));
    assert_eq!(call.attributes["error.type"], "permanent");
    assert_eq!(call.attributes["ccm.error.reason"], "QUOTA_EXCEEDED");
}
