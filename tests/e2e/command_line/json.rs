//! What every command prints with `--json` has the form that docs/cli.md shows.

use serde_json::Value;

use super::{LAB, ccm, id};
use crate::harness::Product;

/// The example of this name in docs/cli.md.
fn example(name: &str) -> Value {
    let documented = include_str!("../../../docs/cli.md");
    let (_, rest) = documented.split_once(&format!("\n### {name}\n\n```json\n")).unwrap();
    serde_json::from_str(rest.split_once("```").unwrap().0).unwrap()
}

/// Fails unless both have the same members with values of the same types. `null` is of every type, and the first item of a list
/// stands for all. The members of `tags` and `before` are free.
#[track_caller]
fn expect_like(example: &Value, real: &Value, path: &str) {
    let last = path.rsplit('.').next();
    match (example, real) {
        (Value::Null, _) | (_, Value::Null) => {}
        _ if last == Some("tags") || last == Some("before") => assert!(real.is_object(), "{path}"),
        (Value::Object(example), Value::Object(real)) => {
            let names = |of: &serde_json::Map<String, Value>| {
                let mut names: Vec<String> = of.keys().cloned().collect();
                names.sort();
                names
            };
            assert_eq!(names(example), names(real), "{path}");
            for (name, value) in example {
                expect_like(value, &real[name], &format!("{path}.{name}"));
            }
        }
        (Value::Array(example), Value::Array(real)) => {
            for (example, real) in example.iter().take(1).zip(real) {
                expect_like(example, real, &format!("{path}[]"));
            }
        }
        _ => assert_eq!(
            std::mem::discriminant(example),
            std::mem::discriminant(real),
            "{path}: {example} and {real}"
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_prints_the_json_of_the_api() {
    let product = Product::start().await;
    let worker = id(&product, &[LAB.as_slice(), &["--tag", "env=lab", "--wait"]].concat()).await;
    let task = id(&product, &["task", "create", "--title", "Replace the uplink"]).await;
    let (worker, task) = (worker.as_str(), task.as_str());
    let import =
        ["worker", "import", "--instance-id", "i-sim-lab1", "--name", "lab 2", "--region", "us-east-1"];
    let import = [import.as_slice(), &["--instance-type", "m5.metal"]].concat();
    let commands: [(&str, &[&str]); 18] = [
        ("Task", &["task", "get", task]),
        ("Task", &["task", "create", "--title", "x", "--priority", "high", "--worker-id", worker]),
        (
            "Task",
            &["task", "update", task, "--status", "in_progress", "--clear", "assignee_id", "--if-match", "1"],
        ),
        ("Task", &["task", "cancel", task]),
        ("Task event", &["task", "events", task]),
        ("Task", &["task", "list", "--kind", "human"]),
        ("Worker", &["worker", "get", worker]),
        ("Worker", &["worker", "list", "--status", "running", "--tag", "env=lab"]),
        (
            "Worker",
            &["worker", "update", worker, "--name", "lab 3", "--tag", "rack=7", "--remove-tag", "env"],
        ),
        ("Worker", &import),
        ("Refresh", &["worker", "refresh", worker]),
        ("Explanation", &["worker", "explain", worker]),
        ("Task", &["worker", "stop", worker, "--reason", "for the night", "--priority", "low", "--wait"]),
        ("Task", &["task", "create", "--verb", "start", "--worker-id", worker, "--wait"]),
        ("Task", &["worker", "start", worker]),
        ("Task", &["worker", "terminate", worker, "--confirm", "lab 3", "--wait"]),
        ("Worker event", &["worker", "events", worker, "--limit", "3"]),
        ("Caller", &["whoami"]),
    ];
    for (name, arguments) in commands {
        let ran = ccm(&product, &[arguments, &["--json"]].concat()).await.ok();
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
        let json = ran.json();
        let shown = if json.is_array() { &json[0] } else { &json };
        assert!(shown.is_object(), "{arguments:?} printed {json}");
        expect_like(&example(name), shown, name);
    }
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
