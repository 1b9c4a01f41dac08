//! The audit log: a line for each change and each refusal, with who, what, before and after; and who a request line names.

use std::os::unix::fs::PermissionsExt as _;

use access::Role;
use serde_json::{Value, json};

use crate::harness::{Backend, Client, Exposition, Process, Product, Settings, eventually, scraped};

/// The audit lines among what a process has printed.
fn audited(process: &Process) -> Vec<Value> {
    process.lines().logged().into_iter().filter(|it| it["target"] == "audit").collect()
}

/// The only audit line of a process in this trace.
async fn line_of(process: &Process, trace_id: &str) -> Value {
    let lines = || async {
        let found: Vec<_> = audited(process).into_iter().filter(|it| it["trace_id"] == trace_id).collect();
        (!found.is_empty()).then_some(found)
    };
    let lines = eventually("an audit line", lines).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].clone()
}

/// The members of a line that do not differ from run to run.
fn stable(line: &Value) -> Value {
    let mut line = line.clone();
    let members = line.as_object_mut().unwrap();
    for name in ["timestamp", "level", "target", "trace_id", "span_id", "event_id"] {
        assert!(members.remove(name).is_some(), "{name}");
    }
    line
}

async fn each_change_has_a_line(backend: Backend) {
    let mut product = Product::start_with(backend, &[]).await;
    let manager = product.manager("mia", Some("network"));
    let body = json!({"title": "Move the crown jewels", "description": "by night", "department": "network"});
    let created = manager.post("/api/tasks", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let (path, id) = (created.header("location").to_owned(), created.text("id").to_owned());
    let line = line_of(&product.tasks, created.header("x-trace-id")).await;
    let changed = ["created_at", "created_by", "department", "description", "id", "kind", "priority"];
    let changed = [&changed[..], &["revision", "status", "title", "updated_at", "version"]].concat();
    let expected = json!({
        "service": "task-service", "message": "changed", "sub": "mia", "roles": ["manager"],
        "event_type": "task.created", "subject_kind": "task", "subject_id": id, "revision": 1, "changed": changed,
        "before": {},
        "after": {
            "department": "network", "kind": "TASK_KIND_HUMAN", "priority": "TASK_PRIORITY_MEDIUM",
            "status": "TASK_STATUS_PENDING",
        },
    });
    assert_eq!(stable(&line), expected);

    let change = json!({"title": "Polish the crown jewels", "status": "in_progress", "assignee_id": "bob"});
    let patched = manager.patch(&path, &change).await;
    assert_eq!(patched.status, 200, "{patched:?}");
    let line = line_of(&product.tasks, patched.header("x-trace-id")).await;
    assert_eq!((&line["event_type"], &line["sub"]), (&json!("task.status.updated"), &json!("mia")));
    assert_eq!(line["changed"], json!(["assignee_id", "status", "title"]));
    assert_eq!(line["before"], json!({"status": "TASK_STATUS_PENDING", "assignee_id": null}));
    assert_eq!(line["after"], json!({"status": "TASK_STATUS_IN_PROGRESS", "assignee_id": "bob"}));

    let deleted = manager.delete(&path).await;
    assert_eq!(deleted.status, 204);
    let line = line_of(&product.tasks, deleted.header("x-trace-id")).await;
    assert_eq!((&line["event_type"], &line["after"]), (&json!("task.deleted"), &json!({})));
    assert_eq!(line["before"]["assignee_id"], "bob");

    product.stop().await;
    let printed = [&product.gateway, &product.tasks, &product.workers].map(|it| it.lines().all()).concat();
    let texts = ["crown jewels", "by night"];
    assert!(!printed.iter().any(|line| texts.iter().any(|it| line.contains(it))));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_has_a_line_on_sqlite() {
    each_change_has_a_line(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_has_a_line_on_postgres() {
    each_change_has_a_line(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_audited_where_it_is_asked_for_and_where_it_takes_effect() {
    let product = Product::start().await;
    let worker = product.running_worker().await;
    let asked = product.admin().post(&format!("/api/workers/{worker}/stop"), &json!({})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    product.worker_is(&worker, "stopped").await;
    let trace_id = asked.header("x-trace-id");
    let line = line_of(&product.tasks, trace_id).await;
    assert_eq!((&line["event_type"], &line["sub"]), (&json!("task.created"), &json!("root")));
    assert_eq!(line["after"]["action"]["verb"], "TASK_VERB_STOP");
    let line = line_of(&product.workers, trace_id).await;
    assert_eq!((&line["sub"], &line["on_behalf_of"]), (&json!("task-service"), &json!("root")));
    assert_eq!((&line["roles"], &line["subject_id"]), (&json!(["service"]), &json!(worker)));
    let state = |it: &str| (line[it]["desired"]["state"].clone(), line[it]["desired"]["generation"].clone());
    assert_eq!(state("before"), (json!("WORKER_DESIRED_STATE_RUNNING"), json!("1")));
    assert_eq!(state("after"), (json!("WORKER_DESIRED_STATE_STOPPED"), json!("2")));
    // What the reconciler does and sees is in the history of the worker, and not in the audit log.
    let types: Vec<_> = audited(&product.workers).iter().map(|it| it["event_type"].clone()).collect();
    assert_eq!(types, ["worker.created", "worker.updated"]);
    // The line of the call names both, too.
    let call = eventually("the line of the call", || async {
        let mut calls = product.workers.lines().logged().into_iter();
        calls.find(|it| {
            (it["message"] == "call" && it["trace_id"] == trace_id)
                && it["method"] == "ccm.worker.v1.WorkerService/SetDesiredState"
        })
    })
    .await;
    assert_eq!((&call["sub"], &call["on_behalf_of"]), (&json!("task-service"), &json!("root")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_audited_by_the_process_that_refuses_it() {
    let mut product = Product::start().await;
    let task = product.admin().post("/api/tasks", &json!({"title": "t"})).await;
    let (path, bob) = (task.header("location").to_owned(), product.user("bob"));

    let unseen = bob.patch(&path, &json!({"priority": "high"})).await;
    assert_eq!(unseen.status, 404);
    let line = line_of(&product.tasks, unseen.header("x-trace-id")).await;
    assert_eq!((&line["message"], &line["reason"]), (&json!("refused"), &json!("TASK_NOT_FOUND")));
    assert_eq!((&line["sub"], &line["roles"]), (&json!("bob"), &json!(["user"])));
    assert_eq!(
        (&line["method"], &line["task_id"]),
        (&json!("ccm.task.v1.TaskService/UpdateTask"), &task.json["id"])
    );

    let body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    let forbidden = bob.post("/api/workers", &body).await;
    assert_eq!(forbidden.status, 403);
    let line = line_of(&product.workers, forbidden.header("x-trace-id")).await;
    assert_eq!((&line["message"], &line["reason"]), (&json!("refused"), &json!("ROLE_REQUIRED")));

    let expired = product.expired_token("eve", &[Role::Admin], None);
    let expired = Client::new(&format!("http://{}", product.gateway_address), Some(&expired));
    let refused = expired.get("/api/tasks").await;
    assert_eq!(refused.status, 401);
    let line = line_of(&product.gateway, refused.header("x-trace-id")).await;
    let told = [&line["message"], &line["reason"], &line["cause"], &line["route"], &line["client"]];
    let expected =
        ["authentication refused", "UNAUTHENTICATED", "the token has expired", "/api/tasks", "127.0.0.1"];
    assert_eq!(told, expected.map(|it| json!(it)).each_ref());
    assert_eq!(line["sub"], Value::Null, "nothing of a token that is not valid is believed");

    // A read of what does not exist is no change, and is not audited.
    let read = bob.get(&path).await;
    assert_eq!(read.status, 404);
    product.stop().await;
    for process in [&product.gateway, &product.tasks, &product.workers] {
        assert!(audited(process).iter().all(|it| it["trace_id"] != read.header("x-trace-id")));
    }
    let lines = product.gateway.lines().logged();
    let request = lines.iter().find(|it| it["trace_id"] == read.header("x-trace-id")).unwrap();
    assert_eq!((&request["message"], &request["sub"]), (&json!("request"), &json!("bob")));
    let anonymous = lines.iter().find(|it| it["message"] == "request" && it["status"] == 401).unwrap();
    assert_eq!(anonymous.get("sub"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_lines_go_to_a_file_whatever_the_log_filter_says() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("audit.log");
    let set = [("CCM_AUDIT_LOG", file.display().to_string()), ("RUST_LOG", "warn,audit=off".to_owned())];
    let set = set.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let of_services = set[..1].to_vec();
    let settings = Settings { of_services, ..Settings::default() };
    let mut product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let mut quiet = product.gateway_with(&set);
    let address = quiet.printed("the address", |it| it.strip_prefix("listens at ").map(str::to_owned)).await;
    let anonymous = Client::new(&format!("http://{address}"), None);
    assert_eq!(anonymous.get("/api/tasks").await.status, 401);
    // Each process writes its lines a moment later.
    eventually("the first line", || async {
        std::fs::read_to_string(&file).is_ok_and(|it| it.ends_with('\n')).then_some(())
    })
    .await;
    assert_eq!(product.admin().post("/api/tasks", &json!({"title": "t"})).await.status, 201);
    assert!(quiet.stop().await.success());
    product.stop().await;
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let told: Vec<_> = lines.iter().map(|it| (it["service"].clone(), it["message"].clone())).collect();
    let expected = [("gateway", "authentication refused"), ("task-service", "changed")];
    assert_eq!(told, expected.map(|(service, message)| (json!(service), json!(message))));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(audited(&product.tasks).is_empty() && audited(&quiet).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_line_that_nothing_takes_is_counted() {
    let product = Product::start().await;
    let mut gateway = product.gateway_with(&scraped(&[]));
    let client = Client::new(&format!("http://{}", gateway.listening("gateway").await), None);
    let metrics = Exposition::address(&gateway).await;
    let lost = async || Exposition::of(metrics).await.value("cml_cloud_manager_audit_lines_lost_total", &[]);
    assert_eq!(lost().await, Some(0.0), "the first one is an increase");
    gateway.close_output().await;
    assert_eq!(client.get("/api/tasks").await.status, 401);
    eventually("the line is counted", async || lost().await.filter(|it| *it > 0.0)).await;
    assert_eq!(lost().await, Some(1.0));
    assert_eq!(client.get("/livez").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_nowhere_wherever_a_client_or_an_operator_puts_it() {
    let mut product = Product::start().await;
    let token = product.token("ada", &[Role::Admin], None);
    let caller = product.anonymous().with("user-agent", &token);
    let answer = caller.get(&format!("/api/tasks/{token}/events?status={token}")).await;
    assert_eq!(answer.status, 401);
    assert_eq!(caller.post(&format!("/{token}"), &json!({})).await.status, 404);
    let keys = product.directory.path().join("local-key.jwks.json").display().to_string();
    let set = [
        ("CCM_LOCAL_KEYS", keys.as_str()),
        ("CCM_TASK_DATABASE", "postgres://ada:correct-horse-battery@127.0.0.1:1/tasks"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20YWRhOmNvcnJlY3QtaG9yc2U="),
    ];
    let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut unreachable = Process::spawn(&["task-service", "--listen", "127.0.0.1:0"], &set);
    assert_eq!(unreachable.ended().await.code(), Some(1));
    assert!(unreachable.lines().all().iter().any(|it| it.contains("onnection refused")));
    // The harness checks what the processes have written, and all spans.
    product.stop().await;
    let spans = product.collector.trace(answer.header("x-trace-id"));
    let told = |name: &str| spans[0].attributes[name].to_string();
    assert_eq!(told("url.path"), "/api/tasks/REDACTED/events");
    assert_eq!(told("user_agent.original"), "REDACTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_does_not_start_without_its_audit_log() {
    let set = [("CCM_AUDIT_LOG".to_owned(), "/nonexistent/audit.log".to_owned())];
    let mut gateway = Process::spawn(&["gateway", "--listen", "127.0.0.1:0"], &set);
    assert_eq!(gateway.ended().await.code(), Some(1));
    let printed = gateway.lines().all();
    let expected =
        "ccm: the audit log /nonexistent/audit.log cannot be opened: No such file or directory (os error 2)";
    assert_eq!(printed, [expected]);
}
