//! What the commands print, and where that is not possible: a reader that has gone, a disk that is full. One sentence and exit
//! code 1, or quiet; never a panic.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use access::local::LocalIssuer;

use crate::harness::{Product, eventually};

const FULL: &str = "/dev/full";
/// What is said of a full disk at standard output.
const SENTENCE: &str = "ccm: cannot write to standard output: No space left on device (os error 28)\n";

/// A pipe whose reader has gone.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full_disk() -> Stdio {
    File::options().write(true).open(FULL).unwrap().into()
}

/// The exit code of a command and what it has written to standard error.
fn run(arguments: &[&str], stdout: Stdio) -> (Option<i32>, String) {
    let output = command(arguments).stdout(stdout).stderr(Stdio::piped()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ccm"));
    for (name, _) in std::env::vars_os().filter(|it| it.0.to_string_lossy().starts_with("CCM_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

fn expect_no_panic(arguments: &[&str]) {
    assert_eq!(run(arguments, full_disk()), (Some(1), SENTENCE.to_owned()), "{arguments:?}");
    assert_eq!(run(arguments, closed_pipe()), (Some(0), String::new()), "{arguments:?}");
    let (code, error) = run(arguments, Stdio::piped());
    assert_eq!((code, error.as_str()), (Some(0), ""), "{arguments:?}");
}

fn directory_with_a_key() -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    LocalIssuer::open_or_create(directory.path()).unwrap();
    let path = directory.path().display().to_string();
    (directory, path)
}

#[test]
fn no_command_panics_when_its_output_cannot_be_written() {
    let (_directory, data) = directory_with_a_key();
    for arguments in [
        ["--version"].as_slice(),
        &["--help"],
        &["help"],
        &["-h"],
        &["help", "token"],
        &["events", "tail", "--help"],
        &["gateway", "--help"],
        &["token", "--data-dir", &data],
    ] {
        expect_no_panic(arguments);
    }
}

#[test]
fn a_full_disk_at_standard_error_does_not_change_the_exit_code() {
    let (_directory, data) = directory_with_a_key();
    for (arguments, code) in [
        (["--no-such-flag"].as_slice(), 2),
        (&["token", "--data-dir", "/nowhere"], 1),
        (&["token", "--data-dir", &data, "--sub", ""], 2),
        (&["trace", "nothing"], 1),
        (&["login", "--data-dir", &data], 1),
        (&["health", "gateway", "--listen", "127.0.0.1:9"], 1),
        (&["task", "list", "--data-dir", "/nowhere"], 4),
        (&["task", "list", "--data-dir", &data, "--gateway", "http://127.0.0.1:9"], 6),
    ] {
        for stderr in [full_disk(), closed_pipe()] {
            let status = command(arguments).stdout(Stdio::null()).stderr(stderr).status().unwrap();
            assert_eq!(status.code(), Some(code), "{arguments:?}");
        }
    }
}

#[test]
fn a_token_that_the_product_would_refuse_is_not_made() {
    let (_directory, data) = directory_with_a_key();
    let long = "x".repeat(256);
    let long_department = "x".repeat(101);
    for command in ["token", "login"] {
        for (flag, value, text) in [
            ("--sub", "", "must not be empty"),
            ("--sub", "  ", "must not be empty"),
            ("--sub", &long, "must not have more than 255 characters"),
            ("--sub", "a\nb", "must not have control characters"),
            ("--department", "", "must not be empty"),
            ("--department", &long_department, "must not have more than 100 characters"),
            ("--department", "a\tb", "must not have control characters"),
        ] {
            let (code, error) = run(&[command, "--data-dir", &data, flag, value], Stdio::piped());
            assert_eq!(code, Some(2), "{command} {flag} {value:?}");
            assert!(
                error.starts_with("ccm: ") && error.contains(text),
                "{command} {flag} {value:?}: {error}"
            );
            let hint = format!("ccm: hint: `ccm {command} --help` explains the options");
            assert_eq!(error.lines().skip(1).collect::<Vec<_>>(), [hint], "{error}");
        }
    }
    let (code, error) = run(&["token", "--data-dir", &data, "--ttl", "500ms"], Stdio::piped());
    assert!(code == Some(2) && error.contains("at least 1s"), "{error}");
    for sub in [&long[..255], "Zoë", "a b"] {
        assert_eq!(run(&["token", "--data-dir", &data, "--sub", sub], Stdio::piped()).0, Some(0), "{sub}");
    }
}

/// A process that runs until it is dropped.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn up(data: &Path) -> Running {
    let arguments = ["up", "--gateway-listen", "127.0.0.1:0", "--task-listen", "127.0.0.1:0"];
    let mut command = command(&arguments);
    command.args(["--worker-listen", "127.0.0.1:0", "--data-dir"]).arg(data);
    // Standard input is a pipe that stays open.
    command.env("OTEL_METRICS_EXPORTER", "none").stdin(Stdio::piped());
    Running(command.stdout(full_disk()).stderr(Stdio::null()).spawn().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_does_not_end_up_and_its_links_and_traces_are_told_of_one() {
    let directory = tempfile::tempdir().unwrap();
    let (data, mut running) = (directory.path().display().to_string(), up(directory.path()));
    let has_ended = eventually("`ccm up` makes links", || {
        let ended = running.0.try_wait().unwrap().is_some();
        let (code, _) = run(&["login", "--data-dir", &data], Stdio::piped());
        async move { (ended || code == Some(0)).then_some(ended) }
    })
    .await;
    assert!(!has_ended, "it ended");
    expect_no_panic(&["login", "--data-dir", &data]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_of_the_events_ends_with_one_sentence_on_a_full_disk() {
    let product = Product::start().await;
    product.admin().post("/api/tasks", &serde_json::json!({"title": "t"})).await;
    let gateway = format!("http://{}", product.gateway_address);
    let data = product.directory.path().display().to_string();
    let arguments = ["events", "tail", "--since", "earliest", "--gateway", &gateway, "--data-dir", &data];
    let arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
    let ended = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&arguments, full_disk())
    });
    assert_eq!(ended.await.unwrap(), (Some(1), SENTENCE.to_owned()));
}
