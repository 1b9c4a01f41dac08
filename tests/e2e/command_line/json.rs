//! What every command prints with `--json` has the form that docs/cli.md shows.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::documented::{self, Form, example, expect_like};
use super::{LAB, ccm, command, id};
use crate::harness::{Backend, DEADLINE, Product};

/// The documents that a command has printed.
#[track_caller]
fn documents(form: Form, printed: &str) -> Vec<Value> {
    let parse =
        |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|it| panic!("{it}: {printed}"));
    match form {
        Form::One => vec![parse(printed)],
        Form::Lines => printed.lines().map(parse).collect(),
        Form::Array => {
            let items = parse(printed).as_array().unwrap().clone();
            assert_eq!(printed.lines().count(), items.len(), "an item on a line of its own: {printed}");
            items
        }
    }
}

/// What a command that does not end by itself has printed first.
async fn first_line(product: &Product, arguments: &[&str]) -> String {
    let mut child = command(product, arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(DEADLINE, lines.next_line()).await.expect("a line").unwrap().unwrap();
    child.kill().await.unwrap();
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_has_json_prints_what_the_documentation_shows() {
    let trace_url = ("CCM_TRACE_URL", "http://tempo.example/{trace_id}");
    let product = Product::start_with(Backend::Sqlite, &[trace_url]).await;
    let worker = id(&product, &[LAB.as_slice(), &["--tag", "env=lab", "--wait"]].concat()).await;
    let task = id(&product, &["task", "create", "--title", "Replace the uplink"]).await;
    let refused = [LAB.as_slice(), &["--tag", "sim:capacity=start", "--wait"]].concat();
    let refused = id(&product, &refused).await;
    ccm(&product, &["worker", "stop", &refused, "--wait"]).await.ok();
    let failed = ccm(&product, &["worker", "start", &refused, "--wait", "-o", "id"]).await.stdout;
    let (worker, task, failed) = (worker.as_str(), task.as_str(), failed.trim());
    let import =
        ["worker", "import", "--instance-id", "i-sim-lab1", "--name", "lab 2", "--region", "us-east-1"];
    let import = [import.as_slice(), &["--instance-type", "m5.metal"]].concat();
    let commands: [&[&str]; 23] = [
        &["task", "get", task],
        &["task", "create", "--title", "x", "--priority", "high", "--worker-id", worker],
        &["task", "update", task, "--status", "in_progress", "--clear", "assignee_id", "--if-match", "1"],
        &["task", "cancel", task],
        &["task", "retry", failed],
        &["task", "events", task],
        &["task", "list"],
        &["worker", "create", "--name", "lab 4", "--region", "us-east-1", "--instance-type", "m5.metal"],
        &["worker", "get", worker],
        &["worker", "list", "--status", "running", "--tag", "env=lab"],
        &["worker", "update", worker, "--name", "lab 3", "--tag", "rack=7", "--remove-tag", "env"],
        &import,
        &["worker", "refresh", worker],
        &["worker", "explain", worker],
        &["worker", "stop", worker, "--reason", "for the night", "--priority", "low", "--wait"],
        &["task", "create", "--verb", "start", "--worker-id", worker, "--wait"],
        &["worker", "start", worker],
        &["worker", "terminate", worker, "--confirm", "lab 3", "--wait"],
        &["worker", "explain", &refused],
        &["worker", "events", worker],
        &["whoami"],
        &["events", "tail", "--since", "earliest", "--type", "task.*"],
        &["doctor"],
    ];
    let documented = documented::commands();
    let mut ran_commands = BTreeSet::new();
    for arguments in commands {
        let whole = format!("ccm {}", arguments.join(" "));
        let (path, (form, name)) = documented
            .iter()
            .find(|it| whole == *it.0 || whole.starts_with(&format!("{} ", it.0)))
            .unwrap_or_else(|| panic!("docs/cli.md does not show the JSON of {whole}"));
        let arguments = [arguments, &["--json"]].concat();
        let printed = if *form == Form::Lines {
            first_line(&product, &arguments).await
        } else {
            let ran = ccm(&product, &arguments).await;
            assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
            // Of this product, which has no listen addresses and no databases by default.
            assert!(ran.code == Some(0) || *path == "ccm doctor", "{ran:?}");
            ran.stdout
        };
        let shown = documents(*form, &printed);
        assert!(!shown.is_empty() && shown.iter().all(Value::is_object), "{whole}: {printed}");
        for it in &shown {
            expect_like(&example(name), it, name);
        }
        ran_commands.insert(*path);
    }
    assert_eq!(ran_commands, documented.keys().copied().collect(), "every command is run");
    // What changes is printed as it is afterwards.
    let listed = ccm(&product, &["task", "list", "--json"]).await.ok().json();
    assert!(
        listed.as_array().unwrap().iter().any(|it| it["id"] == task && it["status"] == "cancelled"),
        "{listed}"
    );
    for (noun, id) in [("task", task), ("worker", worker)] {
        let deleted = ccm(&product, &[noun, "delete", id]).await.ok();
        assert_eq!(
            (deleted.stdout.as_str(), deleted.stderr.contains("was deleted")),
            ("", true),
            "{deleted:?}"
        );
        assert_eq!(ccm(&product, &[noun, "get", id]).await.code, Some(3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_all_pages_unless_it_is_limited() {
    let product = Product::start().await;
    let admin = product.admin();
    for number in 0..203 {
        admin.post("/api/tasks", &serde_json::json!({"title": format!("task {number}")})).await;
    }
    let titles = async |arguments: &[&str]| -> Vec<String> {
        let json = ccm(&product, &[&["task", "list", "--json"], arguments].concat()).await.ok().json();
        json.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect()
    };
    let all = titles(&[]).await;
    assert_eq!((all.len(), all[0].as_str(), all[202].as_str()), (203, "task 202", "task 0"));
    assert_eq!(titles(&["--limit", "201"]).await, all[..201]);
    assert_eq!(titles(&["--status", "completed"]).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_has_failed_is_retried() {
    let product = Product::start().await;
    let worker = id(&product, &[LAB.as_slice(), &["--tag", "sim:capacity=start", "--wait"]].concat()).await;
    ccm(&product, &["worker", "stop", &worker, "--wait"]).await.ok();
    let failed = ccm(&product, &["worker", "start", &worker, "--wait", "--json"]).await;
    assert_eq!((failed.code, &failed.json()["status"]), (Some(7), &"failed".into()), "{failed:?}");
    assert!(failed.stderr.contains("INSUFFICIENT_CAPACITY"), "{failed:?}");
    let task = failed.json()["id"].as_str().unwrap().to_owned();
    assert!(failed.stderr.contains(&format!("ccm: hint: `ccm task retry {task}`")), "{failed:?}");
    let retried = ccm(&product, &["task", "retry", &task, "--json"]).await.ok().json();
    expect_like(&example("Task"), &retried, "Task");
    assert_eq!(retried["run"]["number"], 2);
}
