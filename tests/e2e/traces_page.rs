//! `/api/traces` under `ccm up`: what the page shows of traces, and who may see it.

mod running;

use std::collections::BTreeSet;

use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, any_value::Value as OtlpValue};
use opentelemetry_proto::tonic::trace::v1 as otlp;
use platform::clock::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

use self::running::{TRACE, Up, assert_described, attribute, span};
use crate::harness::{Answer, Client, Collector, Process, Product, eventually, sse};

fn spans(of: &Value) -> impl Iterator<Item = &Value> {
    of["traces"].as_array().unwrap().iter().flat_map(|it| it["spans"].as_array().unwrap())
}

fn has_services(of: &Value, services: &[&str]) -> bool {
    services.iter().all(|name| spans(of).any(|it| it["service"] == **name))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_on_a_worker_is_shown_from_the_request_to_its_end_by_each_of_its_ids() {
    let up = Up::start(&[]).await;
    let worker = up.worker().await;
    let stop = up.admin.post(&format!("/api/workers/{worker}/stop"), &json!({})).await;
    assert_eq!(stop.status, 202, "{stop:?}");
    let (trace, task) = (stop.header("x-trace-id"), stop.text("id"));
    eventually("the worker is stopped", || async {
        let worker = up.admin.get(&format!("/api/workers/{worker}")).await;
        (worker.text("status") == "stopped").then_some(())
    })
    .await;
    // The spans of each service come by themselves.
    let is_told = |it: &Value| {
        spans(it).any(|it| it["name"] == "task.lifecycle")
            && has_services(it, &["gateway", "task-service", "worker-service"])
    };
    let shown = up.complete(trace, is_told).await;
    assert_eq!(shown.header("cache-control"), "no-store");
    assert_described("/api/traces/{id}", &shown.json);

    let requests: Vec<_> =
        spans(&shown.json).filter(|it| it["kind"] == "server" && it["service"] == "gateway").collect();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request["parent_span_id"], Value::Null);
    let status =
        request["attributes"].as_array().unwrap().iter().find(|it| it["key"] == "http.response.status_code");
    assert_eq!(status.unwrap()["value"], json!(202), "a number stays a number");
    let path = shown.json["traces"][0]["critical_path"].as_array().unwrap();
    assert_eq!((&path[0]["start"], &path[path.len() - 1]["end"]), (&request["start"], &request["end"]));
    assert!(path.windows(2).all(|it| it[0]["end"] == it[1]["start"]), "{path:?}");
    for span in spans(&shown.json) {
        assert!(span["self_ms"].as_f64().unwrap() <= span["duration_ms"].as_f64().unwrap(), "{span}");
    }
    let links: Vec<_> = spans(&shown.json).flat_map(|it| it["links"].as_array().unwrap()).collect();
    assert!(links.iter().any(|it| it["trace_id"] == trace), "{links:?}");
    let logs = shown.json["logs"].as_array().unwrap();
    let line = logs.iter().find(|it| it["message"] == "request").expect("the line of the request");
    assert_eq!((&line["span_id"], &line["trace_id"]), (&request["span_id"], &json!(trace)));
    assert_eq!((&line["service"], &line["fields"]["status"]), (&json!("gateway"), &json!(202)));

    let of_task = up.complete(task, is_told).await;
    let ids = |it: &Answer| {
        let traces = it.json["traces"].as_array().unwrap();
        traces.iter().map(|it| it["trace_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&of_task), [trace]);
    let of_worker = ids(&up.complete(&worker.to_uppercase(), is_told).await);
    assert!(of_worker.len() > 1 && of_worker.last().is_some_and(|it| it == trace), "{of_worker:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_is_not_kept_is_said_to_be_so_with_the_start_of_the_memory() {
    // Such texts sort like the times that they are of.
    let now = || Clock::system().now().to_rfc3339();
    let before = now();
    let up = Up::start(&[]).await;
    let list = up.admin.get("/api/traces").await;
    assert_described("/api/traces", &list.json);
    assert!(before.as_str() < list.text("since") && list.text("since") < now().as_str(), "{list:?}");
    let unknown = up.admin.get(&format!("/api/traces/{TRACE}")).await;
    assert_eq!(unknown.status, 404, "{unknown:?}");
    let told = format!("keeps in memory since its start at {}", list.text("since"));
    assert!(unknown.text("detail").ends_with(&told), "{unknown:?}");
    up.receive(vec![span(1, 0, "kept", 0..10_000_000)]).await;
    let kept = up.complete(TRACE, |_| true).await;
    assert_eq!(kept.text("since"), list.text("since"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_shows_the_critical_path_of_the_page() {
    let up = Up::start(&[]).await;
    let created = up.admin.post("/api/tasks", &json!({"title": "Task"})).await;
    let id = created.header("x-trace-id");
    let shown = up.complete(id, |it| has_services(it, &["gateway", "task-service"])).await;
    let trace = &shown.json["traces"][0];
    let path = trace["critical_path"].as_array().unwrap().iter();
    let on_path: BTreeSet<_> = path.map(|it| it["span_id"].as_str().unwrap()).collect();
    let data = up.directory.path().display().to_string();
    let mut terminal = Process::spawn(&["trace", id, "--timing", "--data-dir", &data], &[]);
    assert!(terminal.ended().await.success());
    let lines = terminal.lines().all();
    let is_block = |it: char| ('\u{2580}'..='\u{259f}').contains(&it);
    let is_span = |it: &&String| it.starts_with("gateway ") || it.starts_with("task-service ");
    let marked = lines.iter().filter(is_span).filter(|it| it.contains(is_block)).count();
    assert_eq!(marked, on_path.len(), "{lines:#?}");
    assert_eq!(lines.iter().filter(is_span).count(), trace["spans"].as_array().unwrap().len());
    let took = lines[0].split("  ").nth(3).unwrap();
    assert!(lines.contains(&format!("█ critical path of POST /api/tasks: {took}")), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_told_by_the_entity_tag_and_a_trace_that_runs_is_not_complete() {
    let up = Up::start(&[]).await;
    let path = format!("/api/traces/{TRACE}");
    assert_eq!(up.admin.get(&path).await.text("type"), "urn:cml-cloud-manager:problem:trace-not-found");
    let link = otlp::span::Link {
        trace_id: vec![7; 16],
        span_id: vec![8; 8],
        attributes: vec![attribute("why", OtlpValue::StringValue("deferred".to_owned()))],
        ..otlp::span::Link::default()
    };
    let event = otlp::span::Event {
        time_unix_nano: 1_790_000_000_000_000_001,
        name: "exception".to_owned(),
        attributes: vec![attribute("attempt", OtlpValue::IntValue(2))],
        ..otlp::span::Event::default()
    };
    let list = ArrayValue {
        values: [true, false].map(|it| AnyValue { value: Some(OtlpValue::BoolValue(it)) }).to_vec(),
    };
    let leaf = otlp::Span {
        kind: otlp::span::SpanKind::Client.into(),
        links: vec![link],
        events: vec![event],
        status: Some(otlp::Status { message: "why".to_owned(), code: 2 }),
        attributes: vec![
            attribute("a.text", OtlpValue::StringValue("5".to_owned())),
            attribute("b.number", OtlpValue::IntValue(5)),
            attribute("c.large", OtlpValue::IntValue(i64::MAX)),
            attribute("d.double", OtlpValue::DoubleValue(0.5)),
            attribute("e.list", OtlpValue::ArrayValue(list)),
        ],
        ..span(2, 1, "leaf", 10_000_000..30_000_000)
    };
    up.receive(vec![leaf]).await;
    let running = up.admin.get(&path).await;
    let trace = &running.json["traces"][0];
    assert_eq!(
        (&trace["complete"], &trace["trace_id"], &trace["dropped"]),
        (&json!(false), &json!(TRACE), &json!(0))
    );
    let expected = json!({
        "span_id": "0202020202020202",
        "parent_span_id": "0101010101010101",
        "missing_parent": true,
        "remote_parent": false,
        "name": "leaf",
        "kind": "client",
        "service": "elsewhere",
        "instance": "one",
        "start": "1790000000010000000",
        "end": "1790000000030000000",
        "duration_ms": 20.0,
        "self_ms": 20.0,
        "status": {"code": "error", "message": "why"},
        "attributes": [
            {"key": "a.text", "value": "5"},
            {"key": "b.number", "value": 5},
            {"key": "c.large", "value": "9223372036854775807"},
            {"key": "d.double", "value": 0.5},
            {"key": "e.list", "value": [true, false]},
        ],
        "events": [{
            "name": "exception",
            "time": "1790000000000000001",
            "attributes": [{"key": "attempt", "value": 2}],
        }],
        "links": [{
            "trace_id": "07070707070707070707070707070707",
            "span_id": "0808080808080808",
            "attributes": [{"key": "why", "value": "deferred"}],
        }],
        "scope": {"name": "", "version": ""},
    });
    assert_eq!(trace["spans"], json!([expected]));
    assert_described("/api/traces/{id}", &running.json);

    let tag = running.header("etag").to_owned();
    let again = |tag: &str| up.admin.with("if-none-match", tag);
    let unchanged = again(&tag).get(&path).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0), "{unchanged:?}");
    assert_eq!((unchanged.header("etag"), unchanged.header("cache-control")), (&*tag, "no-store"));
    assert_eq!(again(&format!("\"other\", W/{tag}")).get(&path).await.status, 304);
    assert_eq!(again("\"other\"").get(&path).await.status, 200);

    up.receive(vec![span(1, 0, "root", 0..100_000_000)]).await;
    let grown = again(&tag).get(&path).await;
    assert_eq!((grown.status.as_u16(), grown.json["traces"][0]["spans"].as_array().unwrap().len()), (200, 2));
    let whole = up.complete(TRACE, |_| true).await;
    assert_ne!(whole.header("etag"), tag);
    let [root, leaf] = whole.json["traces"][0]["spans"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(
        (&root["name"], &root["self_ms"], &leaf["missing_parent"]),
        (&json!("root"), &json!(80.0), &json!(false))
    );
    let part = |span: &str, start: u64, end: u64| {
        let at = |it: u64| (1_790_000_000_000_000_000 + it * 1_000_000).to_string();
        json!({"span_id": span.repeat(8), "start": at(start), "end": at(end)})
    };
    let expected = json!([part("01", 0, 10), part("02", 10, 30), part("01", 30, 100)]);
    assert_eq!(whole.json["traces"][0]["critical_path"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_own_span_is_a_remote_parent() {
    let up = Up::start(&[]).await;
    let caller = up.admin.with("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-01"));
    assert_eq!(caller.get("/api/tasks").await.status, 200);
    let shown = up
        .complete(TRACE, |it| spans(it).any(|it| it["kind"] == "server" && it["service"] == "gateway"))
        .await;
    let request = spans(&shown.json).find(|it| it["kind"] == "server" && it["service"] == "gateway").unwrap();
    let relation = (&request["parent_span_id"], &request["remote_parent"], &request["missing_parent"]);
    assert_eq!(relation, (&json!("00f067aa0ba902b7"), &json!(true), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_narrowed_by_each_of_its_filters_and_does_not_list_its_own_reads() {
    let up = Up::start(&[]).await;
    let created = up.admin.post("/api/tasks", &json!({"title": "Zebra"})).await;
    let (made, task) = (created.header("x-trace-id"), created.text("id"));
    let read = up.admin.get("/api/workers").await;
    let read = read.header("x-trace-id");
    up.receive(vec![otlp::Span {
        status: Some(otlp::Status { message: String::new(), code: 2 }),
        ..span(1, 0, "sweep of old things", 0..120_000_000_000)
    }])
    .await;
    up.complete(made, |it| has_services(it, &["gateway", "task-service"])).await;
    up.complete(read, |_| true).await;
    let listed = up.list("").await;
    let place = |id: &str| listed.iter().position(|it| it == id);
    assert!(
        place(read) < place(made) && place(made) < place(TRACE) && place(TRACE).is_some(),
        "newest first: {listed:?}"
    );
    for (query, expected) in [
        ("service=elsewhere", [TRACE].as_slice()),
        ("service=task-service&requests_only=true", &[made]),
        ("route=/api/tasks", &[made]),
        ("route=sweep%20of%20old%20things", &[TRACE]),
        ("route=/api", &[]),
        ("status=error", &[TRACE]),
        ("status=ok&requests_only=true", &[read, made]),
        ("min_duration_ms=120000", &[TRACE]),
        ("min_duration_ms=120001", &[]),
        (&format!("text={}", task.to_uppercase()), &[made]),
        ("text=OLD%20THINGS", &[TRACE]),
        (&format!("text={}", made.to_uppercase()), &[made]),
        ("text=nothing%20like%20it", &[]),
        ("requests_only=true", &[read, made]),
        ("requests_only=true&limit=1", &[read]),
    ] {
        assert_eq!(up.list(query).await, expected, "{query}");
    }
    let items = up.admin.get("/api/traces?route=/api/tasks").await;
    assert_described("/api/traces", &items.json);
    let item = &items.json["items"][0];
    assert_eq!(item["root"], json!({"service": "gateway", "name": "POST /api/tasks", "kind": "server"}));
    assert_eq!(
        (&item["task_ids"], &item["worker_ids"], &item["status"]),
        (&json!([task]), &json!([]), &json!("ok"))
    );
    assert_eq!(
        (&item["complete"], &item["errors"], &items.json["destination"]),
        (&json!(true), &json!(0), &Value::Null)
    );
    assert!(
        item["duration_ms"].as_f64().is_some_and(|it| it > 0.0) && item["spans"].as_u64() > Some(2),
        "{item}"
    );
    let services: Vec<_> = item["services"].as_array().unwrap().iter().collect();
    assert_eq!(services[..2], [&json!("gateway"), &json!("task-service")]);

    let refused =
        up.admin.get("/api/traces?limit=201&status=bad&text=&min_duration_ms=-1&requests_only=1&foo=1").await;
    let mut fields = refused.violations();
    fields.sort_unstable();
    assert_eq!(fields, ["foo", "limit", "min_duration_ms", "requests_only", "status", "text"]);
    assert_eq!(up.admin.get("/api/traces/nonsense").await.violations(), ["id"]);
    assert_eq!(up.admin.get(&format!("/api/traces/{TRACE}?foo=1")).await.violations(), ["foo"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_see_traces_and_only_where_they_are_kept() {
    let up = Up::start(&[]).await;
    let paths = ["/api/traces", &format!("/api/traces/{TRACE}")];
    for path in paths {
        let (nobody, user) = (Client::new(&format!("http://{}", up.gateway), None), up.user().await);
        assert_eq!(nobody.get(path).await.status, 401);
        let refused = user.get(path).await;
        assert_eq!(
            (refused.status.as_u16(), refused.header("cache-control")),
            (403, "no-store"),
            "{refused:?}"
        );
        assert_eq!(refused.text("type"), "urn:cml-cloud-manager:problem:role-required");
    }
    let collector = Collector::start().await;
    let elsewhere = Up::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint)]).await;
    let product = Product::start().await;
    for (client, why) in
        [(&elsewhere.admin, collector.endpoint.as_str()), (&product.admin(), "this gateway keeps no traces")]
    {
        for path in paths {
            let refused = client.get(path).await;
            assert_eq!(
                (refused.status.as_u16(), refused.header("cache-control")),
                (404, "no-store"),
                "{refused:?}"
            );
            assert_eq!(refused.text("type"), "urn:cml-cloud-manager:problem:traces-not-kept");
            assert!(refused.text("detail").contains(why), "{refused:?}");
        }
        let me = client.get("/api/me").await;
        assert_eq!((&me.json["trace_url"], &me.json["traces"]), (&Value::Null, &json!(false)));
        assert_eq!(client.get("/nowhere").await.json.get("trace_url"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_events_and_the_caller_lead_to_the_page_unless_told_otherwise() {
    for (set, template) in [
        (None, None),
        (Some("https://x.example/{trace_id}?a"), Some("https://x.example/{trace_id}?a")),
        (Some(""), Some("")),
    ] {
        let environment: Vec<_> = set.map(|it| ("CCM_TRACE_URL", it)).into_iter().collect();
        let up = Up::start(&environment).await;
        let own = format!("http://localhost:{}/traces/{{trace_id}}", up.gateway.port());
        let template = template.unwrap_or(&own);
        let link = |id: &str| (!template.is_empty()).then(|| json!(template.replace("{trace_id}", id)));
        // A page is not led to another origin than its own, where its session is not valid, nor to what it may not read.
        let (of_admin, of_user) = match set {
            None => (json!("/traces/{trace_id}"), Value::Null),
            Some("") => (Value::Null, Value::Null),
            Some(set) => (json!(set), json!(set)),
        };
        let told = |me: Answer| (me.json["trace_url"].clone(), me.json["traces"].clone());
        assert_eq!(told(up.admin.get("/api/me").await), (of_admin, json!(true)), "{set:?}");
        assert_eq!(told(up.user().await.get("/api/me").await), (of_user, json!(false)), "{set:?}");
        let problem = up.admin.get("/nowhere").await;
        assert_eq!(problem.json.get("trace_url"), link(problem.text("trace_id")).as_ref(), "{problem:?}");
        let mut stream = sse::open(up.gateway, &up.token, "event_types=task.*", None).await.unwrap();
        stream.named("snapshot.completed").await;
        let created = up.admin.post("/api/tasks", &json!({"title": "Test Task"})).await;
        let event = stream.named("task.created").await.event;
        assert_eq!(event.get("trace_url"), link(created.header("x-trace-id")).as_ref(), "{event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ccm_up_that_cannot_be_asked_is_answered_in_time() {
    let up = Up::start(&[]).await;
    let path = up.directory.path().join("other.sock");
    let socket = path.display().to_string();
    let keys = up.directory.path().join("local-key.jwks.json").display().to_string();
    let gateway = Process::spawn(
        &["gateway", "--listen", "127.0.0.1:0", "--supervisor", &socket],
        &[("CCM_LOCAL_KEYS".to_owned(), keys)],
    );
    let admin = Client::new(&format!("http://{}", gateway.listening("gateway").await), Some(&up.token));
    let told = |answer: Answer| {
        let reason = answer.text("type").rsplit(':').next().unwrap().to_owned();
        (answer.status.as_u16(), reason, answer.json["retryable"].clone())
    };
    let unavailable = (503, "service-unavailable".to_owned(), json!(true));
    assert_eq!(told(admin.get("/api/traces").await), unavailable, "nobody listens");
    let listener = UnixListener::bind(&path).unwrap();
    let nonsense = async {
        let (mut client, _) = listener.accept().await.unwrap();
        client.write_all(b"nonsense").await.unwrap();
    };
    assert_eq!(told(tokio::join!(admin.get("/api/traces"), nonsense).0), unavailable, "nonsense");
    // It is accepted, read, and never answered.
    let silence = async {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        client.read_to_string(&mut request).await.unwrap();
        request
    };
    let (answer, request) = tokio::join!(admin.get("/api/traces?limit=7"), silence);
    assert_eq!(told(answer), (504, "timed-out".to_owned(), json!(true)));
    assert!(request.starts_with("recent {") && request.contains("\"limit\":7"), "{request}");
}
