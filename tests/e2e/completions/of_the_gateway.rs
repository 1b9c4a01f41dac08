//! Ids and names, which the shells get from a running gateway.

use std::net::TcpListener;
use std::process::Command;
use std::time::Instant;

use serde_json::json;

use super::{bash, fish, zsh};
use crate::harness::{DEADLINE, Product};

/// What a shell would run or take apart if it were not quoted.
const NAME: &str = "lab $(touch made) 'one'; 2";

struct Completed {
    product: Product,
    task: String,
    worker: String,
}

/// A product with one task and one worker.
async fn product() -> Completed {
    let product = Product::start().await;
    let admin = product.admin();
    let task = admin.post("/api/tasks", &json!({"title": "Replace the uplink"})).await;
    let worker = json!({"name": NAME, "region": "us-east-1", "instance_type": "m5.metal"});
    let worker = admin.post("/api/workers", &worker).await;
    let id = |body: &serde_json::Value| body["id"].as_str().unwrap().to_owned();
    Completed { task: id(&task.json), worker: id(&worker.json), product }
}

impl Completed {
    fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("CCM_GATEWAY", format!("http://{}", self.product.gateway_address)),
            ("CCM_DATA_DIR", self.product.directory.path().display().to_string()),
        ]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_ids_and_quoted_names() {
    let it = product().await;
    let completed = |words: &str| bash(&it.environment(), words);
    assert_eq!(completed("ccm task get ''"), [it.task.as_str()]);
    assert_eq!(completed(&format!("ccm worker stop {}", &it.worker[..10])), [it.worker.as_str()]);
    assert_eq!(completed("ccm events tail --worker ''"), [it.worker.as_str()]);
    assert_eq!(completed("ccm trace ''"), ["last", &it.task, &it.worker]);
    assert_eq!(completed("ccm worker terminate --confirm la"), [r"lab\ \$\(touch\ made\)\ \'one\'\;\ 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fish_completes_ids_and_names_with_what_they_are() {
    let it = product().await;
    let completed = fish(&it.environment(), "ccm task get ");
    assert_eq!(completed, [(it.task.clone(), "pending · Replace the uplink".to_owned())]);
    let (name, description) = fish(&it.environment(), "ccm worker terminate --confirm la").remove(0);
    assert_eq!(name, NAME);
    assert!(description.ends_with(&it.worker), "{description}");
}

#[tokio::test(flavor = "multi_thread")]
async fn zsh_completes_ids_and_quotes_names() {
    let it = product().await;
    assert_eq!(zsh(&it.environment(), "ccm task get ").trim(), format!("task get {}", it.task));
    let ran = zsh(&it.environment(), "ccm worker terminate --confirm la");
    assert_eq!(ran.trim(), format!("worker terminate --confirm {NAME}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_that_the_line_names_is_asked() {
    let it = product().await;
    let [(_, gateway), (_, directory)] = it.environment();
    let line = format!("ccm task get --gateway {gateway} --data-dir {directory} ");
    assert_eq!(fish(&[], &line).remove(0).0, it.task);
}

/// As a shell asks, which shows nothing but the completions.
fn asked(gateway: &str, directory: &std::path::Path) -> String {
    asked_with(&[("CCM_GATEWAY", gateway), ("CCM_DATA_DIR", &directory.display().to_string())])
}

fn asked_with(environment: &[(&str, &str)]) -> String {
    let mut command = Command::new("timeout");
    command.args(["60", env!("CARGO_BIN_EXE_ccm")]);
    command.env("CCM_COMPLETE", "fish").envs(environment.iter().copied());
    let output = command.args(["--", "ccm", "task", "delete", ""]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_does_not_answer_is_not_waited_for() {
    let it = product().await;
    let directory = it.product.directory.path();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let begun = Instant::now();
    let completed = asked(&format!("http://{}", silent.local_addr().unwrap()), directory);
    assert!(!completed.contains(&it.task), "{completed}");
    // A request waits for a minute otherwise.
    assert!(begun.elapsed() < DEADLINE / 3, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_or_a_token_nothing_is_said() {
    let it = product().await;
    assert!(asked(&it.environment()[0].1, it.product.directory.path()).contains(&it.task));
    assert!(!asked("http://127.0.0.1:1", it.product.directory.path()).contains(&it.task));
    let empty = tempfile::tempdir().unwrap();
    assert!(!asked(&it.environment()[0].1, empty.path()).contains(&it.task));
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "it makes no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_file_that_is_a_pipe_is_not_waited_for() {
    let it = product().await;
    let pipe = it.product.directory.path().join("pipe").display().to_string();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let begun = Instant::now();
    let completed = asked_with(&[("CCM_GATEWAY", &it.environment()[0].1), ("CCM_TOKEN_FILE", &pipe)]);
    assert!(!completed.contains(&it.task), "{completed}");
    // A command waits for ten seconds.
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}
