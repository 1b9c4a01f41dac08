//! worker-service during a turn.

use hyper::Method;
use serde_json::json;
use storage::Statement;

use super::{has_logged, judge, product, product_on, second};
use crate::fleet::hold::{Hold, JOURNAL, MACHINES, RECONCILES};
use crate::fleet::records::{count, open};
use crate::fleet::relay::Relay;
use crate::harness::{Backend, Client, eventually};

const CLAIMED: Statement = Statement {
    summary: "SELECT reconciles",
    sql: "SELECT count(*) AS n FROM reconciles WHERE lease_until > 0",
};

const CREATED: Statement = Statement {
    summary: "SELECT journal",
    sql: "SELECT count(*) AS n FROM journal WHERE call = 'create' AND result = 'ok'",
};

const LOST: &str = "the lease of a turn was lost; nothing was stored";

/// Posts until a replica that is not suspended has answered.
async fn answered(client: &Client, path: &str) {
    let client = client.with("idempotency-key", path);
    eventually(path, || async {
        let answer = client.try_send(Method::POST, path, Some(json!({}).to_string())).await;
        answer.is_ok_and(|it| it.status.is_success()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_goes_on_after_its_lease_has_ended_stores_nothing() {
    let mut product = product(Backend::Postgres, &[("CCM_RECONCILE_LEASE", "4s")]).await;
    let id = product.running_worker().await;
    let admin = product.admin();
    let hold = Hold::on(&product.provider_database.url, &MACHINES).await;
    let refresh = admin.post(&format!("/api/workers/{id}/refresh"), &json!({})).await;
    assert!(refresh.status.is_success(), "{refresh:?}");
    hold.is_waited_for().await;
    // The first replica is looking at the machine, which is running.
    product.workers.signal("STOP");
    hold.release().await;
    let other = product.another_worker_service(&second(product.workers_address)).await;
    answered(&admin, &format!("/api/workers/{id}/stop")).await;
    let stopped = product.worker_is(&id, "stopped").await;
    product.workers.signal("CONT");
    let path = format!("/api/workers/{id}");
    eventually("the turn has ended", || async {
        let is_lost = has_logged(&product.workers, LOST);
        (is_lost || admin.get(&path).await.json != stopped).then_some(())
    })
    .await;
    judge(&mut product, vec![other]).await;
    assert!(has_logged(&product.workers, LOST));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_turn_stores_is_refused_if_it_arrives_after_its_lease_has_ended() {
    let relay = Relay::start().await;
    let settings = [("CCM_RECONCILE_LEASE", "4s")];
    let mut product = product_on(Some(relay.url.clone()), Backend::Postgres, &settings).await;
    let id = product.running_worker().await;
    let (admin, path) = (product.admin(), format!("/api/workers/{id}"));
    let call = Hold::on(&product.provider_database.url, &JOURNAL).await;
    answered(&admin, &format!("{path}/stop")).await;
    call.is_waited_for().await;
    relay.block();
    call.release().await;
    // The first replica has stopped the machine, and its database does not hear of it.
    let other = product.another_worker_service_on(&relay.direct, &second(product.workers_address)).await;
    product.worker_is(&id, "stopped").await;
    answered(&admin, &format!("{path}/start")).await;
    let running = product.worker_is(&id, "running").await;
    relay.unblock();
    eventually("the turn has ended", || async {
        let is_lost = has_logged(&product.workers, LOST);
        (is_lost || admin.get(&path).await.json != running).then_some(())
    })
    .await;
    judge(&mut product, vec![other]).await;
    assert!(has_logged(&product.workers, LOST));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_was_created_just_before_a_crash_is_found_by_its_tag_on_postgresql() {
    created_just_before_a_crash(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_was_created_just_before_a_crash_is_found_by_its_tag_on_sqlite() {
    created_just_before_a_crash(Backend::Sqlite).await;
}

/// The provider has forgotten the token of the create when the turn is taken again.
async fn created_just_before_a_crash(backend: Backend) {
    let settings = [("CCM_RECONCILE_LEASE", "8s"), ("CCM_SIMULATED_TOKEN_LIFETIME", "1s")];
    let mut product = product(backend, &settings).await;
    let (workers, provider) =
        (open(&product.worker_database.url).await, open(&product.provider_database.url).await);
    let before_the_call = Hold::on(&product.provider_database.url, &JOURNAL).await;
    let id = product.worker().await;
    eventually("the turn is claimed", || async { (count(&workers, &CLAIMED).await > 0).then_some(()) }).await;
    let before_the_end = Hold::on(&product.worker_database.url, &RECONCILES).await;
    before_the_call.release().await;
    eventually("the machine is created", || async { (count(&provider, &CREATED).await > 0).then_some(()) })
        .await;
    product.workers.kill().await;
    before_the_end.release().await;
    product.workers.restart(product.workers_address);
    let worker = product.worker_is(&id, "running").await;
    workers.close().await;
    provider.close().await;
    let records = judge(&mut product, Vec::new()).await;
    let machines: Vec<&str> = records.machines.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(machines, [worker["instance_id"].as_str().unwrap()]);
}
