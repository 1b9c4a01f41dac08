//! A collector that is gone, and one process whose spans go elsewhere.

use std::sync::Arc;

use super::{Level, doctor, run, settings, tempo};
use crate::harness::{Held, Product, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_is_named() {
    let nobody = Held::new();
    let endpoint = format!("http://{}", nobody.address);
    let product = Product::traced_to(&endpoint).await;
    product.admin().get("/api/tasks").await;
    eventually("an export has failed", async || {
        let ready = product.anonymous().get("/readyz?verbose").await.json;
        (ready["telemetry"][0]["status"] == "unreachable").then_some(())
    })
    .await;
    let said = doctor(&product, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    said.expect_problem(
        "exports",
        "the gateway does not reach the receiver of its traces",
        "start the collector",
    );
    said.expect_problem(
        "collector",
        &format!("{} (OTEL_EXPORTER_OTLP_ENDPOINT) cannot be reached", nobody.address),
        "start",
    );
    said.expect_no_other_problem(&["exports", "collector"]);
    let traces = said.finding("traces", Level::NotChecked);
    assert!(traces.advice.as_ref().is_some_and(|it| it.contains("--tempo")), "{traces:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_whose_spans_do_not_arrive_is_named() {
    let mut product = Product::start().await;
    let address = product.workers_address;
    assert!(product.workers.stop().await.success());
    product.workers.restart_with(address, &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]);
    product.workers.listening("worker-service").await;
    eventually("the gateway has found worker-service again", async || {
        (product.admin().get("/api/workers").await.status == 200).then_some(())
    })
    .await;
    let product = Arc::new(product);
    let tempo = tempo::of(&product).await;
    let said = run(&[], &["--tempo", &tempo], &settings(&product)).await;
    said.expect_problem(
        "traces",
        "spans of worker-service did not arrive within 20 s in the traces ",
        "set the same OTEL_EXPORTER_OTLP_ENDPOINT for all processes",
    );
    said.expect_no_other_problem(&["traces"]);
    // Both traces are named, and have arrived but for those spans.
    let seen = &said.finding("traces", Level::Problem).seen;
    let traces: Vec<&str> = seen.rsplit_once("traces ").unwrap().1.split(" and ").collect();
    let of = |trace: &str, service: &str| {
        product.collector.trace(trace).iter().filter(|it| it.service == service).count()
    };
    assert_eq!(traces.len(), 2, "{seen}");
    assert!(of(traces[0], "task-service") > 0 && of(traces[1], "gateway") > 0, "{seen}");
    assert_eq!(of(traces[1], "worker-service"), 0, "{seen}");
}
