//! Databases that a service cannot use, or not to the full.

use serde_json::json;
use storage::sqlx::{self, Connection as _, PgConnection};
use storage::testing::Pooler;

use super::{Level, doctor, run, with};
use crate::databases::{expect_status, on_a_small_disk};
use crate::harness::{Backend, Product, eventually};

async fn on(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_front_of_the_database_of_a_service_is_named() {
    let mut product = Product::start_with(Backend::Postgres, &[]).await;
    let pooler = Pooler::start(&product.task_database.url, "pool_mode=transaction").await;
    let url = pooler.url();
    let setting = ("CCM_TASK_DATABASE", url.as_str());
    assert!(product.tasks.stop().await.success());
    let address = product.tasks_address;
    product.tasks.restart_with(address, &[setting]);
    let refusal = "ccm: the database cannot be used: a connection pooler ";
    product.tasks.printed("a refusal", |it| it.starts_with(refusal).then_some(())).await;
    assert_eq!(product.tasks.ended().await.code(), Some(1));
    expect_status(&product, "unreachable").await;
    let said = doctor(&product, &[setting]).await;
    said.expect_problem("task_database", "a connection pooler in front of it", "docs/troubleshooting.md");
    said.expect_problem("services", "the gateway cannot reach task-service", "start task-service");
    said.expect_no_other_problem(&["task_database", "services", "traces"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_a_service_lacks_are_named_with_their_tables() {
    let mut product = Product::start_with(Backend::Postgres, &[]).await;
    let url = &product.worker_database.url;
    let reader = format!("reader_{}", url.rsplit('/').next().unwrap());
    on(
        url,
        format!(
            "CREATE ROLE {reader} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}; \
             REVOKE SELECT ON workers FROM {reader}"
        ),
    )
    .await;
    let as_reader = url.replace("ccm@", &format!("{reader}@"));
    let setting = ("CCM_WORKER_DATABASE", as_reader.as_str());
    assert!(product.workers.stop().await.success());
    let address = product.workers_address;
    product.workers.restart_with(address, &[setting]);
    product.workers.listening("worker-service").await;
    let worker = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    eventually("worker-service is found, and stores nothing", async || {
        let answer = product.admin().post("/api/workers", &worker).await;
        (answer.status.is_server_error() && !answer.text("detail").contains("unreachable")).then_some(())
    })
    .await;
    let said = doctor(&product, &[setting]).await;
    said.expect_problem(
        "worker_database",
        "workers (SELECT, INSERT, UPDATE, DELETE)",
        "docs/operations.md, Migrate",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_of_the_product_is_looked_at_and_no_other_one() {
    let product = Product::start_with(Backend::Postgres, &[]).await;
    let databases = [
        ("CCM_TASK_DATABASE", "task_database", &product.task_database.url),
        ("CCM_WORKER_DATABASE", "worker_database", &product.worker_database.url),
        ("CCM_SIMULATED_DATABASE", "provider_database", &product.provider_database.url),
    ];
    for (variable, check, url) in databases {
        let user = format!("stranger_{}", url.rsplit('/').next().unwrap());
        on(url, format!("CREATE ROLE {user} LOGIN; GRANT SELECT ON _sqlx_migrations TO {user}")).await;
        let mut connection = PgConnection::connect(url).await.unwrap();
        let tables = "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        on(url, "CREATE TABLE of_another_program (n INTEGER)".to_owned()).await;
        let said = doctor(&product, &[(variable, &url.replace("ccm@", &format!("{user}@")))]).await;
        let seen = &said.finding(check, Level::Problem).seen;
        for table in tables {
            assert!(seen.contains(&format!(" {table} (")), "{table}: {seen}");
        }
        assert!(!seen.contains("of_another_program"), "{seen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_is_enough_for_all_databases_and_without_one_nothing_is_said_to_be_broken() {
    let product = Product::start_with(Backend::Postgres, &[]).await;
    let user = format!("single_{}", product.task_database.url.rsplit('/').next().unwrap());
    on(&product.task_database.url, format!("CREATE ROLE {user} LOGIN CONNECTION LIMIT 1")).await;
    let as_user = async |url: &str| {
        let rights = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public";
        on(url, format!("GRANT {rights} TO {user}")).await;
        url.replace("ccm@", &format!("{user}@"))
    };
    let tasks = as_user(&product.task_database.url).await;
    let workers = as_user(&product.worker_database.url).await;
    let provider = as_user(&product.provider_database.url).await;
    let settings = [
        ("CCM_TASK_DATABASE", tasks.as_str()),
        ("CCM_WORKER_DATABASE", &workers),
        ("CCM_SIMULATED_DATABASE", &provider),
    ];
    let checks = ["task_database", "worker_database", "provider_database"];
    // The server notices the end of a connection a moment later, and until then it has no other one for this user.
    eventually("one connection is enough for each", async || {
        let said = doctor(&product, &settings).await;
        said.expect_no_other_problem(&[]);
        let few = "may open 19 connections, and the server gives this user 1";
        checks.iter().all(|it| said.finding(it, Level::Warning).seen.contains(few)).then_some(())
    })
    .await;
    let held = eventually("a connection is left", async || PgConnection::connect(&tasks).await.ok()).await;
    let full = doctor(&product, &settings).await;
    full.expect_no_other_problem(&[]);
    for check in checks {
        let none = &full.finding(check, Level::Warning).seen;
        assert!(
            none.contains("no connection is left for this command") && none.contains("too many"),
            "{none}"
        );
    }
    held.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_lacks_migrations_is_told_with_the_command_and_is_left_alone() {
    let product = Product::start_with(Backend::Postgres, &[]).await;
    let empty = storage::testing::postgres().await;
    let said = doctor(&product, &[("CCM_TASK_DATABASE", &empty.url)]).await;
    said.expect_problem(
        "task_database",
        "the schema lacks the migrations 1, 2, 3",
        "`ccm migrate task-service`",
    );
    let mut connection = PgConnection::connect(&empty.url).await.unwrap();
    let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    assert_eq!(count.fetch_one(&mut connection).await.unwrap(), 0, "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_is_named() {
    let product = on_a_small_disk().await;
    let user = product.user("ada");
    let large = json!({"title": "t", "description": "x".repeat(9_000)});
    eventually("the disk is full", async || {
        (user.post("/api/tasks", &large).await.status == 503).then_some(())
    })
    .await;
    expect_status(&product, "not_serving").await;
    // The file system is that of task-service alone.
    let process = product.tasks.id().to_string();
    let mut by = vec!["nsenter", "--target", &process, "--mount"];
    if !storage::testing::is_root() {
        by.extend(["--user", "--preserve-credentials"]);
    }
    let said = run(&by, &[], &with(&product, &[])).await;
    said.expect_problem("task_database", "stores no changes: disk full", "make room on the disk");
    said.expect_problem(
        "services",
        "task-service answers that it does not serve: disk full",
        "the log of task-service",
    );
    said.expect_no_other_problem(&["task_database", "services"]);
    // No task is created that may not be deleted again.
    assert_eq!(said.finding("task_events", Level::NotChecked).seen, "task-service does not serve");
    assert_eq!(said.finding("worker_events", Level::Ok).advice, None);
}
