//! What a stream begins with, and what it tells to whom.

use std::time::Duration;

use access::Role;
use serde_json::{Value, json};

use super::{patch, product, snapshot, task, titles};
use crate::harness::{Backend, Client, Product, Settings, eventually, sse};

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_says_who_it_is_for_and_then_shows_everything_and_then_what_changes() {
    let product = product(&[]).await;
    let worker = product.worker().await;
    let ada = product.user("ada");
    let id = task(&ada, "old").await;
    let mut stream = product.stream("ada", "").await;
    let connected = stream.next().await.unwrap();
    assert_eq!((connected.name.as_str(), connected.id), ("connected", None));
    let data = &connected.event["data"];
    assert_eq!(
        (&data["user"], &data["roles"], &data["mode"]),
        (&json!("ada"), &json!(["user"]), &json!("snapshot"))
    );
    assert_eq!((&data["resumed"], &data["heartbeat_seconds"]), (&json!(false), &json!(15.0)));
    assert!(stream.retry.is_some_and(|it| it > 0));
    let (subjects, completed) = snapshot(&mut stream).await;
    assert_eq!((completed.data(), completed.id.is_some()), (&json!({"tasks": 1, "workers": 1}), true));
    let of = |name: &str| subjects.iter().find(|it| it.name == name).unwrap();
    assert_eq!(of("task.snapshot").data()["task"], ada.get(&format!("/api/tasks/{id}")).await.json);
    assert_eq!(of("worker.snapshot").data()["worker"]["id"], worker);
    let answer = ada.post("/api/tasks", &json!({"title": "new"})).await;
    let created = stream.named("task.created").await;
    assert!(created.id.is_some());
    let data = created.data();
    assert_eq!(
        (&data["revision"], &data["actor"], &data["before"]),
        (&json!(1), &json!("ada"), &Value::Null)
    );
    assert_eq!(data["task"], answer.json);
    let event = &created.event;
    assert_eq!(
        (&event["source"], &event["subject"]),
        (&json!("/ccm/task-service"), &json!(format!("tasks/{}", answer.text("id"))))
    );
    assert_eq!(event["trace_id"], answer.header("x-trace-id"));
    patch(&ada, &id, json!({"title": "changed"})).await;
    let changed = stream.named("task.updated").await;
    assert_eq!((&changed.data()["before"], changed.subject()), (&json!({"title": "old"}), id.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_stores_or_delays_a_stream() {
    let product = product(&[]).await;
    let stream = product.stream("ada", "").await;
    let header = |name: &str| stream.headers.get(name).map(|it| it.to_str().unwrap());
    assert_eq!(header("content-type"), Some("text/event-stream"));
    assert_eq!(header("cache-control"), Some("no-cache, no-transform"));
    assert_eq!(header("x-accel-buffering"), Some("no"));
    assert_eq!((header("content-encoding"), header("content-length")), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_from_now_tells_nothing_old_and_a_stream_from_the_earliest_event_tells_all() {
    let product = product(&[]).await;
    let ada = product.user("ada");
    let mut before = product.stream("ada", "event_types=task.*").await;
    snapshot(&mut before).await;
    task(&ada, "old").await;
    // The gateway has read its event.
    before.named("task.created").await;
    let mut now = product.stream("ada", "since=now&event_types=task.*").await;
    assert_eq!(now.next().await.unwrap().data()["mode"], "live");
    // Its id is where it begins.
    eventually("the stream has begun", async || {
        let position = ada.get("/api/tasks").await.header("x-event-position").to_owned();
        (!position.is_empty()).then_some(())
    })
    .await;
    task(&ada, "new").await;
    let mut earliest = product.stream("ada", "since=earliest&event_types=task.*").await;
    assert_eq!(earliest.next().await.unwrap().data()["mode"], "replay");
    let told = [earliest.event().await, earliest.event().await];
    assert_eq!(titles(&told), ["old", "new"]);
    assert!(told.iter().all(|it| it.name == "task.created" && it.id.is_some()));
    assert_eq!(titles(&[now.event().await]), ["new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_from_the_position_of_a_list() {
    let product = product(&[]).await;
    let ada = product.user("ada");
    for list in ["/api/tasks", "/api/workers"] {
        let (before, after) = (format!("before {list}"), format!("after {list}"));
        task(&ada, &before).await;
        let position = eventually("the position", async || {
            let position = ada.get(list).await.header("x-event-position").to_owned();
            (!position.is_empty()).then_some(position)
        })
        .await;
        // The gateway may not have read the event of the task before the list yet.
        task(&ada, &after).await;
        let mut stream = product.stream("ada", &format!("since={position}&event_types=task.*")).await;
        assert_eq!(stream.next().await.unwrap().data()["mode"], "replay");
        let mut told = stream.event().await;
        if titles(&[told.clone()]) == [before.as_str()] {
            told = stream.event().await;
        }
        assert_eq!(titles(&[told]), [after.as_str()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_choose_types_and_subjects() {
    let product = product(&[]).await;
    let ada = product.user("ada");
    let (first, second) = (task(&ada, "first").await, task(&ada, "second").await);
    let worker = product.worker().await;
    let mut of_type = product.stream("ada", "since=earliest&event_types=task.updated,worker.none").await;
    assert_eq!(of_type.next().await.unwrap().data()["mode"], "replay");
    let mut of_prefix = product.stream("ada", "event_types=task.*").await;
    let (subjects, completed) = snapshot(&mut of_prefix).await;
    assert_eq!(completed.data(), &json!({"tasks": 2, "workers": 0}), "{subjects:?}");
    let mut of_one = product.stream("ada", &format!("task_ids={second}")).await;
    let (subjects, completed) = snapshot(&mut of_one).await;
    assert_eq!(completed.data(), &json!({"tasks": 1, "workers": 0}), "{subjects:?}");
    let query = format!(
        "since=earliest&task_ids={first},{second}&worker_ids={worker}&event_types=worker.created&event_types=task.*"
    );
    let mut of_both = product.stream("ada", &query).await;
    let filters = of_both.next().await.unwrap().data()["filters"].clone();
    assert_eq!(filters["event_types"], json!(["worker.created", "task.*"]));
    patch(&ada, &first, json!({"title": "first again"})).await;
    patch(&ada, &second, json!({"title": "second again"})).await;
    assert_eq!(titles(&[of_type.event().await, of_type.event().await]), ["first again", "second again"]);
    assert_eq!(titles(&[of_prefix.event().await, of_prefix.event().await]), ["first again", "second again"]);
    assert_eq!(titles(&[of_one.event().await]), ["second again"]);
    let mut told = Vec::new();
    while told.len() < 5 {
        told.push(of_both.event().await.subject().to_owned());
    }
    told.sort();
    let mut expected = vec![first.clone(), first, second.clone(), second, worker];
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_parameter_that_is_wrong_is_named() {
    let product = product(&[]).await;
    let ada = product.user("ada");
    for (query, fields) in [
        ("event_types=Task.created", vec!["event_types"]),
        ("task_ids=1&worker_ids=2", vec!["task_ids", "worker_ids"]),
        ("since=yesterday", vec!["since"]),
        ("since=now&since=now", vec!["since"]),
        ("colour=red", vec!["colour"]),
    ] {
        let answer = ada.get(&format!("/api/events/stream?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.violations()), (400, fields), "{query}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_token_gets_no_stream() {
    let product = product(&[]).await;
    assert_eq!(product.anonymous().get("/api/events/stream").await.status, 401);
    let token = product.expired_token("ada", &[Role::User], None);
    let refused = sse::open(product.gateway_address, &token, "", None).await;
    assert!(refused.unwrap_err().starts_with("401"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_told_of_all_workers_and_of_own_tasks_as_long_as_they_are_own() {
    let product = product(&[]).await;
    let (ada, bob, root) = (product.user("ada"), product.user("bob"), product.admin());
    let mut stream = product.stream("bob", "").await;
    snapshot(&mut stream).await;
    task(&ada, "ada's").await;
    let own = task(&bob, "bob's").await;
    assert_eq!(titles(&[stream.event().await]), ["bob's"]);
    let worker = product.worker().await;
    assert_eq!(stream.event().await.subject(), worker);
    let answer = root.post("/api/tasks", &json!({"title": "given", "assignee_id": "bob"})).await;
    let given = answer.text("id").to_owned();
    let told = stream.until(|it| it.subject() == given).await;
    assert_eq!(told.name, "task.created");
    patch(&root, &given, json!({"assignee_id": "eve", "title": "secret"})).await;
    let removed = stream.until(|it| it.subject() == given).await;
    assert_eq!((removed.name.as_str(), removed.data()), ("task.removed", &json!({"id": given})));
    assert!(removed.id.is_some() && !removed.event.to_string().contains("secret"));
    // While it is another's, nothing of it is told.
    patch(&root, &given, json!({"description": "of eve"})).await;
    patch(&root, &given, json!({"assignee_id": "bob"})).await;
    let back = stream.until(|it| it.subject() == given).await;
    assert_eq!((back.name.as_str(), &back.data()["before"]), ("task.updated", &Value::Null));
    assert_eq!(back.data()["task"], bob.get(&format!("/api/tasks/{given}")).await.json);
    assert_eq!(bob.delete(&format!("/api/tasks/{own}")).await.status, 204);
    let deleted = stream.until(|it| it.subject() == own).await;
    assert_eq!((deleted.name.as_str(), &deleted.data()["task"]), ("task.deleted", &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_many_tasks_equals_their_list_and_its_heartbeats_do_not_disturb_it() {
    let product = product(&[("CCM_STREAM_HEARTBEAT", "1ms")]).await;
    let ada = product.user("ada");
    for number in 0..40 {
        let body = json!({"title": format!("{number}"), "description": "\u{1F980}".repeat(5_000)});
        assert_eq!(ada.post("/api/tasks", &body).await.status, 201);
    }
    let mut stream = product.stream("ada", "").await;
    let (subjects, completed) = snapshot(&mut stream).await;
    assert_eq!(completed.data()["tasks"], 40);
    let tasks: Vec<Value> =
        subjects.iter().filter(|it| it.name == "task.snapshot").map(|it| it.data()["task"].clone()).collect();
    assert_eq!(Value::Array(tasks), list(&ada).await);
    assert!(stream.named("heartbeat").await.id.is_some());
    let quiet = Duration::from_secs(20);
    assert!(stream.next_within(quiet).await.is_some());
}

async fn list(client: &Client) -> Value {
    client.get("/api/tasks?page_size=200").await.json["items"].clone()
}

/// Whichever replica the gateway follows: one of them sweeps.
#[tokio::test(flavor = "multi_thread")]
async fn reports_of_utilization_are_told_as_they_come_and_are_no_points_to_resume_from() {
    let of_services = vec![("CCM_SWEEP_INTERVAL".to_owned(), "1s".to_owned())];
    let settings = Settings { of_services, ..Settings::default() };
    let product = Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), settings).await;
    let _second = product.another_worker_service("127.0.0.2:0").await;
    let mut stream = product.stream("ada", "event_types=worker.metrics.updated&since=now").await;
    stream.named("connected").await;
    for _ in 0..2 {
        let worker = product.running_worker().await;
        let report = stream.until(|it| it.subject() == worker).await;
        assert_eq!((report.name.as_str(), report.id.as_ref()), ("worker.metrics.updated", None));
        let (data, used) = (report.data(), &report.data()["utilization"]);
        assert_eq!(data["worker_id"], worker);
        assert!(["cpu", "memory", "storage"].iter().all(|it| used[*it].is_f64()), "{data}");
        assert_eq!(used["time"], report.event["time"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_cannot_read_the_logs_refuses_streams_instead_of_being_silent() {
    let product = product(&[("CCM_SERVICE_TOKEN_FILE", "")]).await;
    let refused = product.user("ada").get("/api/events/stream").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.text("code"), "UNAVAILABLE");
    assert!(refused.text("detail").contains("no token of its own"), "{refused:?}");
}
