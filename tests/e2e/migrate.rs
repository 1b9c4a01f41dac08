//! `ccm migrate`, and services whose database user can read and change rows only.

use access::local;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use storage::sqlx;
use storage::testing::{self, Postgres};
use tempfile::TempDir;

use crate::harness::{Backend, Process, Product, Settings};

/// Runs a command to its end, and returns its exit code and what it has printed.
async fn run(arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let keys = local_keys();
    let mut process = Process::spawn(arguments, std::slice::from_ref(&keys.1));
    let status = process.ended().await;
    (status.code(), process.lines().all())
}

/// Keys for a service that is started by itself, and the setting that names them.
pub(crate) fn local_keys() -> (TempDir, (String, String)) {
    let directory = tempfile::tempdir().unwrap();
    local::LocalIssuer::open_or_create(directory.path()).unwrap();
    let keys = local::public_keys_path(directory.path()).display().to_string();
    (directory, ("CCM_LOCAL_KEYS".to_owned(), keys))
}

async fn migrate(arguments: &[&str]) -> Vec<String> {
    let (code, lines) = run(&[&["migrate"], arguments].concat()).await;
    assert_eq!(code, Some(0), "{lines:?}");
    lines
}

async fn on(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
}

/// The statements of docs/operations.md, for this user.
fn documented(user: &str) -> String {
    let text = include_str!("../../docs/operations.md");
    let sql = text.split("```sql").nth(1).unwrap().split("```").next().unwrap();
    sql.replace("ccm_service", user)
}

#[tokio::test(flavor = "multi_thread")]
async fn services_with_data_rights_run_on_what_ccm_migrate_has_made() {
    let server = Postgres::shared().await;
    let mut owned = Vec::new();
    for name in ["tasks", "workers", "machines"] {
        let url = server.create_database().await;
        // PostgreSQL 14 lets everybody create tables in this schema.
        on(&url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
        on(&url, &documented(&format!("rights_{name}"))).await;
        owned.push(url);
    }
    let urls = ["tasks", "workers", "machines"].iter().zip(&owned);
    let urls: Vec<String> = urls.map(|(name, url)| url.replace("ccm@", &format!("rights_{name}@"))).collect();

    let (code, lines) = run(&["task-service", "--listen", "127.0.0.1:0", "--database", &urls[0]]).await;
    assert_eq!(code, Some(1));
    let said = lines.iter().find(|it| it.starts_with("ccm: ")).expect("a sentence");
    assert!(said.contains("lacks the migrations 1, 2, 3, 4, 5, 1000"), "{said}");
    assert!(said.contains("run `ccm migrate` as the owner of the schema"), "{said}");

    let applied = migrate(&["task-service", "--database", &owned[0]]).await;
    assert!(applied.contains(&"task-service: applied migration 1000 (tasks)".to_owned()), "{applied:?}");
    let of_workers = ["worker-service", "--database", &owned[1], "--simulated-database", &owned[2]];
    let applied = migrate(&of_workers).await;
    for line in [
        "worker-service: applied migration 1000 (workers)",
        "simulated provider: applied migration 1000 (machines)",
    ] {
        assert!(applied.contains(&line.to_owned()), "{applied:?}");
    }
    let again = ["worker-service: no migration is missing", "simulated provider: no migration is missing"];
    assert_eq!(migrate(&of_workers).await, again);

    let databases = Some([urls[0].clone(), urls[1].clone(), urls[2].clone()]);
    let settings = Settings { databases, ..Settings::default() };
    let product = Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), settings).await;
    let admin = product.admin();
    // A machine, an action, a request that can be repeated, and all kinds of changes.
    let worker = product.running_worker().await;
    let stopped = admin.post(&format!("/api/workers/{worker}/stop"), &json!({})).await;
    assert_eq!(stopped.status, 202, "{stopped:?}");
    product.worker_is(&worker, "stopped").await;
    let task = admin.post("/api/tasks", &json!({"title": "t", "worker_id": worker})).await;
    assert_eq!(task.status, 201, "{task:?}");
    let path = task.header("location").to_owned();
    assert_eq!(admin.patch(&path, &json!({"title": "changed"})).await.status, 200);
    assert_eq!(admin.delete(&path).await.status, 204);
    let history = admin.get(&format!("/api/workers/{worker}/events")).await;
    assert_eq!(history.status, 200, "{history:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_file_is_migrated_as_a_step_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite:{}", directory.path().join(name).display());
    let of_workers = ["worker-service", "--database", &url("w.db"), "--simulated-database", &url("m.db")];
    assert!(migrate(&of_workers).await.len() > 2);
    assert_eq!(migrate(&of_workers).await.len(), 2);
    let fresh = testing::sqlite();
    assert!(migrate(&["task-service", "--database", &fresh.url]).await.len() > 1);
}

/// Starts a service on a database that somebody else is migrating.
fn start_on(url: &str, keys: &(String, String)) -> Process {
    let arguments = ["task-service", "--end-with-stdin", "--listen", "127.0.0.1:0", "--database", url];
    Process::spawn(&arguments, std::slice::from_ref(keys))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_waits_for_the_migration_of_another_one_says_so() {
    use sqlx::migrate::Migrate as _;

    let (_directory, keys) = local_keys();
    let is_waiting = |it: &str| it.contains("waiting until another process has").then_some(());
    let url = Postgres::shared().await.create_database().await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    other.lock().await.unwrap();
    let service = start_on(&url, &keys);
    service.printed("it waits", is_waiting).await;
    other.unlock().await.unwrap();
    service.listening("task-service").await;

    let fresh = testing::sqlite();
    let lock = format!("{}.migration-lock", fresh.url.strip_prefix("sqlite:").unwrap());
    let lock = std::fs::File::create(lock).unwrap();
    lock.lock().unwrap();
    let service = start_on(&fresh.url, &keys);
    service.printed("it waits", is_waiting).await;
    drop(lock);
    service.listening("task-service").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_cannot_be_done_ends_with_a_sentence() {
    let (code, lines) = run(&["migrate", "task-service", "--database", "mysql://db"]).await;
    assert_eq!(code, Some(1));
    assert!(lines[0].contains("is not a database URL"), "{lines:?}");
    let shared = Postgres::shared().await.create_database().await;
    let (code, lines) = run(&["migrate", "worker-service", "--database", &shared]).await;
    assert_eq!(code, Some(1));
    assert!(lines[0].contains("CCM_SIMULATED_DATABASE has to be a PostgreSQL database"), "{lines:?}");
}
