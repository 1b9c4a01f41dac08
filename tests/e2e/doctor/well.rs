//! An installation that is well.

use std::sync::Arc;

use super::{Finding, Level, Said, run, settings, tempo};
use crate::harness::{Backend, Process, Product};

const CHECKS: [&str; 17] = [
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

/// Fails unless everything was looked at and is well.
#[track_caller]
fn expect_well(said: &Said) {
    let checks: Vec<&str> = said.findings.iter().map(|it| it.check.as_str()).collect();
    assert_eq!(checks, CHECKS, "{said:#?}");
    let is_ok = |it: &Finding| it.level == Level::Ok && it.advice.is_none();
    assert!(said.findings.iter().all(is_ok), "{said:#?}");
    assert_eq!((said.healthy, said.code), (true, Some(0)), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_is_well_is_said_to_be_well_on_both_databases() {
    let on = async |backend| {
        let product = Arc::new(Product::start_with(backend, &[]).await);
        let tempo = tempo::of(&product).await;
        let said = run(&[], &["--tempo", &tempo], &settings(&product)).await;
        expect_well(&said);
        // Nothing is left behind.
        let tasks = product.admin().get("/api/tasks").await.json;
        assert_eq!(tasks["items"], serde_json::json!([]), "{backend:?}");
    };
    tokio::join!(on(Backend::Sqlite), on(Backend::Postgres));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ccm_up_runs_is_well_with_no_more_settings_than_its_addresses_and_its_data() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().display().to_string();
    let ports = ["--gateway-listen", "--task-listen", "--worker-listen"].map(|it| [it, "127.0.0.1:0"]);
    let up = Process::spawn(&[["up", "--data-dir", &data].as_slice(), ports.as_flattened()].concat(), &[]);
    let mut settings = vec![("CCM_DATA_DIR".to_owned(), data)];
    for (service, name) in [
        ("worker-service", "CCM_WORKER_LISTEN"),
        ("task-service", "CCM_TASK_LISTEN"),
        ("gateway", "CCM_GATEWAY_LISTEN"),
    ] {
        settings.push((name.to_owned(), up.listening(service).await.to_string()));
    }
    settings.push(("CCM_GATEWAY".to_owned(), format!("http://{}", settings[3].1)));
    let said = run(&[], &[], &settings).await;
    expect_well(&said);
    let seen = |check| said.finding(check, Level::Ok).seen.as_str();
    assert!(seen("token").starts_with("the gateway knows you as local "), "{said:#?}");
    assert!(seen("task_database").contains("tasks.db, ") && seen("task_database").contains("migrated"));
    assert_eq!(seen("collector"), "there is none: `ccm up` keeps the traces");
    assert!(seen("traces").starts_with("the spans of all processes arrived, "), "{said:#?}");
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
