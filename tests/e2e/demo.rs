//! `ccm demo`: the story on both databases, compared with a picture; and an end before its time.

use serde_json::Value;

use crate::harness::{Backend, DEADLINE, Process, Product};
use crate::readme::masked;

fn demo(product: &Product) -> Process {
    let gateway = format!("http://{}", product.gateway_address);
    let data = product.directory.path().display().to_string();
    Process::spawn(&["demo", "--pause", "0s", "--gateway", &gateway, "--data-dir", &data], &[])
}

/// Fails unless every worker of the product is terminated; returns their number.
async fn terminated(product: &Product) -> usize {
    let workers = product.admin().get("/api/workers").await.json;
    let workers = workers["items"].as_array().unwrap();
    let is_terminated = |it: &Value| it["status"] == "terminated";
    assert!(workers.iter().all(is_terminated), "{workers:?}");
    workers.len()
}

/// What was printed, without what differs between two runs.
fn told(demo: &Process, product: &Product) -> String {
    let lines = demo.lines().all();
    let tag =
        lines.iter().find_map(|it| it.split_once("demo=")).map(|it| it.1.trim_end_matches('.').to_owned());
    let tag = format!("demo={}", tag.unwrap());
    let port = format!(":{}/", product.gateway_address.port());
    let lines = lines
        .iter()
        .map(|it| masked(&it.replace(&tag, "demo=…").replace(&port, ":8000/").replace('/', " / ")));
    let lines: Vec<String> = lines.map(|it| it.replace(" / ", "/").replace("http:// ", "http://")).collect();
    format!("{}\n", lines.join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_is_the_same_on_both_databases_and_ends_as_it_began() {
    let on = async |backend| {
        let product = Product::start_with(backend, &[]).await;
        let mut demo = demo(&product);
        // Half a minute of it is the time after which a machine counts as lost.
        let ended = demo.ended_within(DEADLINE * 4).await;
        assert!(ended.success(), "{:?}", demo.lines().all());
        assert_eq!(told(&demo, &product), include_str!("pictures/demo.txt"), "{backend:?}");
        assert_eq!(terminated(&product).await, 6);
    };
    tokio::join!(on(Backend::Sqlite), on(Backend::Postgres));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_that_is_interrupted_leaves_no_machine() {
    let product = Product::start().await;
    let mut demo = demo(&product);
    demo.printed("a step", |it| it.contains("Three workers were asked for").then_some(())).await;
    demo.signal("INT");
    // A machine that does not show any more counts as lost after half a minute.
    assert_eq!(demo.ended_within(DEADLINE * 3).await.code(), Some(1));
    assert_eq!(terminated(&product).await, 4);
    let said = demo.lines().all();
    assert!(said.iter().any(|it| it == "ccm: the story was interrupted"), "{said:?}");
    let user = product.token("ada", &[access::Role::User], None);
    let gateway = format!("http://{}", product.gateway_address);
    let mut refused = Process::spawn(&["demo", "--gateway", &gateway, "--token", &user], &[]);
    assert_eq!(refused.ended().await.code(), Some(4));
    assert!(refused.lines().all().iter().any(|it| it.contains("needs the role admin")));
}
