//! What a person is told of a worker: what it waits for, and that it is looked at soon.

use serde_json::{Value, json};

use super::tasks::types;
use super::{assert_refused, slow_worker, worker_with};
use crate::harness::{Product, eventually};

fn condition<'a>(explanation: &'a Value, name: &str) -> &'a Value {
    let conditions = explanation["conditions"].as_array().unwrap();
    conditions.iter().find(|it| it["type"] == name).expect(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_explains_itself_to_everybody_in_words_and_as_conditions() {
    let product = Product::start().await;
    let id = product.running_worker().await;
    let answer = product.user("eve").get(&format!("/api/workers/{id}/explain")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let explanation = &answer.json;
    let types_of_names: Vec<&Value> =
        explanation["conditions"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(types_of_names, ["Ready", "Reconciling", "Stalled"]);
    assert_eq!(
        types(condition(explanation, "Ready")),
        json!({
            "type": "string", "status": "string", "reason": "string", "message": "string",
            "observed_generation": "integer", "since": "string",
        })
    );
    for (name, status) in [("Ready", "True"), ("Reconciling", "False"), ("Stalled", "False")] {
        assert_eq!(condition(explanation, name)["status"], status, "{name} {explanation}");
    }
    let attempts = explanation["attempts"].as_array().unwrap();
    let created = attempts.last().expect("the call that has made the machine");
    assert_eq!((&created["call"], &created["result"]), (&json!("create"), &json!("ok")), "{explanation}");
    assert_eq!(
        types(created),
        json!({
            "call": "string", "time": "string", "generation": "integer", "result": "string", "message": null,
            "trace_id": "string",
        })
    );
    let sentences = explanation["sentences"].as_array().unwrap();
    assert!(!sentences.is_empty() && sentences.iter().all(Value::is_string), "{explanation}");
    assert_eq!((&explanation["usual_duration"], &explanation["next_retry"]), (&Value::Null, &Value::Null));
    let (admin, path) = (product.admin(), format!("/api/workers/{id}"));
    // The utilization of its machine is read again from time to time.
    eventually("the worker is shown as it is", || async {
        let explanation = admin.get(&format!("{path}/explain")).await.json;
        (explanation["worker"] == admin.get(&path).await.json).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_being_stopped_says_so() {
    let product = Product::start().await;
    let (admin, path) = (product.admin(), slow_worker(&product).await);
    assert_eq!(admin.post(&format!("{path}/stop"), &json!({})).await.status, 202);
    eventually("it is reconciling", || async {
        let explanation = admin.get(&format!("{path}/explain")).await.json;
        (condition(&explanation, "Reconciling")["status"] == "True"
            && condition(&explanation, "Ready")["status"] == "False")
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_the_provider_refuses_for_good_is_stalled_and_says_why() {
    let product = Product::start().await;
    let path = worker_with(&product, &json!({"sim:capacity": "create"})).await;
    let failed = product.worker_is(path.rsplit('/').next().unwrap(), "failed").await;
    assert_eq!(failed["outcome"]["reason"], "INSUFFICIENT_CAPACITY", "{failed}");
    let explanation = product.user("eve").get(&format!("{path}/explain")).await.json;
    for (name, status) in [("Ready", "False"), ("Reconciling", "False"), ("Stalled", "True")] {
        assert_eq!(condition(&explanation, name)["status"], status, "{name} {explanation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_is_scheduled_and_then_throttled_for_this_worker() {
    let product = Product::start().await;
    let (mia, other) = (product.manager("mia", Some("network")), product.worker().await);
    let path = format!("/api/workers/{}/refresh", product.worker().await);
    let first = mia.post(&path, &json!({})).await;
    assert_eq!((first.status.as_u16(), &first.json), (202, &json!({"scheduled": true})), "{first:?}");
    let throttled = product.admin().post(&path, &json!({})).await;
    assert_refused(&throttled, 429, "refresh-throttled");
    let seconds: u64 = throttled.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&seconds), "{throttled:?}");
    assert_eq!(throttled.json["retryable"], json!(true));
    assert_eq!(mia.post(&format!("/api/workers/{other}/refresh"), &json!({})).await.status, 202);
    assert_refused(&product.user("ada").post(&path, &json!({})).await, 403, "role-required");
}
