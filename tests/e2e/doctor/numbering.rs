//! Events that get no position: the service answers, and its event log does not go on.

use serde_json::json;
use storage::sqlx::{self, Connection as _, PgConnection};

use super::doctor;
use crate::harness::{Backend, Product};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_log_of_worker_service_that_does_not_go_on_is_told() {
    let product = Product::start_with(Backend::Postgres, &[]).await;
    // Who numbers events locks this row.
    let mut connection = PgConnection::connect(&product.worker_database.url).await.unwrap();
    let mut holder = connection.begin().await.unwrap();
    sqlx::query("SELECT FROM event_log FOR UPDATE").execute(&mut *holder).await.unwrap();
    let worker = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    assert_eq!(product.admin().post("/api/workers", &worker).await.status, 201);
    let said = doctor(&product, &[]).await;
    said.expect_problem("worker_events", "events wait for their positions", "Events are late");
    said.expect_no_other_problem(&["worker_events"]);
    holder.rollback().await.unwrap();
    let said = doctor(&product, &[]).await;
    said.expect_no_other_problem(&[]);
}
