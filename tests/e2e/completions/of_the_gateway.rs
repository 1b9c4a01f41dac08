//! Ids and names, which the shells get from a running gateway.

use std::fmt::Debug;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{bash, fish, zsh};
use crate::harness::{DEADLINE, Product, eventually};

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

/// Completes until the completions are right: the gateway is waited for less than a second, in which a loaded machine may not
/// answer.
async fn in_time<T: Debug>(complete: impl Fn() -> T, are_right: impl Fn(&T) -> bool) {
    eventually("the completions are right", async || {
        let completed = complete();
        // Shown if the test fails.
        println!("{completed:?}");
        are_right(&completed).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_ids_and_quoted_names() {
    let it = product().await;
    let completes = async |words: &str, expected: &[&str]| {
        in_time(|| bash(&it.environment(), words), |completed| completed == expected).await;
    };
    completes("ccm task get ''", &[&it.task]).await;
    completes(&format!("ccm worker stop {}", &it.worker[..10]), &[&it.worker]).await;
    completes("ccm events tail --worker ''", &[&it.worker]).await;
    completes("ccm trace ''", &["last", &it.task, &it.worker]).await;
    completes("ccm worker terminate --confirm la", &[r"lab\ \$\(touch\ made\)\ \'one\'\;\ 2"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fish_completes_ids_and_names_with_what_they_are() {
    let it = product().await;
    let task = (it.task.clone(), "pending · Replace the uplink".to_owned());
    in_time(|| fish(&it.environment(), "ccm task get "), |completed| completed.as_slice() == [task.clone()])
        .await;
    let is_worker = |of: &(String, String)| of.0 == NAME && of.1.ends_with(&it.worker);
    let line = "ccm worker terminate --confirm la";
    in_time(|| fish(&it.environment(), line), |completed| completed.first().is_some_and(is_worker)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zsh_completes_ids_and_quotes_names() {
    let it = product().await;
    for (line, expected) in [
        ("ccm task get ", format!("task get {}", it.task)),
        ("ccm worker terminate --confirm la", format!("worker terminate --confirm {NAME}")),
    ] {
        in_time(|| zsh(&it.environment(), line), |ran| ran.trim() == expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_that_the_line_names_is_asked() {
    let it = product().await;
    let [(_, gateway), (_, directory)] = it.environment();
    let line = format!("ccm task get --gateway {gateway} --data-dir {directory} ");
    in_time(|| fish(&[], &line), |completed| completed.first().is_some_and(|of| of.0 == it.task)).await;
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
    assert!(begun.elapsed() < DEADLINE, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_or_a_token_nothing_is_said() {
    let it = product().await;
    let gateway = it.environment()[0].1.clone();
    in_time(|| asked(&gateway, it.product.directory.path()), |completed| completed.contains(&it.task)).await;
    assert!(!asked("http://127.0.0.1:1", it.product.directory.path()).contains(&it.task));
    let empty = tempfile::tempdir().unwrap();
    assert!(!asked(&gateway, empty.path()).contains(&it.task));
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
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
