//! Actions on workers, as a person meets them: start, stop and terminate, what becomes of their tasks, and who is refused.

mod explain;
mod refusals;
mod tasks;

use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Client, Product, eventually};

/// Waits until the run of a task has ended, and answers the task.
pub(crate) async fn ended(client: &Client, location: &str) -> Value {
    eventually("the action ends", || async {
        let task = client.get(location).await.json;
        (!task["run"]["ended_at"].is_null()).then_some(task)
    })
    .await
}

/// Creates a worker with these tags, which tell the simulated provider how slow its machine is, and answers its path.
async fn worker_with(product: &Product, tags: &Value) -> String {
    let body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let answer = product.admin().post("/api/workers", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.header("location").to_owned()
}

/// A worker whose actions stay live while a test runs, because its machine takes so long to stop: its path.
async fn slow_worker(product: &Product) -> String {
    let path = worker_with(product, &json!({"sim:stop-delay": "1h"})).await;
    product.worker_is(path.rsplit('/').next().unwrap(), "running").await;
    path
}

/// A running worker whose machine takes long enough to stop for what a test does meanwhile: its id.
async fn stopping_worker(product: &Product) -> String {
    let path = worker_with(product, &json!({"sim:stop-delay": "6s"})).await;
    let id = path.rsplit('/').next().unwrap();
    product.worker_is(id, "running").await;
    id.to_owned()
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, problem: &str) {
    let r#type = format!("urn:cml-cloud-manager:problem:{problem}");
    assert_eq!((answer.status.as_u16(), answer.text("type")), (status, r#type.as_str()), "{answer:?}");
}

async fn a_life_of_a_worker(backend: Backend) {
    let product = Product::start_with(backend, &[]).await;
    let admin = product.admin();
    let id = product.running_worker().await;
    let path = format!("/api/workers/{id}");

    let stop = admin.post(&format!("{path}/stop"), &json!({"reason": "for the night"})).await;
    assert_eq!(stop.status, 202, "{stop:?}");
    assert_eq!(stop.header("location"), format!("/api/tasks/{}", stop.text("id")));
    let stopped = ended(&admin, stop.header("location")).await;
    assert_eq!((&stopped["status"], &stopped["run"]["phase"]), (&json!("completed"), &Value::Null));
    let worker = product.worker_is(&id, "stopped").await;
    let told = [&worker["desired_status"], &worker["desired_reason"], &worker["desired_by"]];
    assert_eq!(told, [&json!("stopped"), &json!("for the night"), &json!("root")]);
    assert_eq!(worker["outcome"]["generation"], stopped["run"]["applied_generation"]);
    assert_eq!((&worker["outcome"]["result"], &worker["generation"]), (&json!("converged"), &json!(2)));

    let again = admin.post(&format!("{path}/stop"), &json!({})).await;
    assert_eq!((again.status.as_u16(), again.text("status")), (200, "completed"), "{again:?}");
    assert_eq!(again.header("location"), format!("/api/tasks/{}", again.text("id")));
    assert_ne!(again.text("id"), stop.text("id"));
    for what in ["cancel", "retry"] {
        let late = admin.post(&format!("{}/{what}", stop.header("location")), &json!({})).await;
        assert_refused(&late, 409, "illegal-status");
    }

    let start = admin.post(&format!("{path}/start"), &json!({})).await;
    assert_eq!(start.status, 202, "{start:?}");
    assert_eq!(ended(&admin, start.header("location")).await["status"], "completed");
    product.worker_is(&id, "running").await;

    let live = admin.delete(&path).await;
    assert_refused(&live, 409, "worker-is-live");
    let terminate = admin.post(&format!("{path}/terminate"), &json!({"confirm": "lab 1"})).await;
    assert_eq!(terminate.status, 202, "{terminate:?}");
    assert_eq!(ended(&admin, terminate.header("location")).await["status"], "completed");
    product.worker_is(&id, "terminated").await;
    assert_eq!(admin.delete(&path).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_comes_up_is_stopped_started_terminated_and_deleted_on_sqlite() {
    a_life_of_a_worker(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_comes_up_is_stopped_started_terminated_and_deleted_on_postgresql() {
    a_life_of_a_worker(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_an_action_may_be_left_out() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.worker().await);
    let admin = product.admin();
    let stop = admin.try_send(hyper::Method::POST, &format!("{path}/stop"), None).await.unwrap();
    assert_eq!(stop.status, 202, "{stop:?}");
    let empty = admin.post_text(&format!("{path}/start"), "").await;
    assert_eq!(empty.status, 202, "{empty:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_is_asked_for_again_is_the_live_one() {
    let product = Product::start().await;
    let (admin, path) = (product.admin(), slow_worker(&product).await);
    let first = admin.post(&format!("{path}/stop"), &json!({})).await;
    let again = admin.post(&format!("{path}/stop"), &json!({"priority": "high"})).await;
    assert_eq!((again.status.as_u16(), again.text("id")), (202, first.text("id")), "{again:?}");
    assert_eq!((again.header("location"), again.text("priority")), (first.header("location"), "medium"));
    let worker_id = path.rsplit('/').next().unwrap();
    let body = json!({"action": {"verb": "stop", "worker_id": worker_id}});
    let as_task = admin.post("/api/tasks", &body).await;
    assert_eq!((as_task.status.as_u16(), as_task.text("id")), (200, first.text("id")), "{as_task:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opposite_action_replaces_the_live_one() {
    let product = Product::start().await;
    let admin = product.admin();
    let id = stopping_worker(&product).await;
    let stop = admin.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    let start = admin.post(&format!("/api/workers/{id}/start"), &json!({})).await;
    assert_eq!((stop.status.as_u16(), start.status.as_u16()), (202, 202), "{stop:?} {start:?}");
    assert_ne!(stop.text("id"), start.text("id"));
    let replaced = admin.get(stop.header("location")).await;
    let error = &replaced.json["run"]["last_error"];
    assert_eq!(
        (replaced.text("status"), &error["reason"]),
        ("cancelled", &json!("ACTION_SUPERSEDED")),
        "{replaced:?}"
    );
    assert!(error["message"].as_str().unwrap().contains(start.text("id")), "{error}");
    assert!(start.json["action"]["action_seq"].as_i64() > stop.json["action"]["action_seq"].as_i64());
    assert_eq!(ended(&admin, start.header("location")).await["status"], "completed");
    product.worker_is(&id, "running").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_repeated_with_its_key_is_asked_for_once() {
    let product = Product::start().await;
    let id = product.running_worker().await;
    let admin = product.admin().with("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324");
    let first = admin.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (202, ""), "{first:?}");
    ended(&admin, first.header("location")).await;
    let again = admin.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (202, "true"), "{again:?}");
    assert_eq!((&again.json, again.header("location")), (&first.json, first.header("location")));
    let other = admin.post(&format!("/api/workers/{id}/start"), &json!({})).await;
    assert_refused(&other, 422, "idempotency-key-reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_was_imported_is_terminated_deleted_and_imported_again() {
    let product = Product::start().await;
    let admin = product.admin();
    let body = json!({"name": "found", "region": "us-east-1", "instance_type": "m5.metal", "instance_id": "i-sim-7"});
    let imported = admin.post("/api/workers/import", &body).await;
    assert_eq!(imported.status, 201, "{imported:?}");
    let (id, path) = (imported.text("id"), imported.header("location"));
    product.worker_is(id, "running").await;
    let terminate = admin.post(&format!("{path}/terminate"), &json!({"confirm": "found"})).await;
    assert_eq!(terminate.status, 202, "{terminate:?}");
    product.worker_is(id, "terminated").await;
    assert_eq!(admin.delete(path).await.status, 204);
    let again = admin.post("/api/workers/import", &body).await;
    assert_eq!((again.status.as_u16(), again.text("id")), (200, id), "{again:?}");
    let nowhere =
        json!({"name": "n", "region": "us-east-1", "instance_type": "m5.metal", "instance_id": "i-7"});
    assert_refused(&admin.post("/api/workers/import", &nowhere).await, 400, "machine-not-found");
}
