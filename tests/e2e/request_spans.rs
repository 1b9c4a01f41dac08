//! What the span and the log line of a request say: where it came from, what it asked for, what it was about, how it
//! ended.

use serde_json::json;
use telemetry::otlp::{AttributeValue, Span, SpanKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::Code;

use crate::harness::{Backend, Product, Watcher, call, eventually};

const BODY: &[u8] = br#"{"title": "asked for"}"#;

/// The server span of the gateway in a trace.
async fn server_span(product: &Product, trace_id: &str) -> Span {
    eventually("the server span", || async {
        let of_gateway = |it: &Span| it.service == "gateway" && it.kind == SpanKind::Server;
        product.collector.trace(trace_id).into_iter().find(of_gateway)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_shown_without_what_may_be_personal_or_secret() {
    let product = Product::start().await;
    let path =
        "/api/tasks?status=pending&page_size=20&assignee_id=ada.lovelace&page_token=abc&department=labs";
    let answer = product.user("ada").get(path).await;
    let span = server_span(&product, answer.header("x-trace-id")).await;
    let expected = "status=pending&page_size=20&assignee_id=REDACTED&page_token=REDACTED&department=REDACTED";
    assert_eq!(span.attributes["url.query"], expected);
    assert_eq!(span.attributes["url.path"], "/api/tasks");
    let without = product.user("ada").get("/api/tasks").await;
    let span = server_span(&product, without.header("x-trace-id")).await;
    assert!(!span.attributes.contains_key("url.query"), "{span:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_checks_are_traced_only_when_asked_for() {
    let product = Product::start().await;
    for path in ["/livez", "/readyz"] {
        let answer = product.anonymous().get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-trace-id")), (200, ""), "{path}");
        assert_eq!(answer.header("traceresponse"), "");
    }
    let after = product.user("ada").get("/api/me").await;
    server_span(&product, after.header("x-trace-id")).await;
    // The gateway reads the event logs by itself.
    let is_request = |it: &Span| it.service == "gateway" && !it.name.ends_with("/WatchEvents");
    let of_gateway = product.collector.spans().into_iter().filter(is_request);
    assert_eq!(of_gateway.map(|it| it.name).collect::<Vec<_>>(), ["GET /api/me"]);
    let lines = product.gateway.lines().logged();
    assert!(!lines.iter().any(|it| it["message"] == "request" && it["route"] == "/livez"));

    let product = Product::start_with(Backend::Sqlite, &[("CCM_TRACE_HEALTH", "true")]).await;
    for path in ["/livez", "/readyz"] {
        let answer = product.anonymous().get(path).await;
        assert_eq!(server_span(&product, answer.header("x-trace-id")).await.name, format!("GET {path}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_behind_a_trusted_proxy_is_in_the_span_and_in_the_log_line() {
    for (trusted, client) in [("127.0.0.0/8", "203.0.113.7"), ("", "127.0.0.1")] {
        let product = Product::start_with(Backend::Sqlite, &[("CCM_TRUSTED_PROXIES", trusted)]).await;
        let caller = product.user("ada").with("forwarded", "for=203.0.113.7;proto=https");
        let trace_id = caller.get("/api/me").await.header("x-trace-id").to_owned();
        let span = server_span(&product, &trace_id).await;
        assert_eq!(span.attributes["client.address"], client, "{trusted}");
        assert_eq!(span.attributes["network.peer.address"], "127.0.0.1");
        let line = eventually("the log line", || async {
            let lines = product.gateway.lines().logged();
            lines.into_iter().find(|it| it["message"] == "request" && it["trace_id"] == trace_id.as_str())
        })
        .await;
        assert_eq!(line["client"], client, "{trusted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_and_a_worker_are_found_by_their_ids_from_the_create_on() {
    let product = Product::start().await;
    let admin = product.admin();
    let worker = json!({"name": "lab", "region": "us-east-1", "instance_type": "m5.metal"});
    for (collection, body, attribute, change) in [
        ("/api/tasks", json!({"title": "found"}), "ccm.task.id", json!({"title": "still found"})),
        ("/api/workers", worker, "ccm.worker.id", json!({"name": "found"})),
    ] {
        let created = admin.post(collection, &body).await;
        let id = created.text("id").to_owned();
        let path = format!("{collection}/{id}");
        let answers = [
            admin.get(&path).await,
            admin.get(&format!("{path}/events")).await,
            admin.patch(&path, &change).await,
            admin.delete(&path).await,
            created,
        ];
        let found = eventually("two server spans of each request", || async {
            let spans = product.collector.spans();
            let about = |it: &&Span| it.attributes.get(attribute).is_some_and(|it| *it == *id.as_str());
            let found: Vec<Span> =
                spans.iter().filter(about).filter(|it| it.kind == SpanKind::Server).cloned().collect();
            (found.len() >= 2 * answers.len()).then_some(found)
        })
        .await;
        for answer in &answers {
            let of_request = found.iter().filter(|it| it.trace_id == answer.header("x-trace-id"));
            assert_eq!(of_request.count(), 2, "{answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grpc_method_that_nobody_serves_makes_no_span_name() {
    let product = Product::start().await;
    let channel = Watcher::channel(product.tasks_address);
    let token = product.token("ada", &[], None);
    let status = call(&channel, "ccm.task.v1.TaskService/Invented", &[], Some(&token)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    let span = eventually("the server span", || async {
        product.collector.spans().into_iter().find(|it| it.attributes.contains_key("rpc.method_original"))
    })
    .await;
    assert_eq!((span.name.as_str(), &span.attributes["rpc.method"]), ("grpc", &"_OTHER".into()));
    assert_eq!(span.attributes["rpc.method_original"], "ccm.task.v1.TaskService/Invented");
    assert_eq!(span.attributes["rpc.status_code"], "UNIMPLEMENTED");
    assert_eq!(span.attributes["network.peer.address"], "127.0.0.1");
}

/// Begins to create a task, and waits until the gateway asks for the body.
async fn begin(product: &Product, trace_id: &str) -> TcpStream {
    let token = product.token("ada", &[], None);
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    let head = format!(
        "POST /api/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         traceparent: 00-{trace_id}-00f067aa0ba902b7-01\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, *b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_client_went_away_is_told_from_one_that_was_answered() {
    let product = Product::start().await;
    let (abandoned, answered) = ("4bf92f3577b34da6a3ce929d0e0e0001", "4bf92f3577b34da6a3ce929d0e0e0002");
    product.tasks.signal("STOP");
    let mut stream = begin(&product, abandoned).await;
    stream.write_all(BODY).await.unwrap();
    drop(stream);
    let span = server_span(&product, abandoned).await;
    assert_eq!(span.attributes["ccm.request.outcome"], "abandoned_by_client");
    assert!(!span.attributes.contains_key("http.response.status_code") && !span.failed(), "{span:?}");
    product.tasks.signal("CONT");
    let mut stream = begin(&product, answered).await;
    stream.write_all(BODY).await.unwrap();
    let span = server_span(&product, answered).await;
    assert_eq!(span.attributes["http.response.status_code"], AttributeValue::Integer(201));
    assert!(!span.attributes.contains_key("ccm.request.outcome"), "{span:?}");
}
