//! What a change of a task comes to over REST, by the faults that users of the old system saw.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Product};

async fn created(by: &Client, body: &Value) -> String {
    let answer = by.post("/api/tasks", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.header("location").to_owned()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.text("code")), (status, code), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignee_can_update_their_own_task() {
    let product = Product::start().await;
    let task = created(&product.user("ada"), &json!({"title": "t", "assignee_id": "bob"})).await;
    let patch = json!({"status": "in_progress", "description": "on it"});
    let answer = product.user("bob").patch(&task, &patch).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, "\"2\""), "{answer:?}");
    assert_eq!((answer.text("status"), answer.text("description")), ("in_progress", "on it"));
    refused(&product.user("bob").patch(&task, &json!({"title": "mine"})).await, 403, "PERMISSION_DENIED");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_update_anothers_unassigned_task() {
    let product = Product::start().await;
    let task = created(&product.user("ada"), &json!({"title": "t", "department": "network"})).await;
    refused(&product.user("bob").patch(&task, &json!({"status": "completed"})).await, 404, "NOT_FOUND");
    refused(&product.user("bob").delete(&task).await, 404, "NOT_FOUND");
    assert_eq!(product.user("ada").patch(&task, &json!({"title": "mine"})).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_act_in_their_own_department_only() {
    let product = Product::start().await;
    let task = created(&product.user("ada"), &json!({"title": "t", "department": "network"})).await;
    let (own, other) = (product.manager("mia", Some("network")), product.manager("max", Some("storage")));
    assert_eq!(own.patch(&task, &json!({"assignee_id": "bob"})).await.text("assignee_id"), "bob");
    refused(&other.patch(&task, &json!({"title": "x"})).await, 404, "NOT_FOUND");
    refused(&own.patch(&task, &json!({"department": "storage"})).await, 403, "PERMISSION_DENIED");
    assert_eq!(own.delete(&task).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_without_a_department_is_told_so() {
    let product = Product::start().await;
    let task = created(&product.user("ada"), &json!({"title": "t", "assignee_id": "mia"})).await;
    let answer = product.manager("mia", None).patch(&task, &json!({"title": "x"})).await;
    refused(&answer, 403, "PERMISSION_DENIED");
    assert!(answer.text("detail").contains("department"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_change_is_forbidden_and_never_bad_input() {
    let product = Product::start().await;
    let task = created(&product.user("ada"), &json!({"title": "t", "assignee_id": "bob"})).await;
    let wrong = json!({"title": "", "priority": "urgent", "colour": "red"});
    refused(&product.user("bob").patch(&task, &wrong).await, 403, "PERMISSION_DENIED");
    refused(&product.user("eve").patch(&task, &wrong).await, 404, "NOT_FOUND");
    refused(&product.admin().patch(&task, &wrong).await, 400, "INVALID_ARGUMENT");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeating_a_completed_status_is_no_second_completion() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let task = created(&ada, &json!({"title": "t"})).await;
    let first = ada.patch(&task, &json!({"status": "completed"})).await;
    let second = ada.patch(&task, &json!({"status": "completed"})).await;
    assert_eq!((second.status.as_u16(), &second.json), (200, &first.json));
    let history = ada.get(&format!("{task}/events")).await;
    assert_eq!(history.json["items"].as_array().unwrap().len(), 2, "{history:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_enum_values_are_errors_and_not_defaults() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let task = created(&ada, &json!({"title": "t", "priority": "low"})).await;
    for (field, value) in [("priority", "urgent"), ("status", "done"), ("status", "COMPLETED")] {
        let answer = ada.patch(&task, &json!({field: value})).await;
        assert_eq!((answer.status.as_u16(), answer.violations()), (400, vec![field]), "{answer:?}");
    }
    assert_eq!(ada.get(&task).await.text("priority"), "low");
    let answer = ada.get("/api/tasks?status=done&kind=robot").await;
    assert_eq!((answer.status.as_u16(), answer.violations()), (400, vec!["status", "kind"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn null_clears_a_field() {
    let product = Product::start().await;
    let admin = product.admin();
    let body = json!({
        "title": "t", "description": "d", "priority": "high", "assignee_id": "bob", "department": "network",
        "worker_id": product.worker().await,
    });
    let task = created(&admin, &body).await;
    let nothing = json!({
        "description": null, "priority": null, "assignee_id": null, "department": null, "worker_id": null,
    });
    let cleared = admin.patch(&task, &nothing).await;
    assert_eq!((cleared.text("description"), cleared.text("priority")), ("", "medium"), "{cleared:?}");
    for field in ["assignee_id", "department", "worker_id"] {
        assert_eq!(cleared.json[field], Value::Null, "{field}");
    }
    let answer = admin.patch(&task, &json!({"title": null, "status": null})).await;
    let mut fields = answer.violations();
    fields.sort_unstable();
    assert_eq!((answer.status.as_u16(), fields), (400, vec!["status", "title"]), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_shows_what_it_names_and_only_that() {
    let product = Product::start().await;
    let admin = product.admin();
    let worker = product.worker().await;
    let other = json!({"title": "other", "priority": "low", "assignee_id": "eve", "department": "storage"});
    let one = json!({
        "title": "one", "priority": "high", "assignee_id": "bob", "department": "network", "worker_id": worker,
    });
    created(&admin, &other).await;
    let task = created(&admin, &one).await;
    admin.patch(&task, &json!({"status": "completed"})).await;
    let worker = format!("worker_id={worker}");
    let filters = ["priority=high", "assignee_id=bob", "department=network", "status=completed", &worker];
    for filter in filters {
        let items = admin.get(&format!("/api/tasks?{filter}")).await.json["items"].clone();
        assert_eq!((items.as_array().unwrap().len(), &items[0]["title"]), (1, &json!("one")), "{filter}");
    }
    assert_eq!(admin.get("/api/tasks?kind=human").await.json["items"].as_array().unwrap().len(), 2);
    let all = format!("/api/tasks?{}&kind=human", filters.join("&"));
    assert_eq!(admin.get(&all).await.json["items"].as_array().unwrap().len(), 1);
}
