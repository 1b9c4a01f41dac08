//! The `OTEL_*` variables of metrics, each with what it does. docs/configuration.md names the test of each row.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric, metric};
use tokio::net::TcpListener;

use crate::harness::{Client, Gateway, Held, Otlp, eventually};

const REQUESTS: &str = "http.server.request.duration";
const CANNOT_BE_REACHED: &str = "the metric receiver cannot be reached; the next export has newer values";

/// The histogram of requests among metrics.
fn of_requests(metrics: &[Metric]) -> Option<opentelemetry_proto::tonic::metrics::v1::Histogram> {
    let found = metrics.iter().rfind(|it| it.name == REQUESTS)?;
    match found.data.clone()? {
        metric::Data::Histogram(histogram) => Some(histogram),
        other => panic!("{other:?}"),
    }
}

/// The number of requests that the receiver knows of.
fn requests_at(otlp: &Otlp) -> u64 {
    of_requests(&otlp.metrics()).map_or(0, |it| it.data_points.iter().map(|it| it.count).sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_exporter_names_otlp_console_or_none() {
    let otlp = Otlp::grpc(None).await;
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str());
    let mut none = Gateway::start(&[endpoint, ("OTEL_METRICS_EXPORTER", "none")]).await;
    none.request().await;
    none.stop().await;
    assert!(otlp.metrics().is_empty());
    let mut console = Gateway::start(&[endpoint, ("OTEL_METRICS_EXPORTER", "console")]).await;
    console.request().await;
    console.stop().await;
    let printed = console.printed();
    assert!(printed.iter().any(|it| !it.starts_with('{') && it.contains(REQUESTS)), "{printed:#?}");
    assert!(otlp.metrics().is_empty());
    // The default of the specification.
    let mut default = Gateway::start(&[endpoint, ("OTEL_METRICS_EXPORTER", "")]).await;
    default.request().await;
    default.stop().await;
    assert_eq!(requests_at(&otlp), 1);
    let exports = otlp.exports();
    let of_metrics = exports.iter().find(|it| !it.metrics.is_empty()).unwrap();
    let resource = of_metrics.metrics[0].resource.clone().unwrap();
    let name = resource.attributes.iter().find(|it| it.key == "service.name").unwrap();
    assert!(format!("{:?}", name.value).contains("gateway"), "{name:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metric_export_interval_decides_when_metrics_leave() {
    let otlp = Otlp::grpc(None).await;
    let common = [("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()), ("OTEL_METRICS_EXPORTER", "otlp")];
    let soon = Gateway::start(&[common[0], common[1], ("OTEL_METRIC_EXPORT_INTERVAL", "50")]).await;
    soon.request().await;
    eventually("the metrics leave while the process runs", || async {
        (requests_at(&otlp) == 1).then_some(())
    })
    .await;
    let late = Otlp::grpc(None).await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", late.endpoint.as_str()),
        common[0],
        common[1],
        ("OTEL_METRIC_EXPORT_INTERVAL", "600000"),
    ];
    let mut gateway = Gateway::start(&settings).await;
    gateway.request().await;
    soon.request().await;
    // Metrics of another process leave meanwhile; this one's do not, until it ends.
    eventually("a later export", || async { (requests_at(&otlp) == 2).then_some(()) }).await;
    assert!(late.exports().is_empty());
    gateway.stop().await;
    assert_eq!(requests_at(&late), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn metric_export_timeout_gives_a_hung_receiver_up() {
    // It accepts connections, and never answers.
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", hung.local_addr().unwrap());
    for protocol in ["grpc", "http/protobuf"] {
        let settings = [
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", protocol),
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_METRICS_EXPORTER", "otlp"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "50"),
            ("OTEL_METRIC_EXPORT_TIMEOUT", "200"),
        ];
        let mut gateway = Gateway::start(&settings).await;
        gateway.logs(CANNOT_BE_REACHED).await;
        // The process ends although the receiver hangs.
        gateway.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variables_of_metrics_choose_receiver_and_protocol() {
    let (all, metrics) = (Otlp::http(None).await, Otlp::http(None).await);
    let to_metrics = format!("{}/v1/metrics", metrics.endpoint);
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", all.endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", to_metrics.as_str()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-key=1"),
        ("OTEL_METRICS_EXPORTER", "otlp"),
    ];
    let mut gateway = Gateway::start(&settings).await;
    gateway.request().await;
    gateway.stop().await;
    assert_eq!(requests_at(&metrics), 1);
    let exports = metrics.exports();
    assert!(exports.iter().all(|it| it.path == "/v1/metrics" && it.headers["x-key"] == "1"), "{exports:?}");
    assert!(all.metrics().is_empty() && all.spans().len() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn temporality_preference_delta_exports_what_was_added() {
    for (preference, expected) in
        [("delta", AggregationTemporality::Delta), ("cumulative", AggregationTemporality::Cumulative)]
    {
        let otlp = Otlp::grpc(None).await;
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", preference),
            ("OTEL_METRIC_EXPORT_INTERVAL", "50"),
            ("OTEL_METRICS_EXPORTER", "otlp"),
        ];
        let mut gateway = Gateway::start(&settings).await;
        let of_route = || counts(&otlp, "/api/openapi.json");
        assert_eq!(gateway.get("/api/openapi.json").await.status, 200);
        eventually("the first request is exported", async || (!of_route().is_empty()).then_some(())).await;
        let before = of_route().len();
        assert_eq!(gateway.get("/api/openapi.json").await.status, 200);
        gateway.stop().await;
        let histogram = of_requests(&otlp.metrics()).unwrap();
        assert_eq!(histogram.aggregation_temporality, i32::from(expected), "{preference}");
        let (first, later) = (of_route()[0], of_route().split_off(before));
        let last = if preference == "delta" { 1 } else { 2 };
        assert_eq!((first, later.last()), (1, Some(&last)), "{preference}: {:?}", of_route());
        if preference == "delta" {
            assert_eq!(of_route(), [1, 1]);
        }
    }
}

/// The counts of requests of a route, one for each export that has it.
fn counts(otlp: &Otlp, route: &str) -> Vec<u64> {
    let metrics = otlp.metrics();
    let histograms = metrics
        .iter()
        .filter(|it| it.name == REQUESTS)
        .filter_map(|it| of_requests(std::slice::from_ref(it)));
    let points = histograms.flat_map(|it| it.data_points);
    let is_route =
        |it: &KeyValue| it.key == "http.route" && format!("{:?}", it.value).contains(&format!("\"{route}\""));
    points.filter(|it| it.attributes.iter().any(is_route)).map(|it| it.count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_scrapes_at_its_host_and_port_and_never_at_the_public_one() {
    // For the gateway.
    let held = Held::new();
    let port = held.address.port().to_string();
    let settings = [
        ("OTEL_METRICS_EXPORTER", "prometheus"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "127.0.0.1"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", port.as_str()),
    ];
    let gateway = Gateway::start(&settings).await;
    gateway.request().await;
    let scrape = Client::new(&format!("http://127.0.0.1:{port}"), None);
    let answer = eventually("the request is counted", async || {
        let answer = scrape.get("/metrics").await;
        assert_eq!(answer.status, 200);
        answer.plain().contains("http_server_request_duration_seconds_count{").then_some(answer)
    })
    .await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4");
    assert_eq!(scrape.get("/").await.status, 404);
    assert_eq!(scrape.post("/metrics", &serde_json::json!({})).await.status, 405);
    assert_eq!(gateway.get("/metrics").await.status, 404);
    // A second process cannot have the same port, and says which setting to change.
    let error = Gateway::start_fails(&settings).await;
    assert!(error.contains("OTEL_EXPORTER_PROMETHEUS_HOST and _PORT"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_file_is_a_warning() {
    let gateway =
        Gateway::start(&[("OTEL_CONFIG_FILE", "otel.yaml"), ("OTEL_TRACES_EXPORTER", "none")]).await;
    assert_eq!(gateway.warnings(), ["OTEL_CONFIG_FILE=otel.yaml is not supported: the file is not read"]);
}
