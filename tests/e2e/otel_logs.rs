//! The `OTEL_*` variables of logs, each with what it does. docs/configuration.md names the test of each row.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use tokio::net::TcpListener;

use crate::harness::{Gateway, Held, Otlp, eventually};

const CANNOT_BE_REACHED: &str = "the log receiver cannot be reached; log records wait in the queue";

fn message(record: &LogRecord) -> String {
    match record.body.clone().and_then(|it| it.value) {
        Some(Value::StringValue(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn attribute(record: &LogRecord, key: &str) -> Option<Value> {
    record.attributes.iter().find(|it| it.key == key)?.value.clone()?.value
}

/// The records about requests.
fn requests(otlp: &Otlp) -> Vec<LogRecord> {
    otlp.logs().into_iter().filter(|it| message(it) == "request").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_exporter_otlp_sends_log_lines_with_their_trace() {
    let otlp = Otlp::grpc(None).await;
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str());
    let mut default = Gateway::start(&[endpoint]).await;
    default.request().await;
    default.stop().await;
    assert!(otlp.logs().is_empty());
    let mut gateway = Gateway::start(&[endpoint, ("OTEL_LOGS_EXPORTER", "otlp")]).await;
    let trace = gateway.request().await;
    gateway.stop().await;
    let records = requests(&otlp);
    let [record] = records.as_slice() else { panic!("{records:?}") };
    let span = otlp.spans().into_iter().find(|it| it.trace_id == trace).unwrap();
    let bytes =
        |hex: &str, size: usize| u128::from_str_radix(hex, 16).unwrap().to_be_bytes()[16 - size..].to_vec();
    assert_eq!(record.trace_id, bytes(&trace, 16));
    assert_eq!(record.span_id, bytes(&span.span_id, 8));
    assert_eq!((record.severity_text.as_str(), record.severity_number), ("INFO", 9));
    assert_eq!(attribute(record, "method"), Some(Value::StringValue("GET".to_owned())));
    assert_eq!(attribute(record, "status"), Some(Value::IntValue(404)));
    // The line on standard output is written, too.
    assert!(gateway.logged("request").iter().any(|it| it["trace_id"] == span.trace_id.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_exporter_itself_logs_is_not_exported() {
    let otlp = Otlp::grpc(None).await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("RUST_LOG", "trace"),
    ];
    let mut gateway = Gateway::start(&settings).await;
    gateway.request().await;
    gateway.stop().await;
    let exports = otlp.exports();
    let scopes = exports.iter().flat_map(|it| &it.logs).flat_map(|it| &it.scope_logs);
    let targets: std::collections::BTreeSet<&str> =
        scopes.filter_map(|it| Some(it.scope.as_ref()?.name.as_str())).collect();
    assert!(targets.iter().any(|it| it.starts_with("net::http_server")), "{targets:?}");
    let own = ["h2", "hyper", "opentelemetry", "reqwest", "tonic", "tower"];
    assert!(!targets.iter().any(|it| own.iter().any(|own| it.starts_with(own))), "{targets:?}");
    let printed = gateway.printed();
    assert!(printed.iter().any(|it| it.contains("\"target\":\"h2")), "h2 logs at this level");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_exporter_console_prints() {
    let mut gateway =
        Gateway::start(&[("OTEL_LOGS_EXPORTER", "console"), ("OTEL_TRACES_EXPORTER", "none")]).await;
    gateway.request().await;
    gateway.stop().await;
    let printed = gateway.printed();
    assert!(printed.iter().any(|it| !it.starts_with('{') && it.contains("request")), "{printed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn blrp_schedule_delay_decides_when_log_records_leave() {
    let (soon, late) = (Otlp::grpc(None).await, Otlp::grpc(None).await);
    let of = |otlp: &Otlp, delay: &'static str| {
        [
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT".to_owned(), otlp.endpoint.clone()),
            ("OTEL_BLRP_SCHEDULE_DELAY".to_owned(), delay.to_owned()),
            ("OTEL_LOGS_EXPORTER".to_owned(), "otlp".to_owned()),
            ("OTEL_TRACES_EXPORTER".to_owned(), "none".to_owned()),
        ]
    };
    let start = async |settings: [(String, String); 4]| {
        let settings: Vec<(&str, &str)> = settings.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        Gateway::start(&settings).await
    };
    let (first, mut second) = (start(of(&soon, "20")).await, start(of(&late, "600000")).await);
    second.request().await;
    first.request().await;
    eventually("the record leaves while the process runs", || async {
        (requests(&soon).len() == 1).then_some(())
    })
    .await;
    assert!(late.exports().is_empty());
    second.stop().await;
    assert_eq!(requests(&late).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn blrp_max_queue_size_bounds_what_waits_without_a_loop() {
    // Connections are refused.
    let gone = Held::new();
    let settings = [
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", format!("http://{}", gone.address)),
        ("OTEL_BLRP_SCHEDULE_DELAY", "20".to_owned()),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "4".to_owned()),
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "2".to_owned()),
        ("OTEL_LOGS_EXPORTER", "otlp".to_owned()),
        ("OTEL_TRACES_EXPORTER", "none".to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|it| (it.0, it.1.as_str())).collect();
    let mut gateway = Gateway::start(&settings).await;
    gateway.logs(CANNOT_BE_REACHED).await;
    for _ in 0..40 {
        gateway.request().await;
    }
    gateway.stop().await;
    let last = gateway.logged("log records were lost, counted until shutdown").pop().expect("a count");
    let count = |name: &str| last[name].as_u64().unwrap();
    assert!(count("dropped") >= 30, "{last}");
    // Each line once: the outage is logged once, and makes no records that would be logged in turn.
    let (records, lines) = (count("failed") + count("dropped"), gateway.printed().len() as u64);
    assert!(records <= lines, "{records} of {lines}");
    assert_eq!(gateway.logged(CANNOT_BE_REACHED).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn blrp_max_export_batch_size_bounds_an_export() {
    let otlp = Otlp::http(None).await;
    let endpoint = format!("{}/v1/logs", otlp.endpoint);
    let settings = [
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf"),
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "3"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "600000"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ];
    let mut gateway = Gateway::start(&settings).await;
    for _ in 0..10 {
        gateway.request().await;
    }
    gateway.stop().await;
    assert_eq!(requests(&otlp).len(), 10);
    for export in otlp.exports() {
        let records: usize =
            export.logs.iter().flat_map(|it| &it.scope_logs).map(|it| it.log_records.len()).sum();
        assert!(records <= 3 && export.path == "/v1/logs", "{records}, {}", export.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_does_not_hold_the_end_of_a_process() {
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", hung.local_addr().unwrap());
    for protocol in ["grpc", "http/protobuf"] {
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            // Far beyond the deadline of the test.
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "3600000"),
            ("OTEL_LOGS_EXPORTER", "otlp"),
            ("OTEL_METRICS_EXPORTER", "otlp"),
        ];
        let mut gateway = Gateway::start(&settings).await;
        gateway.request().await;
        gateway.stop().await;
    }
}
