//! Signals other than those that stop a process, and what keeps a second `ccm up` from the same data.

use std::path::Path;

use serde_json::json;

use crate::harness::{Client, Process, Product, eventually, signal};

const OTHERS: [&str; 4] = ["HUP", "USR1", "USR2", "PIPE"];

fn arguments(data: &Path) -> Vec<String> {
    let ports = ["--gateway-listen", "--task-listen", "--worker-listen"];
    let ports = ports.iter().flat_map(|it| [(*it).to_owned(), "127.0.0.1:0".to_owned()]);
    let up = ["up".to_owned(), "--data-dir".to_owned(), data.display().to_string()];
    up.into_iter().chain(ports).collect()
}

fn up_by(by: &[&str], data: &Path) -> Process {
    let arguments = arguments(data);
    Process::spawn_by(by, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[])
}

async fn client_of(process: &Process) -> Client {
    let token = process.printed("a token", |it| Some(it.split_once("export TOKEN=")?.1.to_owned())).await;
    Client::new(&format!("http://{}", process.listening("gateway").await), Some(&token))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_that_asks_for_nothing_ends_neither_a_role_nor_up() {
    let directory = tempfile::tempdir().unwrap();
    // The tests may run under `nohup` themselves.
    let mut process = up_by(&["env", "--default-signal=HUP"], directory.path());
    let client = client_of(&process).await;
    let id = process.id();
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    for child in children.split_whitespace() {
        for name in OTHERS {
            signal(name, child.parse().unwrap());
        }
    }
    for name in &OTHERS[1..] {
        process.signal(name);
    }
    let ignored = || {
        let lines = process.lines().logged();
        let count = lines.iter().filter(|it| it["message"].as_str().unwrap().starts_with("ignored a signal"));
        let count = count.count();
        // Each child has ignored three of them by itself; SIGPIPE it never sees.
        async move { (count == 9).then_some(()) }
    };
    eventually("the signals have come", ignored).await;
    assert_eq!(client.post("/api/tasks", &json!({"title": "kept"})).await.status, 201);
    // To `up`, it says that the terminal was closed.
    process.signal("HUP");
    assert!(process.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn up_goes_on_after_a_hang_up_if_it_was_started_with_nohup() {
    let directory = tempfile::tempdir().unwrap();
    let mut process = up_by(&["nohup"], directory.path());
    let client = client_of(&process).await;
    process.signal("HUP");
    process.signal("USR1");
    assert_eq!(client.get("/api/tasks").await.status, 200);
    assert!(process.is_running());
    process.signal("TERM");
    assert!(process.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_its_own_does_not_end_at_a_signal_that_asks_for_nothing() {
    let product = Product::start().await;
    for process in [&product.gateway, &product.tasks, &product.workers] {
        for name in OTHERS {
            process.signal(name);
        }
        process.printed("it has ignored", |it| it.contains("SIGUSR2").then_some(())).await;
    }
    assert_eq!(product.admin().post("/api/tasks", &json!({"title": "kept"})).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_file_that_was_deleted_lets_no_second_up_on_the_same_data() {
    let directory = tempfile::tempdir().unwrap();
    let first = up_by(&[], directory.path());
    client_of(&first).await;
    std::fs::remove_file(directory.path().join("lock")).unwrap();
    let mut second = up_by(&[], directory.path());
    assert_eq!(second.ended().await.code(), Some(1));
    let said = second.lines().all().join("\n");
    assert!(said.contains("another `ccm up` (process unknown) uses the data directory"), "{said}");
}
