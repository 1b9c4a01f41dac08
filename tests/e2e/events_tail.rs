//! `ccm events tail` against the running product: what people read, what programs read, and that neither misses an event.

use std::path::Path;
use std::time::Duration;

use access::Role;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, Task};
use serde_json::{Value, json};

use crate::harness::{DEADLINE, Process, Product, Watcher, authorized, eventually};

fn tail(product: &Product, arguments: &[&str]) -> Process {
    let gateway = format!("http://{}", product.gateway_address);
    let data = product.directory.path().display().to_string();
    let always = ["events", "tail", "--gateway", &gateway, "--data-dir", &data, "--since", "earliest"];
    Process::spawn(&[&always, arguments].concat(), &[])
}

/// The titles of the tasks in the events that were printed as JSON.
fn titles(tail: &Process) -> Vec<String> {
    let events = tail.lines().logged();
    let title = |it: &Value| it["data"]["task"]["title"].as_str().map(ToOwned::to_owned);
    events.iter().filter_map(title).collect()
}

async fn interrupt(tail: &mut Process) {
    tail.signal("INT");
    assert!(tail.ended().await.success(), "{:?}", tail.lines().all());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_a_line_with_its_trace_id() {
    let product = Product::start().await;
    let created = product.admin().post("/api/tasks", &json!({"title": "Replace the uplink"})).await;
    let path = created.header("location").to_owned();
    let changed = product.admin().patch(&path, &json!({"status": "in_progress"})).await;
    let mut tail = tail(&product, &["--type", "task.status.*"]);
    let line =
        tail.printed("the change", |it| it.contains("task.status.updated").then(|| it.to_owned())).await;
    let id = changed.text("id");
    assert!(line.contains(&format!("task …{} \"Replace the uplink\"", &id[id.len() - 8..])), "{line}");
    assert!(line.contains("status pending → in_progress"), "{line}");
    assert!(line.ends_with(&format!("by root  trace {}", changed.header("x-trace-id"))), "{line}");
    assert!(!line.contains('\u{1b}'), "no colours in a pipe: {line}");
    interrupt(&mut tail).await;
    assert!(!tail.lines().all().iter().any(|it| it.contains("task.created")), "the filter");
}

#[tokio::test(flavor = "multi_thread")]
async fn as_json_it_resumes_over_a_restart_of_the_gateway_and_of_its_own() {
    let mut product = Product::start().await;
    let file = product.directory.path().join("last-id").display().to_string();
    let mut first = tail(&product, &["--json", "--type", "task.*", "--resume", &file]);
    product.admin().post("/api/tasks", &json!({"title": "before"})).await;
    eventually("the first event", || async { (titles(&first) == ["before"]).then_some(()) }).await;
    assert!(product.gateway.stop().await.success());
    create_by_grpc(&product, "meanwhile").await;
    product.gateway.restart(product.gateway_address);
    product.gateway.listening("gateway").await;
    eventually("the rest", || async { (titles(&first) == ["before", "meanwhile"]).then_some(()) }).await;
    product.admin().post("/api/tasks", &json!({"title": "after"})).await;
    eventually("nothing twice", || async {
        (titles(&first) == ["before", "meanwhile", "after"]).then_some(())
    })
    .await;
    interrupt(&mut first).await;
    let told = first.lines().all();
    assert!(told.iter().any(|it| it.contains("ccm: the gateway ended the stream (shutdown)")), "{told:?}");
    assert!(told.iter().any(|it| it == "ccm: connected again"), "{told:?}");
    create_by_grpc(&product, "without a reader").await;
    let mut second = tail(&product, &["--json", "--type", "task.*", "--resume", &file]);
    eventually("the next event", || async { (titles(&second) == ["without a reader"]).then_some(()) }).await;
    interrupt(&mut second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_its_token_ends_it_goes_on_with_the_new_one_in_the_file() {
    let product = Product::start().await;
    let file = product.directory.path().join("tail.token");
    let short = || product.token_for(Duration::from_secs(2), "root", &[Role::Admin], None);
    std::fs::write(&file, short()).unwrap();
    let mut renewed = tail(&product, &["--json", "--token-file", &file.display().to_string()]);
    let mut fixed = tail(&product, &["--json", "--token", &short()]);
    product.admin().post("/api/tasks", &json!({"title": "before"})).await;
    eventually("the first event", || async { (titles(&renewed) == ["before"]).then_some(()) }).await;
    renewed.printed("it waits", |it| it.contains("; the token file has no new one").then_some(())).await;
    std::fs::write(&file, product.token("root", &[Role::Admin], None)).unwrap();
    renewed.printed("it is connected", |it| (it == "ccm: connected again").then_some(())).await;
    product.admin().post("/api/tasks", &json!({"title": "after"})).await;
    eventually("nothing twice", || async { (titles(&renewed) == ["before", "after"]).then_some(()) }).await;
    interrupt(&mut renewed).await;
    assert!(!fixed.ended().await.success());
    let told = fixed.lines().all();
    assert!(told.iter().any(|it| it == "ccm: the token has expired"), "{told:?}");
    assert!(told.last().is_some_and(|it| it.starts_with("ccm: hint: get a new token")), "{told:?}");
}

async fn create_by_grpc(product: &Product, title: &str) {
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let token = product.token("root", &[Role::Admin], None);
    let task = Some(Task { title: title.to_owned(), ..Task::default() });
    let request = CreateTaskRequest { task, ..CreateTaskRequest::default() };
    tasks.create_task(authorized(request, &token)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_the_reader_of_its_output_does() {
    let product = Product::start().await;
    product.admin().post("/api/tasks", &json!({"title": "first"})).await;
    let command = r#""$0" events tail --since earliest --gateway "$1" --data-dir "$2" 2>&1 | head -1; exit ${PIPESTATUS[0]}"#;
    let gateway = format!("http://{}", product.gateway_address);
    let ended = tokio::process::Command::new("bash")
        .args(["-c", command, env!("CARGO_BIN_EXE_ccm"), &gateway])
        .arg(product.directory.path())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(DEADLINE, ended).await.expect("it ends").unwrap();
    let text = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success() && text.contains("task.created"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_succeed_later_ends_with_a_sentence_and_a_hint() {
    let product = Product::start().await;
    let expect = async |mut tail: Process, code: i32, sentence: &str, hint: &str| {
        assert_eq!(tail.ended().await.code(), Some(code), "{sentence}");
        let lines = tail.lines().all();
        assert!(lines[0].contains(sentence), "{lines:?}");
        assert!(hint.is_empty() || lines.last().unwrap().contains(hint), "{lines:?}");
        assert!(lines.len() <= 2, "{lines:?}");
    };
    expect(tail(&product, &["--task", "7"]), 2, "task_ids must be UUIDs (400 INVALID_INPUT, trace ", "")
        .await;
    let expired = product.expired_token("root", &[Role::Admin], None);
    let new = "hint: get a new token";
    expect(tail(&product, &["--token", &expired]), 4, "the token has expired (401 UNAUTHENTICATED", new)
        .await;
    let sentence = "the token is not a JSON Web Token of three parts (401 UNAUTHENTICATED";
    expect(tail(&product, &["--token", "secret"]), 4, sentence, new).await;
    let nowhere = ["events", "tail", "--data-dir", "/nowhere"];
    assert!(!Path::new(nowhere[3]).exists());
    expect(Process::spawn(&nowhere, &[]), 4, "there is no token: ", "hint: set CCM_TOKEN").await;
}
