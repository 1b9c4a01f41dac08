//! In which series a request, its call and its statement are counted.

use access::Role;
use serde_json::json;

use crate::harness::{Backend, Exposition, Product, Settings, eventually, scraped, sse};

const ACTIVE: [(&str, &str); 2] = [("http_request_method", "GET"), ("url_scheme", "http")];

async fn product() -> Product {
    let all = scraped(&[]);
    let settings = Settings { of_services: all.clone(), of_gateway: all, ..Settings::default() };
    Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_outcome_of_a_route_and_method_is_counted_in_a_series_of_its_own() {
    let product = product().await;
    let client = product.admin();
    let created = client.post("/api/tasks", &json!({"title": "Task"})).await;
    assert_eq!(created.status, 201);
    let path = format!("/api/tasks/{}", created.text("id"));
    for _ in 0..3 {
        assert_eq!(client.get(&path).await.status, 200);
    }
    let unchanged = client.with("if-none-match", created.header("etag"));
    assert_eq!(unchanged.get(&path).await.status, 304);
    for _ in 0..2 {
        assert_eq!(client.get("/api/tasks/01a20297-f0d9-71df-bc9a-03b3823c2980").await.status, 404);
    }
    assert_eq!(client.delete("/api/tasks").await.status, 405);
    let address = Exposition::address(&product.gateway).await;
    // A request is counted when its answer has been sent.
    let gateway = eventually("all requests are counted", async || {
        let gateway = Exposition::of(address).await;
        let counts = gateway.series("http_server_request_duration_seconds_count").iter();
        let of_tasks =
            counts.filter(|it| it.0.get("http_route").is_some_and(|it| it.starts_with("/api/tasks")));
        (of_tasks.map(|it| it.1).sum::<f64>() >= 8.0).then_some(gateway)
    })
    .await;
    let requests = |method, route, status| {
        let labels = [
            ("http_request_method", method),
            ("http_response_status_code", status),
            ("http_route", route),
            ("network_protocol_version", "1.1"),
            ("url_scheme", "http"),
        ];
        gateway.value("http_server_request_duration_seconds_count", &labels)
    };
    assert_eq!(requests("POST", "/api/tasks", "201"), Some(1.0));
    assert_eq!(requests("GET", "/api/tasks/{id}", "200"), Some(3.0));
    assert_eq!(requests("GET", "/api/tasks/{id}", "304"), Some(1.0));
    assert_eq!(requests("GET", "/api/tasks/{id}", "404"), Some(2.0));
    assert_eq!(requests("DELETE", "/api/tasks", "405"), Some(1.0));

    let address = Exposition::address(&product.tasks).await;
    // A call, too, is counted when its answer has been sent.
    let tasks = eventually("all calls are counted", async || {
        let tasks = Exposition::of(address).await;
        let counts = tasks.series("rpc_server_call_duration_seconds_count").iter();
        let of_tasks = counts.filter(|it| it.0["rpc_method"].starts_with("ccm.task.v1.TaskService/"));
        (of_tasks.map(|it| it.1).sum::<f64>() >= 7.0).then_some(tasks)
    })
    .await;
    for (name, of) in [("rpc_client", &gateway), ("rpc_server", &tasks)] {
        let calls = |method, code| {
            let mut labels =
                vec![("rpc_method", method), ("rpc_status_code", code), ("rpc_system_name", "grpc")];
            // For a client, each other code than OK is an error.
            labels.extend((name == "rpc_client" && code != "OK").then_some(("error_type", code)));
            of.value(&format!("{name}_call_duration_seconds_count"), &labels)
        };
        let get = "ccm.task.v1.TaskService/GetTask";
        assert_eq!(calls(get, "OK"), Some(4.0), "{name}");
        assert_eq!(calls(get, "NOT_FOUND"), Some(2.0), "{name}");
        assert_eq!(calls("ccm.task.v1.TaskService/CreateTask", "OK"), Some(1.0), "{name}");
    }
    let statements = tasks.series("db_client_operation_duration_seconds_count").iter();
    let reads = statements.filter(|(labels, _)| {
        labels["db_operation_name"] == "SELECT"
            && labels.get("db_collection_name").is_some_and(|it| it == "tasks")
    });
    let reads: Vec<f64> = reads.map(|it| it.1).collect();
    assert!(reads.len() == 1 && reads[0] >= 6.0, "{reads:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_is_an_active_request_until_it_is_closed() {
    let product = product().await;
    let token = product.token("ada", &[Role::Admin], None);
    let address = Exposition::address(&product.gateway).await;
    let active = async |expected| {
        eventually("the number of active requests", async || {
            let value = Exposition::of(address).await.value("http_server_active_requests", &ACTIVE);
            (value == Some(expected)).then_some(())
        })
        .await;
    };
    let streams = [
        sse::open(product.gateway_address, &token, "since=now", None).await.unwrap(),
        sse::open(product.gateway_address, &token, "since=now", None).await.unwrap(),
    ];
    active(2.0).await;
    drop(streams);
    active(0.0).await;
}
