//! The tasks of actions, and what can be done with them: read, list, change, cancel, retry, delete.

use serde_json::{Value, json};

use super::{assert_refused, ended, slow_worker, stopping_worker};
use crate::harness::{Product, eventually};

/// The type of each member of an object, nested objects and the items of lists included.
pub(super) fn types(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, it)| (name.clone(), types(it))).collect(),
        Value::Array(items) => items.iter().map(types).collect(),
        Value::String(_) => json!("string"),
        Value::Number(it) => json!(if it.is_i64() { "integer" } else { "number" }),
        Value::Bool(_) => json!("boolean"),
        Value::Null => Value::Null,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_task_of_an_action_shows_what_is_done_and_how_far_it_is() {
    let product = Product::start().await;
    let (admin, id) = (product.admin(), product.running_worker().await);
    let body = json!({"reason": "for the night", "priority": "high"});
    let stop = admin.post(&format!("/api/workers/{id}/stop"), &body).await;
    let task = ended(&admin, stop.header("location")).await;
    let told = json!({
        "kind": "action", "status": "completed", "priority": "high", "worker_id": id, "created_by": "root",
        "description": "", "assignee_id": null,
    });
    for (name, value) in told.as_object().unwrap() {
        assert_eq!(&task[name], value, "{name}");
    }
    assert!(task["title"].as_str().unwrap().contains("lab 1"), "{task}");
    let action = json!({"verb": "stop", "worker_id": id, "action_seq": 1, "reason": "for the night"});
    assert_eq!(task["action"], action);
    let run = json!({
        "number": "integer", "attempt": "integer", "max_attempts": "integer", "phase": null, "run_after": null,
        "deadline": "string", "applied_generation": "integer", "last_error": null,
        "attempts": [{
            "run": "integer", "number": "integer", "started_at": "string", "code": "string", "message": null,
            "trace_id": "string",
        }],
        "trace_id": "string", "ended_at": "string",
    });
    assert_eq!(types(&task["run"]), run);
    assert_eq!((&task["run"]["number"], &task["run"]["attempts"][0]["code"]), (&json!(1), &json!("OK")));
    assert_eq!(task["run"]["trace_id"], json!(stop.header("x-trace-id")));
    let worker = json!({
        "id": "string", "name": "string", "region": "string", "instance_type": "string", "provider": "string",
        "instance_id": "string", "tags": {}, "status": "string", "status_since": "string", "address": null,
        "utilization": null,
        "desired_status": "string", "desired_reason": "string", "desired_by": "string", "desired_at": "string",
        "generation": "integer", "reconciling": "boolean", "converged_at": "string",
        "outcome": {
            "generation": "integer", "result": "string", "time": "string", "reason": null, "message": null,
        },
        "created_by": "string", "created_at": "string", "updated_at": "string", "version": "integer",
        "revision": "integer",
    });
    let mut shown = types(&product.worker_is(&id, "stopped").await);
    // A stopped machine may keep its address.
    shown["address"] = Value::Null;
    assert_eq!(shown, worker);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_shows_the_action_as_its_task_does() {
    let product = Product::start().await;
    let (admin, id) = (product.admin(), product.running_worker().await);
    let stop = admin.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    let task = ended(&admin, stop.header("location")).await;
    let history = admin.get(&format!("{}/events", stop.header("location"))).await;
    let items = history.json["items"].as_array().unwrap();
    assert_eq!(items[0]["after"], task, "{history:?}");
    assert_eq!(items[0]["before"]["run"]["phase"], "applied", "{history:?}");
    assert_eq!(items.last().unwrap()["after"], stop.json, "{history:?}");
    let worker = product.worker_is(&id, "stopped").await;
    let history = admin.get(&format!("/api/workers/{id}/events")).await;
    let changes = history.json["items"].as_array().unwrap();
    assert_eq!(changes[0]["after"], worker, "{history:?}");
    let desired = changes.iter().find(|it| it["before"]["desired_status"] == "running").expect("the stop");
    let before = json!({"reconciling": false, "generation": 1, "desired_reason": null});
    for (name, value) in before.as_object().unwrap() {
        assert_eq!(&desired["before"][name], value, "{name} {desired}");
    }
    assert_eq!(desired["on_behalf_of"], "root", "{desired}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_hide_the_actions_that_have_ended_unless_they_are_asked_for() {
    let product = Product::start().await;
    let (admin, path) = (product.admin(), slow_worker(&product).await);
    let human = admin.post("/api/tasks", &json!({"title": "t"})).await;
    let done = admin.post(&format!("{path}/start"), &json!({})).await;
    assert_eq!((done.status.as_u16(), done.text("status")), (200, "completed"), "{done:?}");
    let live = admin.post(&format!("{path}/stop"), &json!({})).await;
    let (human, done, live) = (human.text("id"), done.text("id"), live.text("id"));
    for (query, expected) in
        [("", vec![live, human]), ("?kind=human", vec![human]), ("?kind=action", vec![live, done])]
    {
        let list = admin.get(&format!("/api/tasks{query}")).await;
        let items = list.json["items"].as_array().unwrap();
        let ids: Vec<&str> = items.iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{query}");
    }
    let one = admin.get(&format!("/api/tasks/{done}")).await;
    assert_eq!(one.status, 200, "{one:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_action_task_all_but_what_the_system_does_can_be_changed() {
    let product = Product::start().await;
    let (admin, path) = (product.admin(), slow_worker(&product).await);
    let stop = admin.post(&format!("{path}/stop"), &json!({})).await;
    let task = stop.header("location");
    let changed =
        admin.patch(task, &json!({"title": "Stop it", "description": "d", "priority": "low"})).await;
    assert_eq!((changed.status.as_u16(), changed.text("title")), (200, "Stop it"), "{changed:?}");
    assert_refused(&admin.patch(task, &json!({"status": "completed"})).await, 409, "illegal-status");
    for (name, value) in [("worker_id", Value::Null), ("action", Value::Null), ("run", json!({}))] {
        let refused = admin.patch(task, &json!({ name: value })).await;
        assert_eq!((refused.status.as_u16(), refused.violations()), (400, vec![name]), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_of_a_person_is_cancelled_once_and_never_retried() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let task = ada.post("/api/tasks", &json!({"title": "t"})).await.header("location").to_owned();
    let stale = ada.with("if-match", "\"7\"").post(&format!("{task}/cancel"), &json!({})).await;
    assert_refused(&stale, 412, "etag-mismatch");
    let cancelled = ada.with("if-match", "\"1\"").post(&format!("{task}/cancel"), &json!({})).await;
    assert_eq!((cancelled.status.as_u16(), cancelled.text("status")), (200, "cancelled"), "{cancelled:?}");
    assert_eq!(cancelled.header("etag"), format!("\"{}\"", cancelled.json["version"]));
    // A task is the admin's to change once it is no longer pending.
    let again = product.admin().post(&format!("{task}/cancel"), &json!({})).await;
    assert_eq!((again.status.as_u16(), &again.json), (200, &cancelled.json), "{again:?}");
    let retry = product.admin().post(&format!("{task}/retry"), &json!({})).await;
    assert_refused(&retry, 409, "illegal-status");
    let done = ada.post("/api/tasks", &json!({"title": "t"})).await.header("location").to_owned();
    assert_eq!(ada.patch(&done, &json!({"status": "completed"})).await.status, 200);
    // As by a patch of its status: a person's task can be reopened, so it never ends before it is cancelled.
    let cancelled = product.admin().post(&format!("{done}/cancel"), &json!({})).await;
    assert_eq!((cancelled.status.as_u16(), cancelled.text("status")), (200, "cancelled"), "{cancelled:?}");
    assert_refused(
        &product.user("eve").post(&format!("{done}/cancel"), &json!({})).await,
        404,
        "task-not-found",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_was_replaced_is_retried_as_a_new_run() {
    let product = Product::start().await;
    let (admin, id) = (product.admin(), stopping_worker(&product).await);
    let stop = admin.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    let task = stop.header("location");
    eventually("the machine stops", || async {
        (admin.get(task).await.json["run"]["phase"] == "applied").then_some(())
    })
    .await;
    let start = admin.post(&format!("/api/workers/{id}/start"), &json!({})).await;
    let stale = admin.with("if-match", "\"7\"").post(&format!("{task}/retry"), &json!({})).await;
    assert_refused(&stale, 412, "etag-mismatch");
    let bad = admin.post(&format!("{task}/retry"), &json!({"colour": "red", "confirm": 7})).await;
    assert_eq!((bad.status.as_u16(), bad.violations()), (400, vec!["confirm", "colour"]), "{bad:?}");
    let hidden = product.user("eve").post(&format!("{task}/retry"), &json!({"colour": "red"})).await;
    assert_refused(&hidden, 404, "task-not-found");
    let keyed = admin.with("idempotency-key", "k");
    let retried = keyed.post(&format!("{task}/retry"), &json!({})).await;
    assert_eq!((retried.status.as_u16(), retried.header("location")), (202, task), "{retried:?}");
    assert_eq!(retried.json["run"]["number"], 2, "{retried:?}");
    assert!(retried.json["action"]["action_seq"].as_i64() > start.json["action"]["action_seq"].as_i64());
    let again = keyed.post(&format!("{task}/retry"), &json!({})).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (202, "true"), "{again:?}");
    assert_eq!(again.json, retried.json);
    assert_eq!(admin.get(start.header("location")).await.text("status"), "cancelled");
    assert_eq!(ended(&admin, task).await["status"], "completed");
    product.worker_is(&id, "stopped").await;
}
