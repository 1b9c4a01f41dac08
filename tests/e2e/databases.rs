//! Databases that answer reads and store nothing: a disk that is full, a file that was deleted.

use std::sync::Mutex;

use futures_util::future::join_all;
use serde_json::{Value, json};
use storage::sqlx::{self, Connection as _, SqliteConnection};

use crate::group_commit::shared_commits;
use crate::harness::{Backend, Product, Settings, eventually};

/// Puts the database of task-service on a file system of 3 MiB, most of which a file takes.
const ON_A_SMALL_DISK: &str = r#"
    case "${CCM_TASK_DATABASE:-}" in
    sqlite:*)
        directory=$(dirname "${CCM_TASK_DATABASE#sqlite:}")
        mount -t tmpfs -o size=3m tmpfs "$directory" && head -c 1500000 /dev/zero >"$directory/filler"
    esac && exec "$@"
"#;

pub(crate) async fn expect_status(product: &Product, status: &str) {
    eventually(status, async || {
        let answer = product.user("ada").get("/readyz").await;
        let services = answer.json["services"].as_array()?;
        let tasks = services.iter().find(|it| it["name"] == "task-service")?;
        (tasks["status"] == status).then_some(())
    })
    .await;
}

/// Waits until `/readyz?verbose` says that task-service does not serve for this reason.
pub(crate) async fn expect_not_serving(product: &Product, reason: &str) {
    eventually(reason, async || {
        let answer = product.anonymous().get("/readyz?verbose").await;
        let services = answer.json["services"].as_array()?;
        let tasks = services.iter().find(|it| it["name"] == "task-service")?;
        (tasks["status"] == "not_serving" && tasks["reasons"] == json!([reason])).then_some(())
    })
    .await;
}

fn database(product: &Product) -> &str {
    product.task_database.url.strip_prefix("sqlite:").unwrap()
}

fn large_task() -> Value {
    json!({"title": "t", "description": "x".repeat(9_000)})
}

/// Counts the tasks by walking through the list.
async fn stored(product: &Product) -> usize {
    let (mut count, mut token) = (0, String::new());
    loop {
        let page = product.admin().get(&format!("/api/tasks?page_size=200{token}")).await;
        count += page.json["items"].as_array().unwrap().len();
        let Some(next) = page.json["next_page_token"].as_str() else { return count };
        token = format!("&page_token={next}");
    }
}

/// A product whose task-service has its database on a file system of its own, which is nearly full.
pub(crate) async fn on_a_small_disk() -> Product {
    let user = if storage::testing::is_root() { vec![] } else { vec!["--map-root-user"] };
    let words = ["unshare", "--mount"].into_iter().chain(user).chain(["sh", "-c", ON_A_SMALL_DISK, "sh"]);
    let settings = Settings { clients_by: words.map(ToOwned::to_owned).collect(), ..Settings::default() };
    Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_reads_go_on_and_it_is_well_again_by_itself() {
    let product = on_a_small_disk().await;
    let user = product.user("ada");
    let first = user.post("/api/tasks", &json!({"title": "first"})).await;
    expect_status(&product, "serving").await;
    // Several at the same time, which share transactions: the one that does not fit takes no other with it.
    let large = Mutex::new(Vec::new());
    eventually("the disk is full", async || {
        let answers = join_all((0..8).map(|_| async { user.post("/api/tasks", &large_task()).await })).await;
        let is_full = answers.iter().any(|it| it.status != 201);
        large.lock().unwrap().extend(answers);
        is_full.then_some(())
    })
    .await;
    let large = large.into_inner().unwrap();
    let (created, refused): (Vec<_>, Vec<_>) = large.into_iter().partition(|it| it.status == 201);
    for refused in refused {
        assert_eq!((refused.status.as_u16(), refused.text("code")), (503, "UNAVAILABLE"), "{refused:?}");
        assert_eq!(refused.text("detail"), "task-service cannot use its database: disk full");
    }
    assert_eq!(stored(&product).await, 1 + created.len());
    let shared = async || (!shared_commits(&product).is_empty()).then_some(());
    eventually("creates shared a COMMIT", shared).await;
    expect_not_serving(&product, "disk full").await;
    assert_eq!(user.get(first.header("location")).await.status, 200, "reads go on");

    std::fs::remove_file(format!("/proc/{}/root{}/filler", product.tasks.id(), directory(&product))).unwrap();
    expect_status(&product, "serving").await;
    assert_eq!(user.post("/api/tasks", &large_task()).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_file_that_somebody_else_has_locked_is_told_and_changes_go_on_after_it() {
    let product = Product::start().await;
    let user = product.user("ada");
    let mut operator = SqliteConnection::connect(&product.task_database.url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut operator).await.unwrap();
    let refused = user.post("/api/tasks", &json!({"title": "t"})).await;
    assert_eq!((refused.status.as_u16(), refused.text("code")), (503, "UNAVAILABLE"), "{refused:?}");
    assert_eq!(refused.text("detail"), "task-service cannot use its database: database locked");
    // A lock is nothing that lets the next change fail, too.
    expect_status(&product, "serving").await;
    sqlx::raw_sql("ROLLBACK").execute(&mut operator).await.unwrap();
    assert_eq!(user.post("/api/tasks", &json!({"title": "t"})).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_into_a_directory_that_was_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let databases = ["tasks", "workers", "machines"].map(|it| format!("sqlite:{}/{it}.db", data.display()));
    let settings = Settings { databases: Some(databases), ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let user = product.user("ada");
    assert_eq!(user.post("/api/tasks", &json!({"title": "kept"})).await.status, 201);
    expect_status(&product, "serving").await;
    std::fs::remove_dir_all(&data).unwrap();
    let reason = "cannot use its database: its file was deleted or replaced";
    let refused = user.post("/api/tasks", &json!({"title": "lost"})).await;
    assert_eq!((refused.status.as_u16(), refused.text("detail")), (503, &*format!("task-service {reason}")));
    let worker = json!({"name": "lost", "region": "us-east-1", "instance_type": "m5.metal"});
    let refused = product.admin().post("/api/workers", &worker).await;
    assert_eq!(
        (refused.status.as_u16(), refused.text("detail")),
        (503, &*format!("worker-service {reason}"))
    );
    expect_not_serving(&product, "its file was deleted or replaced").await;
}

fn directory(product: &Product) -> String {
    std::path::Path::new(database(product)).parent().unwrap().display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_into_a_file_that_was_deleted() {
    let product = Product::start().await;
    let user = product.user("ada");
    assert_eq!(user.post("/api/tasks", &json!({"title": "kept"})).await.status, 201);
    expect_status(&product, "serving").await;
    std::fs::remove_file(database(&product)).unwrap();
    let refused = user.post("/api/tasks", &json!({"title": "lost"})).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert_eq!(
        refused.text("detail"),
        "task-service cannot use its database: its file was deleted or replaced"
    );
    expect_not_serving(&product, "its file was deleted or replaced").await;
}
