//! task-service during a call of worker-service.

use serde_json::{Value, json};
use storage::Statement;

use super::{has_logged, judge, logs, product, second};
use crate::actions::ended;
use crate::fleet::hold::{Hold, WORKERS};
use crate::fleet::records::{count, open};
use crate::harness::{Backend, Product, eventually};

const PARKED: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT count(*) AS n FROM action_queue WHERE generation IS NOT NULL",
};

const HANDED_BACK: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT count(*) AS n FROM action_queue WHERE phase = 'queued' AND attempt = 0 AND fence = 1",
};

/// A running worker whose machine takes this long to stop.
async fn worker(product: &Product, stop_delay: &str) -> String {
    let tags = json!({"sim:stop-delay": stop_delay});
    let body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let answer = product.admin().post("/api/workers", &body).await;
    product.worker_is(answer.text("id"), "running").await;
    answer.text("id").to_owned()
}

fn codes(task: &Value) -> Vec<&str> {
    let attempts = task["run"]["attempts"].as_array().unwrap();
    attempts.iter().map(|it| it["code"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_after_its_lease_has_ended_changes_nothing() {
    let mut product = product(Backend::Postgres, &[("CCM_ACTION_LEASE", "4s")]).await;
    let id = worker(&product, "8s").await;
    let admin = product.admin();
    let hold = Hold::on(&product.worker_database.url, &WORKERS).await;
    let stop = admin.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    assert_eq!(stop.status, 202, "{stop:?}");
    hold.is_waited_for().await;
    product.tasks.signal("STOP");
    logs(&product.workers, "WorkerService/SetDesiredState").await;
    hold.release().await;
    // The call has failed, but the process that made it does not know. Another one makes it again.
    let other = product.another_task_service(&second(product.tasks_address)).await;
    let tasks = open(&product.task_database.url).await;
    eventually("the action is accepted", || async { (count(&tasks, &PARKED).await > 0).then_some(()) }).await;
    product.tasks.signal("CONT");
    eventually("the call has ended", || async {
        let is_lost = has_logged(&product.tasks, "the lease on an action was lost; nothing was changed");
        (is_lost || count(&tasks, &PARKED).await == 0).then_some(())
    })
    .await;
    tasks.close().await;
    let task = ended(&admin, stop.header("location")).await;
    judge(&mut product, vec![other]).await;
    assert_eq!((task["status"].as_str(), codes(&task)), (Some("completed"), vec!["UNKNOWN", "OK"]), "{task}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_during_which_its_process_is_stopped_is_handed_back_and_does_not_count() {
    let mut product = product(Backend::Postgres, &[]).await;
    let id = worker(&product, "100ms").await;
    let admin = product.admin();
    let hold = Hold::on(&product.worker_database.url, &WORKERS).await;
    let stop = admin.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    assert_eq!(stop.status, 202, "{stop:?}");
    hold.is_waited_for().await;
    // worker-service answers nothing any more.
    product.workers.signal("STOP");
    product.tasks.signal("TERM");
    assert!(product.tasks.ended().await.success());
    let tasks = open(&product.task_database.url).await;
    assert_eq!(count(&tasks, &HANDED_BACK).await, 1);
    tasks.close().await;
    hold.release().await;
    product.workers.signal("CONT");
    product.tasks.restart(product.tasks_address);
    let task = ended(&admin, stop.header("location")).await;
    assert_eq!((task["run"]["attempt"].as_i64(), codes(&task)), (Some(1), vec!["OK"]), "{task}");
    judge(&mut product, Vec::new()).await;
}
