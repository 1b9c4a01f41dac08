//! Every query is asked of a real Prometheus that scraped the three real processes under a small workload.

use std::time::{Duration, Instant};

use serde_json::json;

use super::prometheus::Prometheus;
use super::{collected, promql};
use crate::generator::dashboard::{Language, Query};
use crate::harness::{Backend, DEADLINE, Exposition, Product, Settings, eventually, scraped, sse};

/// Metrics of programs that do not run here; their names are checked against a list.
const FOREIGN: [&str; 3] = ["otelcol_", "tempo_", "traces_"];

/// The product, each process of which shows its metrics to Prometheus.
async fn product() -> Product {
    let of_services =
        scraped(&[("CCM_SIMULATED_START_DELAY", "100ms"), ("CCM_SIMULATED_STOP_DELAY", "100ms")]);
    let of_gateway = scraped(&[("CCM_REQUEST_TIMEOUT", "6s")]);
    let settings = Settings { of_services, of_gateway, ..Settings::default() };
    Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await
}

/// What happens once: a worker whose provider fails twice, and a service that hangs. Answers a worker that runs.
async fn incidents(product: &Product) -> String {
    let root = product.admin();
    let worker = product.running_worker().await;
    let unlucky = json!({
        "name": "lab 2", "region": "us-east-1", "instance_type": "m5.metal", "tags": {"sim:fail": "2"},
    });
    assert_eq!(root.post("/api/workers", &unlucky).await.status, 201);
    product.workers.signal("STOP");
    assert!(root.get("/api/workers").await.status.is_server_error());
    product.workers.signal("CONT");
    eventually("the service answers again", || async {
        (root.get("/api/workers").await.status == 200).then_some(())
    })
    .await;
    worker
}

/// Something of everything else: tasks, actions, a stream, refusals and failures of callers.
async fn activity(product: &Product, worker: &str) {
    let (ada, root) = (product.user("ada"), product.admin());
    let report = json!({"view": "tasks", "reconnected": 1, "lag_seconds": 0.2});
    assert_eq!(ada.post("/api/page/reports", &report).await.status, 204);
    let token = product.token("ada", &[access::Role::User], None);
    let mut stream = sse::open(product.gateway_address, &token, "", None).await.unwrap();
    stream.named("snapshot.completed").await;
    for title in ["one", "two", "three"] {
        assert_eq!(ada.post("/api/tasks", &json!({ "title": title })).await.status, 201);
        stream.named("task.created").await;
    }
    assert_eq!(ada.post("/api/tasks", &json!({})).await.status, 400);
    assert_eq!(ada.get("/api/tasks/01a216d2-57a4-7cd1-8647-78140c6eac7f").await.status, 404);
    assert_eq!(product.anonymous().get("/api/tasks").await.status, 401);
    assert_eq!(ada.get("/api/me").await.status, 200);
    assert_eq!(
        sse::open(product.gateway_address, "no token", "", None).await.unwrap_err(),
        "401 Unauthorized"
    );
    for (verb, status) in [("stop", "stopped"), ("start", "running")] {
        let action = root.post(&format!("/api/workers/{worker}/{verb}"), &json!({})).await;
        assert_eq!(action.status, 202, "{action:?}");
        product.worker_is(worker, status).await;
        let task = format!("/api/tasks/{}", action.text("id"));
        eventually("the action has ended", || async {
            (root.get(&task).await.text("status") == "completed").then_some(())
        })
        .await;
    }
}

/// Queries that find nothing or no number, and those that Prometheus does not take.
async fn unproven(prometheus: &Prometheus, queries: &[Query]) -> Vec<String> {
    let mut unproven = Vec::new();
    for query in queries {
        match prometheus.try_query(&promql::without_variables(&query.text)).await {
            Ok(found) if found.iter().all(|it| it["value"][1] == "NaN") => {
                unproven.push(format!("{} finds nothing: {}", query.place, query.text));
            }
            Ok(_) => {}
            Err(error) => unproven.push(format!("{}: {error}: {}", query.place, query.text)),
        }
    }
    unproven
}

fn is_ours(query: &Query) -> bool {
    query.language == Language::Promql && !FOREIGN.iter().any(|it| query.text.contains(it))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_finds_what_the_three_processes_report() {
    let product = product().await;
    let mut jobs = Vec::new();
    for (job, process) in [
        ("gateway", &product.gateway),
        ("task-service", &product.tasks),
        ("worker-service", &product.workers),
    ] {
        jobs.push((job, Exposition::address(process).await));
    }
    let prometheus = Prometheus::start(&jobs).await;
    let worker = incidents(&product).await;
    let queries: Vec<Query> = collected::shown().into_iter().filter(is_ours).collect();
    let start = Instant::now();
    loop {
        // A series that begins with its first event has no rate before the second one, and a rate needs two scrapes.
        activity(&product, &worker).await;
        let unproven = unproven(&prometheus, &queries).await;
        if unproven.is_empty() {
            break;
        }
        // On a busy machine, a round of all queries takes seconds.
        assert!(start.elapsed() < 3 * DEADLINE, "{unproven:#?}");
        // Averages of rates need two evaluations more.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    for alert in collected::of_alerts() {
        let query = promql::without_variables(&alert.text);
        assert!(prometheus.try_query(&query).await.is_ok(), "{}", alert.place);
    }
    let misspelt =
        ["rate(cml_cloud_manager_task_created_total[5m])", "up{jobs=\"cml-cloud-manager/gateway\"}"];
    let misspelt = misspelt.map(|it| collected::promql("a misspelt query".to_owned(), it.to_owned()));
    assert_eq!(unproven(&prometheus, &misspelt).await.len(), 2);
}
