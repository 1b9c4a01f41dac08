//! What a service says of itself when its database goes away and comes back.

use std::time::Duration;

use storage::testing::Postgres;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::harness::{Backend, DEADLINE, Product, Settings, eventually};

/// How `/readyz` says that worker-service is.
async fn readiness(product: &Product) -> String {
    let answer = product.anonymous().get("/readyz").await;
    let services = answer.json["services"].as_array().unwrap();
    services.iter().find(|it| it["name"] == "worker-service").unwrap()["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_database_goes_away_says_so_and_serves_again_when_it_is_back() {
    let server = Postgres::start().await;
    let settings = Settings { worker_database: Some(server.create_database().await), ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let (user, id) = (product.user("ada"), product.worker().await);
    let address = format!("http://{}", product.workers_address);
    let mut health = HealthClient::new(Endpoint::try_from(address).unwrap().connect_lazy());
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    let mut next = async || {
        let change = tokio::time::timeout(DEADLINE, watch.message()).await.expect("health changes");
        change.unwrap().unwrap().status()
    };
    let mut seen = next().await;
    while seen != ServingStatus::Serving {
        seen = next().await;
    }

    server.stop().await;
    assert_eq!(next().await, ServingStatus::NotServing);
    assert_eq!(readiness(&product).await, "not_serving");
    let refused = user.get(&format!("/api/workers/{id}")).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.text("detail").contains("worker-service"), "{refused:?}");
    assert_eq!(user.get("/api/tasks").await.status, 200);

    server.start_again().await;
    assert_eq!(next().await, ServingStatus::Serving);
    assert_eq!(readiness(&product).await, "serving");
    eventually("the worker is there again", || async {
        let found = user.get(&format!("/api/workers/{id}")).await;
        (found.status == 200).then_some(())
    })
    .await;
    product.worker().await;
    let silent = tokio::time::timeout(Duration::from_millis(10), next()).await;
    assert!(silent.is_err(), "health changes without a cause: {silent:?}");
}
