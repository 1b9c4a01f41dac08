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
async fn requests_that_wait_in_vain_for_a_connection_of_the_pool_say_so() {
    // One connection for reads.
    let of_services = vec![("CCM_DATABASE_CONNECTIONS".to_owned(), "2".to_owned())];
    let settings = Settings { of_services, ..Settings::default() };
    let product = Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), settings).await;
    let user = product.user("ada");
    // Once an answer is known, reads are executed at the same time.
    assert_eq!(user.get("/api/tasks").await.status, 200);
    let mut locks = PgConnection::connect(&product.task_database.url).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE").execute(&mut locks).await.unwrap();
    // Each waits with the connection for the lock, which takes three seconds; there is no connection for the others within five.
    let answers = join_all((0..6).map(|_| user.get("/api/tasks"))).await;
    assert!(answers.iter().all(|it| it.status == 503), "{answers:?}");
    let said = |why: &str| {
        let detail = format!("task-service cannot use its database: {why}");
        answers.iter().any(|it| it.text("detail") == detail)
    };
    assert!(said("no connection of the pool became free in time"), "{answers:?}");
    assert!(said("lock timeout"), "{answers:?}");
    locks.close().await.unwrap();
    eventually("reads succeed", async || (user.get("/api/tasks").await.status == 200).then_some(())).await;
}

/// A product whose services share a role that may have five connections, and what they connect to with it.
async fn product_on_a_shared_role(role: &str) -> (Product, [String; 2]) {
    let (tasks, workers, machines) =
        (testing::postgres().await, testing::postgres().await, testing::postgres().await);
    on(&tasks.url, &[format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 5")]).await;
    for fresh in [&tasks, &workers] {
        on(&fresh.url, &[format!("GRANT ALL ON SCHEMA public TO {role}")]).await;
    }
    let urls = [&tasks, &workers].map(|it| it.url.replace("ccm@", &format!("{role}@")));
    let settings = Settings {
        databases: Some([urls[0].clone(), urls[1].clone(), machines.url]),
        of_services: vec![("CCM_DATABASE_CONNECTIONS".to_owned(), "2".to_owned())],
        ..Settings::default()
    };
    (Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), settings).await, urls)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_share_a_role_with_five_connections() {
    let (product, _) = product_on_a_shared_role("five_of_two").await;
    let (user, admin) = (product.user("ada"), product.admin());
    expect_status(&product, "serving").await;
    let refused = join_all((0..8).map(|_| async {
        let mut refused = Vec::new();
        for _ in 0..10 {
            let created = user.post("/api/tasks", &json!({"title": "t"})).await;
            let read = user.get(created.header("location")).await;
            let workers = admin.get("/api/workers").await;
            let answers = [(created, 201), (read, 200), (workers, 200)];
            refused.extend(answers.into_iter().filter(|(it, expected)| it.status != *expected));
        }
        refused
    }))
    .await;
    assert!(refused.iter().all(Vec::is_empty), "{refused:?}");
    // An action goes through both services and their event logs.
    product.running_worker().await;
    expect_status(&product, "serving").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_starts_while_others_have_all_connections_waits_for_one_and_says_so() {
    let (mut product, [_, workers]) = product_on_a_shared_role("five_of_others").await;
    product.workers.stop().await;
    let operator = workers.replace("five_of_others@", "ccm@");
    // The server ends them a moment after their process.
    eventually("the sessions of the process have ended", async || {
        let sessions = "SELECT count(*) FROM pg_stat_activity \
                        WHERE usename = 'five_of_others' AND datname = current_database()";
        let mut operator = PgConnection::connect(&operator).await.unwrap();
        let count: i64 = sqlx::query_scalar(sessions).fetch_one(&mut operator).await.unwrap();
        (count == 0).then_some(())
    })
    .await;
    // Until the role has no connection left.
    let mut held = Vec::new();
    let error = loop {
        match PgConnection::connect(&workers).await {
            Ok(connection) => held.push(connection),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("too many connections for role"), "{error}");
    product.workers.restart(product.workers_address);
    let waits =
        |it: &str| it.contains("waiting until the database server has a connection").then(|| it.to_owned());
    let said = product.workers.printed("that it waits", waits).await;
    assert!(said.contains("too many connections for role"), "{said}");
    drop(held);
    eventually("the workers are there", async || {
        (product.admin().get("/api/workers").await.status == 200).then_some(())
    })
    .await;
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
