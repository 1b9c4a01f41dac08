//! What a service says of itself when its database goes away and comes back.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use storage::testing::Postgres;
use tokio::process::Command;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::harness::{Backend, DEADLINE, Product, Settings, eventually};

/// Runs `ccm health`; whether it succeeded, and what it printed.
async fn health_command(role: &str, listen: SocketAddr) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ccm"));
    let ended = command.args(["health", role, "--listen", &listen.to_string()]).output().await.unwrap();
    (ended.status.success(), String::from_utf8(ended.stderr).unwrap())
}

/// How `/readyz` says that worker-service is.
async fn readiness(product: &Product) -> String {
    let answer = product.anonymous().get("/readyz").await;
    let services = answer.json["services"].as_array().unwrap();
    services.iter().find(|it| it["name"] == "worker-service").unwrap()["status"].as_str().unwrap().to_owned()
}

/// Waits until `/readyz`, whose answer is a little old, says that worker-service is so.
async fn expect_readiness(product: &Product, status: &str) {
    eventually(status, async || (readiness(product).await == status).then_some(())).await;
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
    while next().await != ServingStatus::Serving {}

    server.stop().await;
    assert_eq!(next().await, ServingStatus::NotServing);
    expect_readiness(&product, "not_serving").await;
    // At first, the server is shutting down.
    eventually("the command says why", async || {
        let (is_healthy, complaint) = health_command("worker-service", product.workers_address).await;
        (!is_healthy && complaint.contains("does not serve: connection refused")).then_some(())
    })
    .await;
    let refused = user.get(&format!("/api/workers/{id}")).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.text("detail").contains("worker-service"), "{refused:?}");
    assert_eq!(user.get("/api/tasks").await.status, 200);

    server.start_again().await;
    // A loaded machine may not answer in time again.
    while next().await != ServingStatus::Serving {}
    expect_readiness(&product, "serving").await;
    eventually("the worker is there again", || async {
        let found = user.get(&format!("/api/workers/{id}")).await;
        (found.status == 200).then_some(())
    })
    .await;
    product.worker().await;
    let silent = tokio::time::timeout(Duration::from_millis(10), next()).await;
    assert!(silent.is_err(), "health changes without a cause: {silent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_health_command_succeeds_while_the_process_serves() {
    let mut product = Product::start().await;
    let processes = [
        ("gateway", product.gateway_address),
        ("task-service", product.tasks_address),
        ("worker-service", product.workers_address),
    ];
    for (role, address) in processes {
        // As in a container, where the process listens at every address.
        let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, address.port()));
        eventually(&format!("{role} serves"), || async {
            health_command(role, everywhere).await.0.then_some(())
        })
        .await;
    }
    product.stop().await;
    for (role, address) in processes {
        let (is_healthy, complaint) = health_command(role, address).await;
        assert!(!is_healthy && complaint.contains(&format!("no answer from {role}")), "{complaint}");
    }
}
