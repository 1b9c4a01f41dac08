//! Requests for actions that are refused, and what they are told.

use serde_json::json;

use super::{assert_refused, ended, slow_worker};
use crate::harness::Product;

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn a_termination_is_confirmed_by_the_workers_name_however_it_is_asked_for() {
    let product = Product::start().await;
    let (admin, id) = (product.admin(), product.worker().await);
    let path = format!("/api/workers/{id}/terminate");
    for body in
        [json!({}), json!({"confirm": null}), json!({"confirm": "lab 2"}), json!({"confirm": "LAB 1"})]
    {
        let refused = admin.post(&path, &body).await;
        assert_eq!((refused.status.as_u16(), refused.violations()), (400, vec!["confirm"]), "{body}");
    }
    let empty = admin.try_send(hyper::Method::POST, &path, None).await.unwrap();
    assert_eq!((empty.status.as_u16(), empty.violations()), (400, vec!["confirm"]), "{empty:?}");
    let mut action = json!({"verb": "terminate", "worker_id": id});
    let refused = admin.post("/api/tasks", &json!({ "action": action })).await;
    assert_eq!((refused.status.as_u16(), refused.violations()), (400, vec!["action.confirm"]), "{refused:?}");
    action["confirm"] = json!("lab 1");
    let taken = admin.post("/api/tasks", &json!({ "action": action })).await;
    assert_eq!(taken.status, 201, "{taken:?}");
    assert_eq!(taken.json["action"].get("confirm"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_terminated_worker_cannot_do_is_refused_with_what_it_can() {
    let product = Product::start().await;
    let (admin, id) = (product.admin(), product.worker().await);
    let path = format!("/api/workers/{id}");
    let terminate = admin.post(&format!("{path}/terminate"), &json!({"confirm": "lab 1"})).await;
    assert_eq!(terminate.status, 202, "{terminate:?}");
    for when in ["while it is being terminated", "when it is terminated"] {
        for verb in ["start", "stop"] {
            let refused = admin.post(&format!("{path}/{verb}"), &json!({})).await;
            assert_refused(&refused, 409, "illegal-action");
            assert!(refused.text("detail").contains("terminate"), "{when}: {refused:?}");
        }
        ended(&admin, terminate.header("location")).await;
        product.worker_is(&id, "terminated").await;
    }
    let again = admin.post(&format!("{path}/terminate"), &json!({"confirm": "lab 1"})).await;
    assert_eq!((again.status.as_u16(), again.text("status")), (200, "completed"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_ask_for_actions_and_are_told_before_anything_else() {
    let product = Product::start().await;
    let id = product.worker().await;
    for caller in [product.user("ada"), product.manager("mia", Some("network"))] {
        for verb in ["start", "stop", "terminate"] {
            let refused = caller.post(&format!("/api/workers/{id}/{verb}"), &json!({"colour": 7})).await;
            assert_refused(&refused, 403, "role-required");
        }
        let body = json!({"action": {"verb": "stop", "worker_id": id}});
        assert_refused(&caller.post("/api/tasks", &body).await, 403, "role-required");
    }
    let history = product.admin().get("/api/tasks?kind=action").await;
    assert_eq!(history.json["items"], json!([]), "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_an_action_is_named_in_one_answer() {
    let product = Product::start().await;
    let (admin, id) = (product.admin(), product.worker().await);
    let fields = |refused: &crate::harness::Answer| {
        let mut fields: Vec<String> = refused.violations().into_iter().map(ToOwned::to_owned).collect();
        fields.sort_unstable();
        (refused.status.as_u16(), fields)
    };
    let body = json!({"reason": "r".repeat(501), "priority": "urgent", "colour": "red", "confirm": 7});
    let refused = admin.post(&format!("/api/workers/{id}/terminate"), &body).await;
    let expected = ["colour", "confirm", "priority", "reason"].map(ToOwned::to_owned).to_vec();
    assert_eq!(fields(&refused), (400, expected), "{refused:?}");
    let body = json!({"title": 7, "action": {"verb": "fly", "worker_id": NOBODY, "colour": "red"}});
    let refused = admin.post("/api/tasks", &body).await;
    let expected = ["action.colour", "action.verb", "title"].map(ToOwned::to_owned).to_vec();
    let (status, found) = fields(&refused);
    assert_eq!(status, 400, "{refused:?}");
    assert!(expected.iter().all(|it| found.contains(it)), "{found:?}");
    let unknown = admin.post("/api/tasks", &json!({"action": {"verb": "stop", "worker_id": NOBODY}})).await;
    assert_eq!((unknown.status.as_u16(), unknown.violations()), (400, vec!["action.worker_id"]));
    let none = admin.post("/api/tasks", &json!({"title": "t", "action": null})).await;
    assert_eq!((none.status.as_u16(), none.text("kind")), (201, "human"), "{none:?}");
    let nothing = admin.post("/api/tasks", &json!({"action": null})).await;
    assert_eq!((nothing.status.as_u16(), nothing.violations()), (400, vec!["title"]), "{nothing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_does_not_exist_is_not_found() {
    let product = Product::start().await;
    let admin = product.admin();
    for id in [NOBODY, "x"] {
        for verb in ["start", "stop", "terminate", "refresh"] {
            let refused = admin.post(&format!("/api/workers/{id}/{verb}"), &json!({})).await;
            assert_refused(&refused, 404, "worker-not-found");
        }
        assert_refused(&admin.get(&format!("/api/workers/{id}/explain")).await, 404, "worker-not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_type_is_refused_and_no_json_is_told_so() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}/stop", product.worker().await);
    let text = product.admin().with("content-type", "text/plain").post_text(&path, "{}").await;
    assert_refused(&text, 415, "unsupported-media-type");
    assert_refused(&product.admin().post_text(&path, "[]").await, 400, "invalid-json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_action_is_neither_deleted_nor_cancelled_once_it_is_carried_out() {
    let product = Product::start().await;
    let (admin, path) = (product.admin(), slow_worker(&product).await);
    let stop = admin.post(&format!("{path}/stop"), &json!({})).await;
    product_applies(&admin, stop.header("location")).await;
    assert_refused(&admin.delete(stop.header("location")).await, 409, "action-is-live");
    let cancel = admin.post(&format!("{}/cancel", stop.header("location")), &json!({})).await;
    assert_refused(&cancel, 409, "action-is-live");
    assert!(cancel.text("detail").contains("start"), "names the opposite action: {cancel:?}");
    let retry = admin.post(&format!("{}/retry", stop.header("location")), &json!({})).await;
    assert_refused(&retry, 409, "illegal-status");
}

/// Waits until worker-service has accepted an action.
async fn product_applies(client: &crate::harness::Client, location: &str) {
    crate::harness::eventually("the action is carried out", || async {
        (client.get(location).await.json["run"]["phase"] == "applied").then_some(())
    })
    .await;
}
