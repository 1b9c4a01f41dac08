//! Changes that reach SQLite at the same time are stored by one COMMIT, which the trace of each of them shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use futures_util::future::join_all;
use serde_json::json;
use telemetry::otlp::{AttributeValue, Span};

use crate::harness::{Product, eventually};

/// Requests at the same time.
const BURST: usize = 40;

/// Returns the spans of COMMITs that stored several changes, by the trace of their request.
pub(crate) fn shared_commits(product: &Product) -> Vec<Span> {
    let spans = product.collector.spans().into_iter();
    spans
        .filter(|it| {
            it.service == "task-service"
                && it.name == "COMMIT"
                && it.attributes.contains_key("ccm.commit.changes")
        })
        .collect()
}

/// Creates tasks at the same time until some of them have shared a COMMIT, and returns all that were created.
async fn burst(product: &Product) -> BTreeMap<String, String> {
    let created = Mutex::new(BTreeMap::new());
    eventually("changes shared a COMMIT", async || {
        let user = product.user("ada");
        let requests = (0..BURST).map(|_| {
            let title = platform::clock::Clock::system().new_id().to_string();
            let user = &user;
            async move {
                let answer = user.post("/api/tasks", &json!({"title": title})).await;
                assert_eq!(answer.status, 201, "{answer:?}");
                (answer.text("id").to_owned(), answer.header("x-trace-id").to_owned())
            }
        });
        let answers = join_all(requests).await;
        created.lock().unwrap().extend(answers);
        (!shared_commits(product).is_empty()).then_some(())
    })
    .await;
    created.into_inner().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trace_of_each_create_shows_its_own_statements_and_the_shared_commit() {
    let mut product = Product::start().await;
    let created = burst(&product).await;
    for id in created.keys() {
        assert_eq!(product.user("ada").get(&format!("/api/tasks/{id}")).await.status, 200);
    }
    // All spans are exported then.
    product.stop().await;
    let mut groups: BTreeMap<(u64, u64), Vec<Span>> = BTreeMap::new();
    for span in shared_commits(&product) {
        groups.entry((span.start, span.end)).or_default().push(span);
    }
    assert!(!groups.is_empty());
    for group in groups.values() {
        for span in group {
            let changes = AttributeValue::Integer(i64::try_from(group.len()).unwrap());
            assert_eq!(span.attributes["ccm.commit.changes"], changes, "{span:?}");
        }
        let traces: BTreeSet<&str> = group.iter().map(|it| it.trace_id.as_str()).collect();
        assert_eq!(traces.len(), group.len(), "a span in the trace of each");
    }
    let traces: BTreeSet<String> = created.into_values().collect();
    let mut seen = 0;
    for commit in groups.into_values().flatten().filter(|it| traces.contains(&it.trace_id)) {
        seen += 1;
        let mut siblings = product.collector.trace(&commit.trace_id);
        siblings.retain(|it| it.parent_id == commit.parent_id);
        siblings.sort_by_key(|it| it.start);
        let names: Vec<&str> = siblings.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["acquire connection", "BEGIN", "INSERT tasks", "INSERT events", "COMMIT"]);
        assert!(siblings[3].end <= commit.start, "it was committed after its last statement");
    }
    assert!(seen > 1, "{seen}");
}
