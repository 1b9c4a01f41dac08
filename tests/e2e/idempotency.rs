//! A create that is repeated with its key.

use serde_json::json;

use crate::harness::{Backend, Product};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_create_is_answered_with_the_first_ones_task() {
    let product = Product::start().await;
    let ada = product.user("ada").with("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324");
    let first = ada.post("/api/tasks", &json!({"title": "t"})).await;
    let again = ada.post("/api/tasks", &json!({"priority": null, "title": "t"})).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""), "{first:?}");
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"), "{again:?}");
    assert_eq!((again.header("location"), &again.json), (first.header("location"), &first.json));
    assert_eq!(again.header("etag"), first.header("etag"));
    let quoted = product.user("ada").with("idempotency-key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"");
    assert_eq!(quoted.post("/api/tasks", &json!({"title": "t"})).await.json, first.json);
    assert_eq!(ada.get("/api/tasks").await.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_request_is_refused_and_anothers_key_is_another() {
    let product = Product::start().await;
    let key = |subject| product.user(subject).with("idempotency-key", "k");
    assert_eq!(key("ada").post("/api/tasks", &json!({"title": "t"})).await.status, 201);
    let reused = key("ada").post("/api/tasks", &json!({"title": "u"})).await;
    assert_eq!(reused.status, 422, "{reused:?}");
    assert_eq!(reused.text("type"), "urn:cml-cloud-manager:problem:idempotency-key-reused");
    let others = key("bob").post("/api/tasks", &json!({"title": "u"})).await;
    assert_eq!((others.status.as_u16(), others.header("idempotency-replayed")), (201, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_leaves_its_key_free_and_a_bad_key_is_named_with_the_rest() {
    let product = Product::start().await;
    let ada = product.user("ada").with("idempotency-key", "k");
    assert_eq!(ada.post("/api/tasks", &json!({"title": ""})).await.status, 400);
    assert_eq!(ada.post("/api/tasks", &json!({"title": "t"})).await.status, 201);
    let bad = product.user("ada").with("idempotency-key", "a b");
    let refused = bad.post("/api/tasks", &json!({"title": ""})).await;
    let mut fields = refused.violations();
    fields.sort_unstable();
    assert_eq!((refused.status.as_u16(), fields), (400, vec!["Idempotency-Key", "title"]), "{refused:?}");
}

async fn ten_at_once_do_it_once(backend: Backend) {
    let product = Product::start_with(backend, &[]).await;
    let ada = product.user("ada").with("idempotency-key", "k");
    let creating = (0..10).map(|_| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.post("/api/tasks", &json!({"title": "t"})).await })
    });
    let answers: Vec<_> = creating.collect();
    let mut replayed = 0;
    let mut tasks = std::collections::BTreeSet::new();
    for answer in answers {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
        replayed += usize::from(answer.header("idempotency-replayed") == "true");
        tasks.insert(answer.text("id").to_owned());
    }
    assert_eq!((tasks.len(), replayed), (1, 9));
    assert_eq!(ada.get("/api/tasks").await.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_creates_in_flight_at_once_make_one_task_on_sqlite() {
    ten_at_once_do_it_once(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_creates_in_flight_at_once_make_one_task_on_postgresql() {
    ten_at_once_do_it_once(Backend::Postgres).await;
}
