//! `--watch`: what is listed, then each change, over a restart of the gateway too.

use serde_json::{Value, json};

use super::{LAB, ccm, id};
use crate::harness::{Process, Product, eventually};

fn watch(product: &Product, arguments: &[&str]) -> Process {
    let gateway = format!("http://{}", product.gateway_address);
    let data = product.directory.path().display().to_string();
    Process::spawn(&[arguments, &["--watch", "--gateway", &gateway, "--data-dir", &data]].concat(), &[])
}

/// The lines of JSON: what has happened, and the title or name with the status.
fn told(watch: &Process) -> Vec<String> {
    let lines = watch.lines().all();
    let parsed = lines.iter().filter_map(|it| serde_json::from_str::<Value>(it).ok());
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    parsed
        .map(|it| {
            // A task has a title, a worker a name.
            let item = &it["item"];
            let title = format!("{}{}", text(&item["title"]), text(&item["name"]));
            format!("{} {title} {}", text(&it["type"]), text(&item["status"]))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_with_its_changes_and_over_a_restart_of_the_gateway() {
    let mut product = Product::start().await;
    let first = id(&product, &["task", "create", "--title", "first", "--priority", "high"]).await;
    let mut watching = watch(&product, &["task", "list", "--priority", "high", "--json"]);
    let expect = async |watching: &Process, expected: &[&str]| {
        eventually(&format!("{expected:?}"), || async { (told(watching) == expected).then_some(()) }).await;
    };
    expect(&watching, &["listed first pending"]).await;
    let admin = product.admin();
    admin.post("/api/tasks", &json!({"title": "low", "priority": "low"})).await;
    admin.patch(&format!("/api/tasks/{first}"), &json!({"status": "in_progress"})).await;
    expect(&watching, &["listed first pending", "changed first in_progress"]).await;
    assert!(product.gateway.stop().await.success());
    product.gateway.restart(product.gateway_address);
    product.gateway.listening("gateway").await;
    let admin = product.admin();
    admin.patch(&format!("/api/tasks/{first}"), &json!({"title": "again"})).await;
    admin.patch(&format!("/api/tasks/{first}"), &json!({"priority": "low"})).await;
    expect(
        &watching,
        &[
            "listed first pending",
            "changed first in_progress",
            "changed again in_progress",
            "removed again in_progress",
        ],
    )
    .await;
    watching.signal("INT");
    assert!(watching.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_a_row_for_each_change_below_the_same_titles() {
    let product = Product::start().await;
    let task = id(&product, &["task", "create", "--title", "one"]).await;
    let mut watching = watch(&product, &["task", "get", &task]);
    watching.printed("the task", |it| it.starts_with(&format!("{task}  pending ")).then_some(())).await;
    product.admin().patch(&format!("/api/tasks/{task}"), &json!({"status": "completed"})).await;
    watching.printed("the change", |it| it.starts_with(&format!("{task}  completed ")).then_some(())).await;
    product.admin().delete(&format!("/api/tasks/{task}")).await;
    watching.printed("the end", |it| it.starts_with(&format!("{task}  deleted ")).then_some(())).await;
    assert_eq!(watching.lines().all().iter().filter(|it| it.starts_with("ID ")).count(), 1);
    watching.signal("TERM");
    assert!(watching.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_watched_until_they_are_deleted_or_match_no_longer() {
    let product = Product::start().await;
    let worker = id(&product, &[LAB.as_slice(), &["--tag", "env=lab", "--wait"]].concat()).await;
    let listing = watch(&product, &["worker", "list", "--tag", "env=lab", "--json"]);
    let mut getting = watch(&product, &["worker", "get", &worker]);
    let row = async |status: &str| {
        let start = format!("{worker}  {status} ");
        getting.printed(&start, |it| it.starts_with(&start).then_some(())).await;
    };
    row("running").await;
    eventually("the worker is listed", || async {
        (told(&listing) == ["listed lab 1 running"]).then_some(())
    })
    .await;
    let stop = ["worker", "stop", &worker, "--wait"];
    ccm(&product, &stop).await.ok();
    row("stopping").await;
    row("stopped").await;
    ccm(&product, &["worker", "terminate", &worker, "--confirm", "lab 1", "--wait"]).await.ok();
    ccm(&product, &["worker", "update", &worker, "--remove-tag", "env"]).await.ok();
    ccm(&product, &["worker", "delete", &worker]).await.ok();
    row("deleted").await;
    // A state may be told more than once, with what else has changed.
    let mut seen = Vec::new();
    eventually("the worker leaves the list", || {
        seen = told(&listing);
        seen.dedup();
        let has_left = seen.last().is_some_and(|it| it.starts_with("removed"));
        async move { has_left.then_some(()) }
    })
    .await;
    let expected = ["listed lab 1 running", "changed lab 1 stopping", "changed lab 1 stopped"];
    let before: Vec<&str> = seen.iter().map(String::as_str).filter(|it| expected.contains(it)).collect();
    assert_eq!(before, expected, "{seen:?}");
    assert_eq!(seen.last().unwrap(), "removed lab 1 terminated", "{seen:?}");
    getting.signal("INT");
    assert!(getting.ended().await.success());
}
