//! What the product exports goes through a collector that somebody else wrote (rotel), and arrives whole.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::json;

use crate::harness::{Backend, Held, Otlp, Process, Product, Settings, eventually};

const SERVICES: [&str; 3] = ["gateway", "task-service", "worker-service"];

/// The agent that the Python package `rotel` brings.
fn agent() -> String {
    let lib = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/lib");
    let python = std::fs::read_dir(lib).unwrap().next().expect("a Python").unwrap();
    python.path().join("site-packages/rotel/rotel-agent").display().to_string()
}

/// A collector that passes on what it receives; its process with its addresses, and where it receives.
async fn collector(to: &Otlp) -> ((Process, [Held; 2]), String) {
    let (agent, held) = (agent(), [Held::new(), Held::new()]);
    let [grpc, http] = held.each_ref().map(|it| it.address.to_string());
    let settings = [
        ("AGENT", agent.as_str()),
        ("ROTEL_OTLP_GRPC_ENDPOINT", grpc.as_str()),
        ("ROTEL_OTLP_HTTP_ENDPOINT", http.as_str()),
        ("ROTEL_EXPORTER", "otlp"),
        ("ROTEL_OTLP_EXPORTER_ENDPOINT", to.endpoint.as_str()),
        ("ROTEL_OTLP_EXPORTER_PROTOCOL", "grpc"),
        ("ROTEL_BATCH_TIMEOUT", "100ms"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let process = Process::spawn_by(&["sh", "-c", "exec \"$AGENT\" start"], &[], &settings);
    eventually("the collector receives", || async { tokio::net::TcpStream::connect(&grpc).await.ok() }).await;
    ((process, held), format!("http://{grpc}"))
}

fn service(resource: &Resource) -> String {
    let name = resource.attributes.iter().find(|it| it.key == "service.name");
    match name.and_then(|it| it.value.clone()).and_then(|it| it.value) {
        Some(Value::StringValue(name)) => name,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_metrics_and_logs_arrive_through_a_collector_of_another_make() {
    let receiver = Otlp::grpc(None).await;
    let (_collector, endpoint) = collector(&receiver).await;
    let all = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "50"),
    ];
    let all = all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let settings = Settings { of_services: all.clone(), of_gateway: all, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let admin = product.admin();
    let worker = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    let worker = admin.post("/api/workers", &worker).await;
    assert_eq!(worker.status, 201);
    let task = admin.post("/api/tasks", &json!({"title": "t", "worker_id": worker.text("id")})).await;
    assert_eq!(task.status, 201);
    let trace = task.header("x-trace-id").to_owned();

    eventually("the trace has arrived from all three services, and the parent of each of its spans", || {
        let spans: Vec<_> = receiver.spans().into_iter().filter(|it| it.trace_id == trace).collect();
        let services: BTreeSet<&str> = spans.iter().map(|it| it.service.as_str()).collect();
        let ids: BTreeSet<&str> = spans.iter().map(|it| it.span_id.as_str()).collect();
        let roots = spans.iter().filter(|it| it.parent_id.is_empty()).count();
        let children = spans.iter().filter(|it| ids.contains(it.parent_id.as_str())).count();
        let whole = services.len() == 3 && roots == 1 && roots + children == spans.len();
        async move { whole.then_some(()) }
    })
    .await;
    let bytes = u128::from_str_radix(&trace, 16).unwrap().to_be_bytes();
    let logs =
        eventually("each process has a log line of the trace", || {
            let mut of_trace = BTreeMap::<String, usize>::new();
            for resource in receiver.exports().into_iter().flat_map(|it| it.logs) {
                let service = service(&resource.resource.unwrap());
                let records = resource.scope_logs.iter().flat_map(|it| &it.log_records);
                let count = records.filter(|it| it.trace_id == bytes).count();
                *of_trace.entry(service).or_default() += count;
            }
            async move {
                SERVICES.iter().all(|it| of_trace.get(*it).is_some_and(|it| *it > 0)).then_some(of_trace)
            }
        })
        .await;
    assert_eq!(logs.len(), 3, "{logs:?}");
    eventually("each process has metrics", || {
        let exports = receiver.exports();
        let resources = exports.iter().flat_map(|it| &it.metrics);
        let services: BTreeSet<String> = resources.map(|it| service(it.resource.as_ref().unwrap())).collect();
        let names: BTreeSet<String> = receiver.metrics().into_iter().map(|it| it.name).collect();
        let expected =
            ["cml_cloud_manager.tasks.created", "http.server.request.duration", "rpc.server.call.duration"];
        let have_all = services.len() == 3 && expected.iter().all(|it| names.contains(*it));
        async move { have_all.then_some(()) }
    })
    .await;
}
