//! `--watch`: what is listed, then each change, over a restart of the gateway too.

use serde_json::{Value, json};

use super::id;
use crate::harness::{Process, Product, eventually};

fn watch(product: &Product, arguments: &[&str]) -> Process {
    let gateway = format!("http://{}", product.gateway_address);
    let data = product.directory.path().display().to_string();
    Process::spawn(&[arguments, &["--watch", "--gateway", &gateway, "--data-dir", &data]].concat(), &[])
}

/// The lines of JSON: what has happened, and the title with the status.
fn told(watch: &Process) -> Vec<String> {
    let lines = watch.lines().all();
    let parsed = lines.iter().filter_map(|it| serde_json::from_str::<Value>(it).ok());
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    parsed
        .map(|it| {
            format!("{} {} {}", text(&it["type"]), text(&it["item"]["title"]), text(&it["item"]["status"]))
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
