//! `ccm backup` and `ccm restore`, and what they do to those who read events.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use proto::event::v1::event::Resource;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{Event, EventCursor, WatchStart};
use serde_json::json;
use storage::sqlx::sqlite::SqliteConnectOptions;
use storage::sqlx::{self, ConnectOptions as _};
use storage::testing::Postgres;
use tokio::task::JoinSet;

use crate::harness::{Backend, Block, Client, Process, Product, Sse, Watcher, eventually, reason, sse};

/// Runs a command that ends by itself; answers its exit code and what it printed.
async fn ccm(arguments: &[&str]) -> (Option<i32>, String) {
    let mut process = Process::spawn(arguments, &[]);
    let status = process.ended().await;
    (status.code(), process.lines().all().join("\n"))
}

async fn expect(arguments: &[&str]) -> String {
    let (code, printed) = ccm(arguments).await;
    assert_eq!(code, Some(0), "{arguments:?}: {printed}");
    printed
}

async fn expect_refusal(arguments: &[&str], sentence: &str) {
    let (code, printed) = ccm(arguments).await;
    assert_eq!(code, Some(1), "{printed}");
    let (first, hint) = printed.split_once('\n').unwrap_or((&printed, ""));
    assert!(first.starts_with("ccm: ") && first.contains(sentence), "{printed}");
    assert!(
        hint.is_empty() || (hint.starts_with("ccm: hint: ") && hint.trim_end().lines().count() == 1),
        "{printed}"
    );
}

async fn create(product: &Product, title: &str) {
    let created = product.admin().post("/api/tasks", &json!({"title": title})).await;
    assert_eq!(created.status, 201, "{created:?}");
}

/// The titles of a snapshot's tasks.
async fn snapshot(stream: &mut Sse) -> BTreeSet<String> {
    let mut titles = BTreeSet::new();
    loop {
        let Block { name, event, .. } = stream.event().await;
        match name.as_str() {
            "task.snapshot" => {
                titles.insert(event["data"]["task"]["title"].as_str().unwrap().to_owned());
            }
            "snapshot.completed" => return titles,
            _ => {}
        }
    }
}

/// Readers of task-service's log, over HTTP and over gRPC, that have read all there is.
struct Readers {
    stream: Sse,
    cursor: EventCursor,
}

impl Readers {
    async fn start(product: &Product, token: &str) -> Self {
        let mut stream = sse::open(product.gateway_address, token, "", None).await.unwrap();
        snapshot(&mut stream).await;
        let cursor = Watcher::from(product.tasks_address, token, WatchStart::Now).await.cursor;
        Self { stream, cursor }
    }

    async fn read(&mut self, product: &Product, token: &str, title: &str) {
        let is_it = |it: &Block| it.name == "task.created" && it.data()["task"]["title"] == title;
        self.stream.until(is_it).await;
        let mut watch = Watcher::after(product.tasks_address, token, self.cursor.clone()).await.unwrap();
        while !has_title(&watch.event().await, title) {}
        self.cursor = watch.cursor;
    }

    /// What both see after the restore: the old log is gone, and a snapshot follows.
    async fn expect_another_log(&mut self, product: &Product, token: &str, restored: &[&str]) {
        let Err(gone) = Watcher::after(product.tasks_address, token, self.cursor.clone()).await else {
            panic!("the old log goes on")
        };
        assert_eq!(reason(&gone), "HISTORY_GONE");
        let mut watch = Watcher::from(product.tasks_address, token, WatchStart::Snapshot).await;
        let mut subjects = 0;
        loop {
            match watch.next().await.unwrap() {
                Item::Subject(_) => subjects += 1,
                Item::SnapshotEnd(_) => break,
                _ => {}
            }
        }
        assert_eq!(subjects, restored.len());
        assert_ne!(watch.cursor.log_id, self.cursor.log_id);
        let reset = self.stream.named("stream.reset").await;
        assert_eq!(reset.data()["scope"], "tasks", "{reset:?}");
        let expected: BTreeSet<String> = restored.iter().map(|&it| it.to_owned()).collect();
        assert_eq!(snapshot(&mut self.stream).await, expected);
        // What comes now has the positions of events that were lost.
        create(product, "after the restore").await;
        let is_it = |it: &Block| it.name == "task.created";
        let told = self.stream.until(is_it).await;
        assert_eq!(told.data()["task"]["title"], "after the restore");
        assert!(has_title(&watch.event().await, "after the restore"));
    }
}

