//! PostgreSQL at its limits: a full disk, a role with few connections, and an IPv6 address.

use std::net::{SocketAddr, TcpListener};

use futures_util::future::join_all;
use serde_json::{Value, json};
use storage::sqlx::{self, Connection as _, PgConnection};
use storage::testing::{self, Postgres};

use crate::databases::{expect_not_serving, expect_status};
use crate::harness::{Backend, Client, Product, Settings, eventually};

async fn on(url: &str, statements: &[String]) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for sql in statements {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone())).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// With the database of task-service at this URL.
async fn product_on(tasks: String) -> Product {
    let (workers, machines) = (testing::postgres().await, testing::postgres().await);
    let settings = Settings { databases: Some([tasks, workers.url, machines.url]), ..Settings::default() };
    Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), settings).await
}

fn large_task() -> Value {
    json!({"title": "t", "description": "x".repeat(9_000)})
}

/// Creates tasks until one is refused, and returns that answer. Notes those that were acknowledged.
async fn fill(user: &Client, acknowledged: &mut Vec<String>) -> crate::harness::Answer {
    loop {
        let answer = user.post("/api/tasks", &large_task()).await;
        if answer.status != 201 {
            return answer;
        }
        acknowledged.push(answer.header("location").to_owned());
    }
}

async fn expect_all(user: &Client, acknowledged: &[String]) {
    for path in acknowledged {
        assert_eq!(user.get(path).await.status, 200, "{path} was acknowledged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_of_postgresql_is_told_reads_go_on_and_it_is_well_again_by_itself() {
    let server = Postgres::start_with_a_small_disk(false).await;
    let place = server.place_of_tables();
    let statements = [
        format!("CREATE TABLESPACE small LOCATION '{place}'"),
        "CREATE DATABASE tasks TABLESPACE small".to_owned(),
    ];
    on(&server.url("postgres"), &statements).await;
    let product = product_on(server.url("tasks")).await;
    let user = product.user("ada");
    expect_status(&product, "serving").await;
    server.fill_disk();
    let mut acknowledged = Vec::new();
    let refused = fill(&user, &mut acknowledged).await;
    assert_eq!((refused.status.as_u16(), refused.text("code")), (503, "UNAVAILABLE"), "{refused:?}");
    assert_eq!(refused.text("detail"), "task-service cannot use its database: disk full");
    expect_not_serving(&product, "disk full").await;
    expect_all(&user, &acknowledged).await;
    assert_eq!(fill(&user, &mut acknowledged).await.status, 503);
    server.empty_disk();
    expect_status(&product, "serving").await;
    assert_eq!(user.post("/api/tasks", &large_task()).await.status, 201);
    expect_all(&user, &acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_the_log_of_postgresql_fills_loses_nothing_that_was_acknowledged() {
    let server = Postgres::start_with_a_small_disk(true).await;
    on(&server.url("postgres"), &["CREATE DATABASE tasks".to_owned()]).await;
    let product = product_on(server.url("tasks")).await;
    let user = product.user("ada");
    server.fill_disk();
    let mut acknowledged = Vec::new();
    let refused = fill(&user, &mut acknowledged).await;
    assert!([503, 504].contains(&refused.status.as_u16()), "{refused:?}");
    expect_status(&product, "not_serving").await;
    server.empty_disk();
    // A server that cannot write its log ends, and is started by whoever watches it.
    server.stop().await;
    server.start_again().await;
    expect_status(&product, "serving").await;
    eventually("a change is stored", async || {
        (user.post("/api/tasks", &large_task()).await.status == 201).then_some(())
    })
    .await;
    expect_all(&user, &acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_with_five_connections_serves_more_callers_than_that() {
    let fresh = testing::postgres().await;
    let role = [
        "CREATE ROLE five LOGIN CONNECTION LIMIT 5".to_owned(),
        "GRANT ALL ON SCHEMA public TO five".to_owned(),
    ];
    on(&fresh.url, &role).await;
    let product = product_on(fresh.url.replace("ccm@", "five@")).await;
    let user = product.user("ada");
    let refused = join_all((0..8).map(|_| async {
        let mut refused = Vec::new();
        for _ in 0..10 {
            let created = user.post("/api/tasks", &json!({"title": "t"})).await;
            let read = user.get(created.header("location")).await;
            let answers = [(created, 201), (read, 200), (user.get("/api/tasks").await, 200)];
            refused.extend(answers.into_iter().filter(|(it, expected)| it.status != *expected));
        }
        refused
    }))
    .await;
    assert!(refused.iter().all(Vec::is_empty), "{refused:?}");
    expect_status(&product, "serving").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_reached_at_an_ipv6_address() {
    let address: SocketAddr = TcpListener::bind("[::1]:0").unwrap().local_addr().unwrap();
    let server = Postgres::start_at(address).await;
    on(&server.url("postgres"), &["CREATE DATABASE tasks".to_owned()]).await;
    let product = product_on(format!("postgres://ccm@{address}/tasks")).await;
    let created = product.user("ada").post("/api/tasks", &json!({"title": "t"})).await;
    assert_eq!(created.status, 201, "{created:?}");
    expect_status(&product, "serving").await;
}
