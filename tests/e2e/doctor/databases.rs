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
async fn a_pooler_in_between_is_named() {
    let product = Product::start_with(Backend::Postgres, &[]).await;
    let pooler = Pooler::start(&product.task_database.url, "pool_mode=transaction").await;
    let said = doctor(&product, &[("CCM_TASK_DATABASE", &pooler.url())]).await;
    said.expect_problem("task_database", "a connection pooler in front of it", "docs/troubleshooting.md");
    said.expect_no_other_problem(&["task_database"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_are_missing_are_named_with_their_tables() {
    let product = Product::start_with(Backend::Postgres, &[]).await;
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
    let said = doctor(&product, &[("CCM_WORKER_DATABASE", &as_reader)]).await;
    said.expect_problem(
        "worker_database",
        "workers (SELECT, INSERT, UPDATE, DELETE)",
        "docs/operations.md, Migrate",
    );
    said.expect_no_other_problem(&["worker_database"]);
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
    said.expect_problem("services", "task-service answers that it does not serve", "the log of task-service");
    said.expect_no_other_problem(&["task_database", "services"]);
    // No task is created that may not be deleted again.
    assert_eq!(said.finding("task_events", Level::NotChecked).seen, "task-service does not serve");
    assert_eq!(said.finding("worker_events", Level::Ok).advice, None);
}