fn has_title(event: &Event, title: &str) -> bool {
    matches!(&event.resource, Some(Resource::Task(task)) if task.title == title)
}

async fn restart_tasks(product: &mut Product) {
    let listen = product.tasks_address;
    product.tasks.restart(listen);
    product.tasks.listening("task-service").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_a_restored_sqlite_database_are_told_and_begin_with_a_snapshot() {
    let mut product = Product::start().await;
    let token = product.token("root", &[access::Role::Admin], None);
    let url = product.task_database.url.clone();
    let file = url.strip_prefix("sqlite:").unwrap().to_owned();
    let backup = product.directory.path().join("tasks.backup").display().to_string();
    let mut readers = Readers::start(&product, &token).await;
    create(&product, "kept").await;
    readers.read(&product, &token, "kept").await;
    let printed = expect(&["backup", "--database", &url, &backup]).await;
    assert!(printed.starts_with(&backup) && printed.ends_with(" bytes"), "{printed}");
    expect_refusal(&["backup", "--database", &url, &backup], "exists, and nothing is overwritten").await;
    create(&product, "lost").await;
    readers.read(&product, &token, "lost").await;
    assert!(product.tasks.stop().await.success());
    expect_refusal(&["restore", "--database", &url, &backup], "exists, and nothing is overwritten").await;
    std::fs::remove_file(&file).unwrap();
    let printed = expect(&["restore", "--database", &url, &backup]).await;
    assert!(printed.starts_with(&file) && printed.contains(" bytes, event log "), "{printed}");
    restart_tasks(&mut product).await;
    readers.expect_another_log(&product, &token, &["kept"]).await;
}

fn postgres(program: &str, arguments: &[&str]) {
    let run = Command::new(Postgres::program(program)).args(arguments).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_a_restored_postgres_database_are_told_and_begin_with_a_snapshot() {
    let mut product = Product::start_with(Backend::Postgres, &[]).await;
    let token = product.token("root", &[access::Role::Admin], None);
    let url = product.task_database.url.clone();
    let backup = product.directory.path().join("tasks.dump").display().to_string();
    let mut readers = Readers::start(&product, &token).await;
    create(&product, "kept").await;
    readers.read(&product, &token, "kept").await;
    let dump = format!("pg_dump --format=custom --file={backup} --dbname='{url}'");
    expect_refusal(&["backup", "--database", &url, &backup], &dump).await;
    postgres("pg_dump", &["--format=custom", &format!("--file={backup}"), &format!("--dbname={url}")]);
    create(&product, "lost").await;
    readers.read(&product, &token, "lost").await;
    assert!(product.tasks.stop().await.success());
    let restore =
        format!("pg_restore --exit-on-error --single-transaction --no-owner --dbname='{url}' {backup}");
    expect_refusal(&["restore", "--database", &url, &backup], &restore).await;
    let (server, name) = url.rsplit_once('/').unwrap();
    let maintenance = format!("--maintenance-db={server}/postgres");
    postgres("dropdb", &[&maintenance, name]);
    postgres("createdb", &[&maintenance, name]);
    let into = format!("--dbname={url}");
    postgres("pg_restore", &["--exit-on-error", "--single-transaction", "--no-owner", &into, &backup]);
    assert!(expect(&["events", "renew-log", "--database", &url]).await.starts_with("event log "));
    restart_tasks(&mut product).await;
    readers.expect_another_log(&product, &token, &["kept"]).await;
}

/// The options of `ccm up` on this data, on ports of its own.
fn up(data: &Path) -> Process {
    let data = data.display().to_string();
    let ports = ["--gateway-listen", "--task-listen", "--worker-listen"];
    let ports = ports.iter().flat_map(|it| [*it, "127.0.0.1:0"]);
    let arguments: Vec<&str> = ["up", "--data-dir", &data].into_iter().chain(ports).collect();
    Process::spawn(&arguments, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_is_backed_up_while_it_is_used_and_restored_into_another_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let shown = |name: &str| path(name).display().to_string();
    let first = up(&path("data"));
    let gateway = first.listening("gateway").await;
    let token = expect(&["token", "--role", "admin", "--data-dir", &shown("data")]).await;
    let client = Client::new(&format!("http://{gateway}"), Some(&token));
    assert_eq!(client.post("/api/tasks", &json!({"title": "kept"})).await.status, 201);
    expect(&["backup", "--data-dir", &shown("data"), &shown("backup")]).await;
    let names = std::fs::read_dir(path("backup")).unwrap().map(|it| it.unwrap().file_name().into_string());
    let names: BTreeSet<String> = names.map(Result::unwrap).collect();
    assert_eq!(names, ["provider.db", "tasks.db", "workers.db"].map(ToOwned::to_owned).into());
    expect_refusal(&["restore", "--data-dir", &shown("data"), &shown("backup")], "another `ccm up`").await;
    expect(&["restore", "--data-dir", &shown("restored"), &shown("backup")]).await;
    let second = up(&path("restored"));
    let gateway = second.listening("gateway").await;
    let token = expect(&["token", "--role", "admin", "--data-dir", &shown("restored")]).await;
    let client = Client::new(&format!("http://{gateway}"), Some(&token));
    let listed = eventually("it serves", || async {
        let listed = client.get("/api/tasks").await;
        (listed.status == 200).then_some(listed)
    })
    .await;
    assert_eq!(listed.json["items"][0]["title"], "kept", "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_copy_is_refused_with_the_way_to_a_whole_one() {
    let mut product = Product::start().await;
    create(&product, "kept").await;
    assert!(product.tasks.stop().await.success());
    let file = product.task_database.url.strip_prefix("sqlite:").unwrap();
    let mut bytes = std::fs::read(file).unwrap();
    // Two pages of another moment: those of the first tables.
    let earlier = bytes[..8_192].to_vec();
    bytes[8_192..16_384].copy_from_slice(&earlier);
    std::fs::write(file, bytes).unwrap();
    product.tasks.restart(product.tasks_address);
    let refusal = |it: &str| it.starts_with("ccm: ").then(|| it.to_owned());
    let said = product.tasks.printed("a refusal", refusal).await;
    assert!(said.contains(&format!("the database {file} is damaged")), "{said}");
    assert!(said.ends_with("restore a backup with ccm restore, see docs/operations.md"), "{said}");
    assert_eq!(product.tasks.ended().await.code(), Some(1));
}

/// What SQLite finds of a file, its indexes included.
async fn integrity(file: &Path) -> String {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = options.connect().await.unwrap();
    sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await.unwrap()
}

async fn count_of_tasks(file: &Path) -> i64 {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM tasks").fetch_one(&mut connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_made_under_load_is_refused_or_whole_and_a_backup_has_all_that_was_acknowledged() {
    const COPIES: usize = 8;
    let product = Product::start().await;
    let url = product.task_database.url.clone();
    let file = url.strip_prefix("sqlite:").unwrap();
    let acknowledged = Arc::new(AtomicI64::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let (client, acknowledged) = (product.admin(), acknowledged.clone());
        writers.spawn(async move {
            loop {
                let body = json!({"title": "t", "description": "x".repeat(5_000)});
                assert_eq!(client.post("/api/tasks", &body).await.status, 201);
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    // Larger than what SQLite writes back at once, so that a copy may be of different moments.
    for count in [100, 200, 300] {
        eventually("the log is written back", async || {
            (acknowledged.load(Ordering::SeqCst) > count).then_some(())
        })
        .await;
    }
    let directory = product.directory.path().join("copies");
    std::fs::create_dir(&directory).unwrap();
    for number in 0..COPIES {
        let copy = directory.join(format!("{number}.db"));
        std::fs::copy(file, &copy).unwrap();
        std::fs::copy(format!("{file}-wal"), format!("{}-wal", copy.display())).unwrap();
        let copied = format!("sqlite:{}", copy.display());
        let (code, said) = ccm(&["migrate", "task-service", "--database", &copied]).await;
        match code {
            Some(0) => assert_eq!(integrity(&copy).await, "ok", "{said}"),
            _ => assert!(said.contains("is damaged") && said.contains("ccm restore"), "{said}"),
        }
        let (backup, least) =
            (directory.join(format!("{number}.backup")), acknowledged.load(Ordering::SeqCst));
        expect(&["backup", "--database", &url, &backup.display().to_string()]).await;
        assert_eq!(integrity(&backup).await, "ok");
        assert!(count_of_tasks(&backup).await >= least);
    }
    writers.abort_all();
}
