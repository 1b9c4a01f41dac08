//! Processes of different versions, and a collector that is gone.

use super::{Level, doctor};
use crate::harness::{Backend, Product, Settings, eventually};
use crate::version_before::services_of_the_version_before;

#[tokio::test(flavor = "multi_thread")]
async fn processes_of_different_versions_are_named() {
    let settings = Settings { services_by: services_of_the_version_before(), ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let said = doctor(&product, &[]).await;
    let seen = "task-service is a version that does not tell its name";
    said.expect_problem("versions", seen, "finish the upgrade");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_is_named() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{unused}");
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
        &format!("{unused} (OTEL_EXPORTER_OTLP_ENDPOINT) cannot be reached"),
        "start",
    );
    said.expect_no_other_problem(&["exports", "collector"]);
    let traces = said.finding("traces", Level::NotChecked);
    assert!(traces.advice.as_ref().is_some_and(|it| it.contains("--tempo")), "{traces:?}");
}
