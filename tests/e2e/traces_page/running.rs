//! `ccm up` with its traces, and spans to send it.

use std::net::SocketAddr;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value as OtlpValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{self as otlp, ResourceSpans, ScopeSpans};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Answer, Client, Process, eventually};

const FREE_PORTS: [&str; 6] =
    ["--gateway-listen", "127.0.0.1:0", "--task-listen", "127.0.0.1:0", "--worker-listen", "127.0.0.1:0"];
/// The trace of the spans that are sent.
pub(super) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

pub(super) struct Up {
    process: Process,
    pub(super) directory: TempDir,
    pub(super) gateway: SocketAddr,
    pub(super) token: String,
    pub(super) admin: Client,
}

impl Up {
    pub(super) async fn start(environment: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().display().to_string();
        let delays = [("CCM_SIMULATED_START_DELAY", "50ms"), ("CCM_SIMULATED_STOP_DELAY", "300ms")];
        let environment = delays.iter().chain(environment);
        let environment: Vec<_> = environment.map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        let process =
            Process::spawn(&[["up", "--data-dir", &data].as_slice(), &FREE_PORTS].concat(), &environment);
        let token =
            process.printed("a token", |line| Some(line.split_once("export TOKEN=")?.1.to_owned())).await;
        let gateway = process.listening("gateway").await;
        let admin = Client::new(&format!("http://{gateway}"), Some(&token));
        Self { process, directory, gateway, token, admin }
    }

    pub(super) async fn user(&self) -> Client {
        let data = self.directory.path().display().to_string();
        let mut process = Process::spawn(&["token", "--sub", "ada", "--data-dir", &data], &[]);
        assert!(process.ended().await.success());
        let token = process.printed("a token", |line| Some(line.to_owned())).await;
        Client::new(&format!("http://{}", self.gateway), Some(&token))
    }

    /// Creates a worker and waits until it runs.
    pub(super) async fn worker(&self) -> String {
        let body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal", "provider": "simulated"});
        let created = self.admin.post("/api/workers", &body).await;
        assert_eq!(created.status, 201, "{created:?}");
        let path = created.header("location").to_owned();
        eventually("the worker runs", || async {
            (self.admin.get(&path).await.text("status") == "running").then_some(())
        })
        .await;
        created.text("id").to_owned()
    }

    /// The answer once each trace in it is complete and `is_whole` says so.
    pub(super) async fn complete(&self, id: &str, is_whole: impl Fn(&Value) -> bool) -> Answer {
        eventually("the traces are complete", || async {
            let answer = self.admin.get(&format!("/api/traces/{id}")).await;
            let traces = answer.json["traces"].as_array();
            let is_complete = traces.is_some_and(|it| it.iter().all(|it| it["complete"] == true));
            (is_complete && is_whole(&answer.json)).then_some(answer)
        })
        .await
    }

    /// The ids of the listed traces.
    pub(super) async fn list(&self, query: &str) -> Vec<String> {
        let answer = self.admin.get(&format!("/api/traces?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{answer:?}");
        let items = answer.json["items"].as_array().unwrap();
        items.iter().map(|it| it["trace_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Sends spans to where the processes send theirs.
    pub(super) async fn receive(&self, spans: Vec<otlp::Span>) {
        let name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=";
        let (id, children) = (self.process.id(), "children");
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/{children}")).unwrap();
        let child = children.split_whitespace().next().unwrap();
        let environment = std::fs::read(format!("/proc/{child}/environ")).unwrap();
        let environment = String::from_utf8(environment).unwrap();
        let endpoint = environment.split('\0').find_map(|it| it.strip_prefix(name)).unwrap().to_owned();
        let resource = Resource {
            attributes: vec![
                attribute("service.name", OtlpValue::StringValue("elsewhere".to_owned())),
                attribute("service.instance.id", OtlpValue::StringValue("one".to_owned())),
            ],
            ..Resource::default()
        };
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(resource),
                scope_spans: vec![ScopeSpans { spans, ..ScopeSpans::default() }],
                ..ResourceSpans::default()
            }],
        };
        TraceServiceClient::connect(endpoint).await.unwrap().export(request).await.unwrap();
    }
}

pub(super) fn attribute(key: &str, value: OtlpValue) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// Checks that the answer of an operation of `path` has the members that openapi.json describes, no more and no fewer.
pub(super) fn assert_described(path: &str, answer: &Value) {
    let document: Value = serde_json::from_str(include_str!("../../../gateway/openapi.json")).unwrap();
    let schema = &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert_members(path, answer, schema, &document);
}

fn assert_members(what: &str, answer: &Value, schema: &Value, document: &Value) {
    if let Some(name) = schema["$ref"].as_str() {
        return assert_members(
            what,
            answer,
            document.pointer(name.trim_start_matches('#')).unwrap(),
            document,
        );
    }
    match answer {
        Value::Object(members) if schema["additionalProperties"].is_null() => {
            let described = schema["properties"].as_object().unwrap_or_else(|| panic!("{what}: {schema}"));
            let (mut has, mut should): (Vec<_>, Vec<_>) =
                (members.keys().collect(), described.keys().collect());
            has.sort();
            should.sort();
            assert_eq!(has, should, "{what}");
            for (name, member) in members {
                assert_members(&format!("{what}.{name}"), member, &described[name], document);
            }
        }
        Value::Array(items) if schema["items"].is_object() => {
            for it in items {
                assert_members(what, it, &schema["items"], document);
            }
        }
        _ => {}
    }
}

/// A span of the trace [`TRACE`], by one byte of its id and of its parent's.
pub(super) fn span(id: u8, parent: u8, name: &str, at: std::ops::Range<u64>) -> otlp::Span {
    const SECOND: u64 = 1_790_000_000_000_000_000;
    otlp::Span {
        trace_id: (0..32).step_by(2).map(|it| u8::from_str_radix(&TRACE[it..it + 2], 16).unwrap()).collect(),
        span_id: vec![id; 8],
        parent_span_id: if parent == 0 { Vec::new() } else { vec![parent; 8] },
        name: name.to_owned(),
        start_time_unix_nano: SECOND + at.start,
        end_time_unix_nano: SECOND + at.end,
        ..otlp::Span::default()
    }
}
