//! An installation that is well.

use std::sync::Arc;

use super::{Level, run, settings, tempo};
use crate::harness::{Backend, Process, Product};

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_is_well_is_said_to_be_well_on_both_databases() {
    let on = async |backend| {
        let product = Arc::new(Product::start_with(backend, &[]).await);
        let tempo = tempo::of(&product).await;
        let said = run(&[], &["--tempo", &tempo], &settings(&product)).await;
        let checks: Vec<&str> = said.findings.iter().map(|it| it.check.as_str()).collect();
        let expected = [
            "gateway",
            "services",
            "versions",
            "listen_addresses",
            "token",
            "issuer",
            "clocks",
            "task_database",
            "worker_database",
            "provider_database",
            "open_files",
            "event_stream",
            "task_events",
            "worker_events",
            "exports",
            "collector",
            "traces",
        ];
        assert_eq!(checks, expected, "{said:#?}");
        let is_ok = |level: Level, advice: Option<&String>| level == Level::Ok && advice.is_none();
        assert!(said.findings.iter().all(|it| is_ok(it.level, it.advice.as_ref())), "{said:#?}");
        assert_eq!((said.healthy, said.code), (true, Some(0)), "{said:#?}");
        // Nothing is left behind.
        let tasks = product.admin().get("/api/tasks").await.json;
        assert_eq!(tasks["items"], serde_json::json!([]), "{backend:?}");
    };
    tokio::join!(on(Backend::Sqlite), on(Backend::Postgres));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_what_was_seen_and_what_to_do() {
    let product = Product::start().await;
    let mut settings = settings(&product);
    settings.retain(|it| it.0 != "OTEL_EXPORTER_OTLP_ENDPOINT");
    let mut process = Process::spawn(&["doctor"], &settings);
    let code = process.ended().await.code();
    let lines = process.lines().all();
    assert_eq!(code, Some(0), "{lines:#?}");
    let has = |line: &str| assert!(lines.iter().any(|it| it == line), "{line}: {lines:#?}");
    has(&format!("ok  gateway            http://{} answers", product.gateway_address));
    has("Not checked:");
    has("  collector");
    has("    OTEL_EXPORTER_OTLP_ENDPOINT is not set here");
    has("    → set OTEL_EXPORTER_OTLP_ENDPOINT as the processes have it");
    assert!(lines.iter().all(|it| !it.contains('\u{1b}')), "{lines:#?}");
}
