//! Databases that take no changes.

use serde_json::json;
use storage::sqlx::{self, Connection as _, PgConnection};
use storage::testing::Postgres;

use crate::databases::{expect_not_serving, expect_status};
use crate::harness::{Backend, Process, Product, Settings, eventually};
use crate::migrate::local_keys;

#[tokio::test(flavor = "multi_thread")]
async fn a_hot_standby_serves_reads_from_the_start_on_and_changes_once_it_is_promoted() {
    let primary = Postgres::start().await;
    let names = ["tasks", "workers", "machines"];
    let mut connection = PgConnection::connect(&primary.url("postgres")).await.unwrap();
    for name in names {
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
    let on = |server: &Postgres| Settings {
        databases: Some(names.map(|it| server.url(it))),
        ..Settings::default()
    };
    let mut before = Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), on(&primary)).await;
    let created = before.user("ada").post("/api/tasks", &json!({"title": "kept"})).await;
    assert_eq!(created.status, 201, "{created:?}");
    before.running_worker().await;
    before.stop().await;

    let standby = primary.standby().await;
    let product = Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), on(&standby)).await;
    let user = product.user("ada");
    let path = created.header("location");
    assert_eq!(user.get(path).await.text("title"), "kept");
    assert_eq!(user.get("/api/tasks").await.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(product.admin().get("/api/workers").await.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(user.get(&format!("{path}/events")).await.status, 200);
    expect_not_serving(&product, "database read-only").await;
    let refused = user.post("/api/tasks", &json!({"title": "refused"})).await;
    assert_eq!((refused.status.as_u16(), refused.text("code")), (503, "UNAVAILABLE"), "{refused:?}");
    assert_eq!(refused.text("detail"), "task-service cannot use its database: database read-only");

    let mut connection = PgConnection::connect(&standby.url("postgres")).await.unwrap();
    sqlx::query("SELECT pg_promote()").execute(&mut connection).await.unwrap();
    expect_status(&product, "serving").await;
    let stored = eventually("a change is stored", async || {
        let answer = user.patch(path, &json!({"title": "changed"})).await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    assert_eq!(stored.text("title"), "changed");
}

/// Starts a program to which the permissions of files apply, also as root.
const WITHOUT_CAPABILITIES: [&str; 3] = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"];

/// What a process says that does not start, to which the permissions of files apply, also if the tests run as root.
async fn refusal(arguments: &[&str]) -> String {
    let keys = local_keys();
    let by = if storage::testing::is_root() { WITHOUT_CAPABILITIES.as_slice() } else { &[] };
    let mut process = Process::spawn_by(by, arguments, std::slice::from_ref(&keys.1));
    let status = process.ended().await;
    let lines = process.lines().all();
    assert_eq!(status.code(), Some(1), "{lines:?}");
    lines.into_iter().find_map(|it| it.strip_prefix("ccm: ").map(ToOwned::to_owned)).expect("a sentence")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_file_without_write_permission_is_refused_at_the_start() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tasks.db").display().to_string();
    let url = format!("sqlite:{file}");
    assert!(Process::spawn(&["migrate", "task-service", "--database", &url], &[]).ended().await.success());
    std::fs::write(format!("{file}-wal"), "").unwrap();
    let start = ["task-service", "--listen", "127.0.0.1:0", "--database", &url];
    for path in [
        file.clone(),
        format!("{file}-wal"),
        format!("{file}.migration-lock"),
        directory.path().display().to_string(),
    ] {
        let before = std::fs::metadata(&path).unwrap().permissions();
        set_permissions(&path, Permissions::from_mode(before.mode() & 0o555)).unwrap();
        let said = refusal(&start).await;
        let expected = format!(
            "the database cannot be used: {path} is not writable for this process: Permission denied"
        );
        assert!(said.starts_with(&expected), "{said}");
        set_permissions(&path, before).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_file_that_loses_its_permission_takes_changes_until_a_start_which_is_refused() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let databases = ["tasks", "workers", "machines"].map(|it| format!("sqlite:{}/{it}.db", data.display()));
    let by = if storage::testing::is_root() { WITHOUT_CAPABILITIES.as_slice() } else { &[] };
    let settings = Settings {
        databases: Some(databases),
        clients_by: by.iter().map(|&it| it.to_owned()).collect(),
        ..Settings::default()
    };
    let mut product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let user = product.user("ada");
    let create = async |title: &str| user.post("/api/tasks", &json!({"title": title})).await.status;
    assert_eq!(create("before").await, 201);
    let file = data.join("tasks.db");
    let before = std::fs::metadata(&file).unwrap().permissions();
    set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
    // The file is open, and what is acknowledged is stored in it.
    for _ in 0..20 {
        assert_eq!(create("meanwhile").await, 201);
    }
    expect_status(&product, "serving").await;
    assert!(product.tasks.stop().await.success());
    product.tasks.restart(product.tasks_address);
    let refusal = |it: &str| it.starts_with("ccm: ").then(|| it.to_owned());
    let said = product.tasks.printed("a refusal", refusal).await;
    assert!(said.contains(&format!("{} is not writable for this process", file.display())), "{said}");
    assert_eq!(product.tasks.ended().await.code(), Some(1));
    set_permissions(&file, before).unwrap();
    product.tasks.restart(product.tasks_address);
    product.tasks.listening("task-service").await;
    let kept = eventually("the tasks are there", async || {
        let listed = user.get("/api/tasks?page_size=100").await;
        (listed.status == 200).then(|| listed.json["items"].as_array().unwrap().len())
    })
    .await;
    assert_eq!(kept, 21);
}
