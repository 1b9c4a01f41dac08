//! `CCM_DRAIN_DELAY`: after the signal to stop, a process says that it is not ready and works on, until those who balance the
//! load know.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::harness::{Backend, Client, DEADLINE, Process, Product, Settings, eventually};

/// Longer than any test: what ends a delay is the second signal.
const DELAY: (&str, &str) = ("CCM_DRAIN_DELAY", "1h");

async fn serving_status(address: SocketAddr) -> ServingStatus {
    let mut health =
        HealthClient::new(Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy());
    health.check(HealthCheckRequest::default()).await.unwrap().into_inner().status()
}

/// Waits for the end of a process, whose standard input stays open: its end would be one more reason to stop.
async fn has_stopped(process: &mut Process) {
    let began = Instant::now();
    while process.is_running() {
        assert!(began.elapsed() < DEADLINE, "it goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(process.ended().await.success());
}

async fn is_unready(client: &Client) {
    eventually("not ready any more", async || (client.get("/readyz").await.status == 503).then_some(()))
        .await;
    assert_eq!(client.get("/livez").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_gateway_is_not_ready_but_takes_new_connections_until_the_second_signal() {
    let mut product = Product::start_with(Backend::Sqlite, &[DELAY]).await;
    product.gateway.signal("TERM");
    is_unready(&product.anonymous()).await;
    for _ in 0..10 {
        // Each with connections of its own.
        let answer = product.admin().post("/api/tasks", &json!({"title": "late"})).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let refused = product.anonymous().get("/readyz").await;
    assert!(refused.text("detail").contains("draining"), "{refused:?}");
    product.gateway.signal("TERM");
    has_stopped(&mut product.gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_service_says_that_it_does_not_serve_and_serves() {
    let settings =
        Settings { of_services: vec![(DELAY.0.to_owned(), DELAY.1.to_owned())], ..Settings::default() };
    let mut product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let admin = product.admin();
    eventually("it serves", async || {
        (serving_status(product.tasks_address).await == ServingStatus::Serving).then_some(())
    })
    .await;
    product.tasks.signal("TERM");
    eventually("not serving any more", async || {
        (serving_status(product.tasks_address).await == ServingStatus::NotServing).then_some(())
    })
    .await;
    assert_eq!(admin.post("/api/tasks", &json!({"title": "late"})).await.status, 201);
    assert_eq!(serving_status(product.tasks_address).await, ServingStatus::NotServing);
    product.tasks.signal("TERM");
    has_stopped(&mut product.tasks).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_delay_ends_by_itself_and_without_one_the_end_is_at_once() {
    for (delay, least, drains) in [("2s", 2, true), ("0s", 0, false)] {
        let mut product = Product::start_with(Backend::Sqlite, &[("CCM_DRAIN_DELAY", delay)]).await;
        let began = Instant::now();
        product.gateway.signal("TERM");
        has_stopped(&mut product.gateway).await;
        assert!(began.elapsed() >= Duration::from_secs(least), "{delay}: {:?}", began.elapsed());
        let logged = product.gateway.lines().logged();
        let is_told =
            logged.iter().any(|it| it["message"].as_str().is_some_and(|it| it.starts_with("draining")));
        assert_eq!(is_told, drains, "{delay}: {logged:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn up_drains_all_three_before_it_stops_any() {
    let data = tempfile::tempdir().unwrap();
    let free = ["--gateway-listen", "--task-listen", "--worker-listen"].map(|it| [it, "127.0.0.1:0"]);
    let directory = data.path().display().to_string();
    let arguments = [["up", "--data-dir", &directory].as_slice(), free.as_flattened()].concat();
    let mut up = Process::spawn(&arguments, &[(DELAY.0.to_owned(), DELAY.1.to_owned())]);
    let token = up.printed("a token", |line| Some(line.split_once("export TOKEN=")?.1.to_owned())).await;
    let address = up
        .printed("the gateway listens", |line| {
            let at = line.find("http://localhost:")? + "http://localhost:".len();
            let port: String = line[at..].chars().take_while(char::is_ascii_digit).collect();
            port.parse().ok().map(|port: u16| SocketAddr::from(([127, 0, 0, 1], port)))
        })
        .await;
    let admin = Client::new(&format!("http://{address}"), Some(&token));
    up.signal("TERM");
    is_unready(&admin).await;
    assert_eq!(admin.post("/api/tasks", &json!({"title": "late"})).await.status, 201);
    up.signal("TERM");
    has_stopped(&mut up).await;
}
