//! Services that are away, and come back, while the gateway stays.

use serde_json::{Value, json};

use crate::harness::{Backend, Client, Product, eventually};

/// How `/readyz` says the services are.
async fn ready(product: &Product) -> Value {
    let answer = product.anonymous().get("/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.text("status")), (200, "ready"));
    let services = answer.json["services"].as_array().unwrap();
    services.iter().map(|it| (it["name"].as_str().unwrap().to_owned(), it["status"].clone())).collect()
}

/// Waits until `/readyz`, whose answer is a little old, says that the services are so.
async fn expect_ready(product: &Product, expected: Value) {
    eventually(&expected.to_string(), async || (ready(product).await == expected).then_some(())).await;
}

async fn expect_down(client: &Client, path: &str, service: &str) {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.text("detail").contains(service), "{answer:?}");
    assert_eq!((answer.text("code"), &answer.json["retryable"]), ("UNAVAILABLE", &Value::Bool(true)));
    assert_eq!(answer.header("retry-after"), "1");
}

async fn expect_back(client: &Client, path: &str) {
    eventually("the service is back", || async { (client.get(path).await.status == 200).then_some(()) })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_task_service_tasks_say_so_and_workers_work() {
    let mut product = Product::start().await;
    let user = product.user("ada");
    product.tasks.kill().await;
    expect_down(&user, "/api/tasks", "task-service").await;
    assert_eq!(user.get("/api/workers").await.status, 200);
    expect_ready(&product, json!({"task-service": "unreachable", "worker-service": "serving"})).await;
    product.tasks.restart(product.tasks_address);
    expect_back(&user, "/api/tasks").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_worker_service_workers_say_so_and_nothing_is_written_of_a_task_with_a_worker() {
    let mut product = Product::start().await;
    let (user, worker) = (product.user("ada"), product.worker().await);
    product.workers.kill().await;
    expect_down(&user, "/api/workers", "worker-service").await;
    let with_worker = json!({"title": "with a worker", "worker_id": worker});
    let refused = user.post("/api/tasks", &with_worker).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.text("detail").contains("worker-service"), "{refused:?}");
    assert_eq!(user.post("/api/tasks", &json!({"title": "without"})).await.status, 201);
    let listed = user.get("/api/tasks").await;
    let titles: Vec<&str> =
        listed.json["items"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["without"]);
    assert_eq!(events::testing::events_at(&product.task_database.url).await.unwrap().len(), 1);
    product.workers.restart(product.workers_address);
    expect_back(&user, "/api/workers").await;
    eventually("a task with a worker can be created again", || async {
        (user.post("/api/tasks", &with_worker).await.status == 201).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_starts_before_both_services_finds_them_when_they_come() {
    let mut product = Product::start().await;
    let user = product.user("ada");
    product.tasks.kill().await;
    product.workers.kill().await;
    product.gateway.kill().await;
    product.gateway.restart(product.gateway_address);
    product.gateway.listening("gateway").await;
    assert_eq!(product.anonymous().get("/livez").await.status, 200);
    expect_ready(&product, json!({"task-service": "unreachable", "worker-service": "unreachable"})).await;
    expect_down(&user, "/api/tasks", "task-service").await;
    expect_down(&user, "/api/workers", "worker-service").await;
    product.workers.restart(product.workers_address);
    product.tasks.restart(product.tasks_address);
    expect_back(&user, "/api/workers").await;
    expect_back(&user, "/api/tasks").await;
    expect_ready(&product, json!({"task-service": "serving", "worker-service": "serving"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_service_that_hangs_is_named_and_nothing_is_written() {
    let product = Product::start().await;
    let (user, worker) = (product.user("ada"), product.worker().await);
    product.workers.signal("STOP");
    let refused = user.post("/api/tasks", &json!({"title": "t", "worker_id": worker})).await;
    assert_eq!((refused.status.as_u16(), refused.text("code")), (503, "UNAVAILABLE"), "{refused:?}");
    assert!(refused.text("detail").contains("worker-service"), "{refused:?}");
    assert!(user.get("/api/tasks").await.json["items"].as_array().unwrap().is_empty());
    product.workers.signal("CONT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_idle_connections_and_health_watchers_stops_at_once() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    let mut product = Product::start().await;
    let silent = tokio::net::TcpStream::connect(product.workers_address).await.unwrap();
    let address = format!("http://{}", product.workers_address);
    let mut health = HealthClient::new(tonic::transport::Endpoint::try_from(address).unwrap().connect_lazy());
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert!(watch.message().await.unwrap().is_some());
    assert!(product.workers.stop().await.success());
    let lines = product.workers.lines().all().join("\n");
    assert!(!lines.contains("did not finish before the drain timeout"), "{lines}");
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_hangs_costs_a_request_its_deadline_and_no_more() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_REQUEST_TIMEOUT", "700ms")]).await;
    let user = product.user("ada");
    // On a busy machine, also a service that does not hang may need longer.
    expect_back(&user, "/api/tasks").await;
    product.tasks.signal("STOP");
    let answer = user.post("/api/tasks", &json!({"title": "never answered"})).await;
    assert_eq!((answer.status.as_u16(), answer.text("code")), (504, "DEADLINE_EXCEEDED"), "{answer:?}");
    assert!(answer.text("detail").contains("the outcome is unknown"), "{answer:?}");
    let read = user.get("/api/tasks").await;
    assert_eq!((read.status.as_u16(), &read.json["retryable"]), (504, &Value::Bool(true)), "{read:?}");
    expect_back(&user, "/api/workers").await;
    product.tasks.signal("CONT");
    expect_back(&user, "/api/tasks").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_somebody_keeps_locked_costs_those_who_change_it_and_soon_nobody_else() {
    use storage::sqlx::{self, Connection as _, PgConnection};
    let product = Product::start_with(Backend::Postgres, &[]).await;
    let (locked, other, admin) = (product.worker().await, product.worker().await, product.admin());
    // As a replica leaves it whose machine stops in the middle of a transaction.
    let mut holder = PgConnection::connect(&product.worker_database.url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT id FROM workers ORDER BY created_at LIMIT 1 FOR UPDATE")
        .execute(&mut holder)
        .await
        .unwrap();
    let path = format!("/api/workers/{locked}");
    let changes: Vec<_> = (0..20)
        .map(|it| {
            let (admin, path) = (admin.clone(), path.clone());
            tokio::spawn(async move { admin.patch(&path, &json!({ "name": format!("lab {it}") })).await })
        })
        .collect();
    for change in changes {
        let refused = change.await.unwrap();
        assert_eq!(refused.status, 503, "{refused:?}");
    }
    expect_back(&admin, &format!("/api/workers/{other}")).await;
    let free = admin.patch(&format!("/api/workers/{other}"), &json!({"name": "free"})).await;
    assert_eq!(free.status, 200, "{free:?}");
    drop(holder);
    eventually("the row can be changed again", || async {
        (admin.patch(&path, &json!({"name": "again"})).await.status == 200).then_some(())
    })
    .await;
}
