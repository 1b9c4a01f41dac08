//! The metrics of tasks, workers and event logs, as Prometheus sees them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::actions::ended;
use crate::harness::{Backend, Client, Exposition, Product, Settings, eventually, scraped};

/// The families of task-service and their types.
const OF_TASKS: [(&str, &str); 9] = [
    ("cml_cloud_manager_tasks_created_total", "counter"),
    ("cml_cloud_manager_tasks_completed_total", "counter"),
    ("cml_cloud_manager_tasks_failed_total", "counter"),
    ("cml_cloud_manager_tasks_cancelled_total", "counter"),
    ("cml_cloud_manager_tasks_retried_total", "counter"),
    ("cml_cloud_manager_task_duration_seconds", "histogram"),
    ("cml_cloud_manager_action_attempts_total", "counter"),
    ("cml_cloud_manager_action_queue_depth", "gauge"),
    ("cml_cloud_manager_action_queue_age_seconds", "gauge"),
];
/// Those of worker-service.
const OF_WORKERS: [(&str, &str); 8] = [
    ("cml_cloud_manager_worker_count", "gauge"),
    ("cml_cloud_manager_worker_unconverged", "gauge"),
    ("cml_cloud_manager_worker_drift_age_seconds", "gauge"),
    ("cml_cloud_manager_worker_convergence_duration_seconds", "histogram"),
    ("cml_cloud_manager_provider_call_duration_seconds", "histogram"),
    ("cml_cloud_manager_reconcile_turns_total", "counter"),
    ("cml_cloud_manager_reconcile_queue_depth", "gauge"),
    ("cml_cloud_manager_reconcile_queue_age_seconds", "gauge"),
];
/// Those of both.
const OF_LOGS: [(&str, &str); 4] = [
    ("cml_cloud_manager_events_appended_total", "counter"),
    ("cml_cloud_manager_event_log_unnumbered", "gauge"),
    ("cml_cloud_manager_event_log_lag_seconds", "gauge"),
    ("cml_cloud_manager_event_log_watches", "gauge"),
];

async fn product(backend: Backend) -> Product {
    let of_services =
        scraped(&[("CCM_SIMULATED_START_DELAY", "100ms"), ("CCM_SIMULATED_STOP_DELAY", "100ms")]);
    let settings = Settings { of_services, ..Settings::default() };
    Product::start_as(backend, tempfile::tempdir().unwrap(), settings).await
}

async fn of_tasks(product: &Product) -> Exposition {
    Exposition::of(Exposition::address(&product.tasks).await).await
}

async fn of_workers(product: &Product) -> Exposition {
    Exposition::of(Exposition::address(&product.workers).await).await
}

/// Waits until the gauges of worker-service, which are counted every ten seconds, show what is expected.
async fn workers_show(product: &Product, what: &str, is_shown: impl Fn(&Exposition) -> bool) -> Exposition {
    eventually(what, || async { Some(of_workers(product).await).filter(|it| is_shown(it)) }).await
}

fn counts(of: &[(&str, f64)]) -> BTreeMap<String, f64> {
    of.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// The series of `name` with a count that is not 0, by the values of their labels in the order of the labels' names.
fn some(exposition: &Exposition, name: &str) -> BTreeMap<String, f64> {
    let counted = exposition.series(name).iter().filter(|it| it.1 > 0.0);
    counted.map(|(labels, count)| (labels.values().cloned().collect::<Vec<_>>().join(" "), *count)).collect()
}

/// Checks that counters agree with the log that the service has written.
async fn assert_log_is_counted(exposition: &Exposition, database: &str) {
    let mut written = BTreeMap::<String, f64>::new();
    for event in events::testing::events_at(database).await.unwrap() {
        *written.entry(event.kind).or_default() += 1.0;
    }
    assert_eq!(some(exposition, "cml_cloud_manager_events_appended_total"), written);
}

async fn worker(product: &Product, tags: &Value) -> String {
    let body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let answer = product.admin().post("/api/workers", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.text("id").to_owned();
    product.worker_is(&id, "running").await;
    id
}

/// Asks for an action, and answers its task once it has ended.
async fn act(admin: &Client, path: &str, body: &Value) -> Value {
    let asked = admin.post(path, body).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    ended(admin, asked.header("location")).await
}

async fn terminate_and_delete(admin: &Client, id: &str) {
    let path = format!("/api/workers/{id}");
    let task = act(admin, &format!("{path}/terminate"), &json!({"confirm": "lab 1"})).await;
    assert_eq!(task["status"], "completed", "{task}");
    assert_eq!(admin.delete(&path).await.status, 204);
}

/// Nothing has happened: counters are at 0 and gauges have all their series.
async fn assert_begins_at_zero(product: &Product) {
    let (tasks, workers) = (of_tasks(product).await, of_workers(product).await);
    for name in ["created", "completed", "cancelled"] {
        let name = format!("cml_cloud_manager_tasks_{name}_total");
        assert_eq!(tasks.by_label(&name), counts(&[("action", 0.0), ("human", 0.0)]), "{name}");
    }
    assert_eq!(tasks.by_label("cml_cloud_manager_tasks_failed_total"), counts(&[("action", 0.0)]));
    assert_eq!(tasks.by_label("cml_cloud_manager_tasks_retried_total"), counts(&[("", 0.0)]));
    let attempts = tasks.series("cml_cloud_manager_action_attempts_total");
    assert!(attempts.len() == 12 && attempts.iter().all(|it| it.1 == 0.0), "{attempts:?}");
    let turns = workers.by_label("cml_cloud_manager_reconcile_turns_total");
    assert!(turns.len() == 6 && turns.values().all(|it| *it == 0.0), "{turns:?}");
    let events = "cml_cloud_manager_events_appended_total";
    let types = [("created", 0.0), ("deleted", 0.0), ("status.updated", 0.0), ("updated", 0.0)];
    let of_task: Vec<_> = types.iter().map(|it| (format!("task.{}", it.0), it.1)).collect();
    assert_eq!(tasks.by_label(events), of_task.into_iter().collect());
    let events = workers.by_label(events);
    assert!(events.len() == 6 && events.values().all(|it| *it == 0.0), "{events:?}");
}

/// All workers are deleted: every state is at 0, and there is no other series.
async fn assert_gauges_are_back_at_zero(product: &Product) {
    let states =
        ["failed", "pending", "running", "shutting_down", "stopped", "stopping", "terminated", "unknown"];
    let none = states.map(|it| (it, 0.0));
    let workers = workers_show(product, "no worker is counted", |it| {
        it.by_label("cml_cloud_manager_worker_count") == counts(&none)
    })
    .await;
    let desired = counts(&[("running", 0.0), ("stopped", 0.0), ("terminated", 0.0)]);
    assert_eq!(workers.by_label("cml_cloud_manager_worker_unconverged"), desired);
    for name in ["worker_drift_age_seconds", "reconcile_queue_depth", "reconcile_queue_age_seconds"] {
        assert_eq!(workers.value(&format!("cml_cloud_manager_{name}"), &[]), Some(0.0), "{name}");
    }
    let waits = counts(&[("claimed", 0.0), ("paused", 0.0), ("ready", 0.0), ("waiting", 0.0)]);
    let depth = "cml_cloud_manager_action_queue_depth";
    let is_empty = || async { (of_tasks(product).await.by_label(depth) == waits).then_some(()) };
    eventually("the queue of actions is empty", is_empty).await;
    assert_eq!(of_tasks(product).await.value("cml_cloud_manager_action_queue_age_seconds", &[]), Some(0.0));
    for process in [&product.tasks, &product.workers] {
        eventually("every event has a position", || async {
            let exposition = Exposition::of(Exposition::address(process).await).await;
            let is_zero = |name: &str| exposition.value(name, &[]) == Some(0.0);
            let names = ["cml_cloud_manager_event_log_unnumbered", "cml_cloud_manager_event_log_lag_seconds"];
            names.into_iter().all(is_zero).then_some(())
        })
        .await;
    }
}

async fn a_day_of_the_fleet_is_counted(backend: Backend) {
    let product = product(backend).await;
    let (admin, ada) = (product.admin(), product.user("ada"));
    assert_begins_at_zero(&product).await;

    // People: one task is completed and one is cancelled; what is repeated is not counted again.
    let once = ada.with("idempotency-key", "once");
    let first = once.post("/api/tasks", &json!({"title": "t"})).await;
    let again = once.post("/api/tasks", &json!({"title": "t"})).await;
    assert_eq!((again.header("idempotency-replayed"), again.text("id")), ("true", first.text("id")));
    let second = ada.post("/api/tasks", &json!({"title": "u"})).await;
    assert_eq!(ada.post("/api/tasks", &json!({"title": ""})).await.status, 400);
    for _ in 0..2 {
        let done = ada.patch(first.header("location"), &json!({"status": "completed"})).await;
        assert_eq!(done.status, 200, "{done:?}");
        let cancelled = admin.post(&format!("{}/cancel", second.header("location")), &json!({})).await;
        assert_eq!(cancelled.status, 200, "{cancelled:?}");
    }

    // A worker that the provider refuses to stop: the action fails, and so does its retry.
    let refused = worker(&product, &json!({"sim:refuse": "stop"})).await;
    let stop = admin.post(&format!("/api/workers/{refused}/stop"), &json!({})).await;
    assert_eq!(ended(&admin, stop.header("location")).await["status"], "failed");
    let shown = workers_show(&product, "the failed worker is counted", |it| {
        it.value("cml_cloud_manager_worker_count", &[("ccm_worker_state", "failed")]) == Some(1.0)
    })
    .await;
    let unconverged = counts(&[("running", 0.0), ("stopped", 1.0), ("terminated", 0.0)]);
    assert_eq!(shown.by_label("cml_cloud_manager_worker_unconverged"), unconverged);
    assert!(shown.value("cml_cloud_manager_worker_drift_age_seconds", &[]).unwrap() > 0.0, "{shown:?}");
    let retry = admin.with("idempotency-key", "retry");
    for _ in 0..2 {
        let retried = retry.post(&format!("{}/retry", stop.header("location")), &json!({})).await;
        assert_eq!(retried.status, 202, "{retried:?}");
    }
    let task = eventually("the second run ends", || async {
        let task = ended(&admin, stop.header("location")).await;
        (task["run"]["number"] == 2).then_some(task)
    })
    .await;
    assert_eq!(task["status"], "failed", "{task}");

    // A stop that a start replaces once it is being carried out.
    let slow = worker(&product, &json!({"sim:stop-delay": "6s"})).await;
    let stop = admin.post(&format!("/api/workers/{slow}/stop"), &json!({})).await;
    eventually("worker-service has accepted the stop", || async {
        (admin.get(stop.header("location")).await.json["run"]["phase"] == "applied").then_some(())
    })
    .await;
    let start = act(&admin, &format!("/api/workers/{slow}/start"), &json!({})).await;
    assert_eq!(start["status"], "completed", "{start}");

    for id in [&refused, &slow] {
        terminate_and_delete(&admin, id).await;
    }
    let runs = [
        ("completed start", 1.0),
        ("completed terminate", 2.0),
        ("failed stop", 2.0),
        ("cancelled stop", 1.0),
    ];
    let attempts = [("accepted start", 1.0), ("accepted stop", 3.0), ("accepted terminate", 2.0)];
    // What has happened is counted after its commit, which others see before.
    let (tasks, workers) = eventually("all runs, attempts and turns are counted", || async {
        let (tasks, workers) = (of_tasks(&product).await, of_workers(&product).await);
        let turns = some(&workers, "cml_cloud_manager_reconcile_turns_total");
        let are_counted = some(&tasks, "cml_cloud_manager_task_duration_seconds_count") == counts(&runs)
            && some(&tasks, "cml_cloud_manager_action_attempts_total") == counts(&attempts)
            && (turns.get("converged"), turns.get("failed")) == (Some(&5.0), Some(&2.0));
        are_counted.then_some((tasks, workers))
    })
    .await;
    let of = |name: &str| tasks.by_label(&format!("cml_cloud_manager_tasks_{name}_total"));
    assert_eq!(of("created"), counts(&[("human", 2.0), ("action", 5.0)]));
    assert_eq!(of("completed"), counts(&[("human", 1.0), ("action", 3.0)]));
    assert_eq!(of("cancelled"), counts(&[("human", 1.0), ("action", 1.0)]));
    assert_eq!(of("failed"), counts(&[("action", 2.0)]));
    assert_eq!(of("retried"), counts(&[("", 1.0)]));
    let generations = [("converged running", 3.0), ("failed stopped", 2.0), ("converged terminated", 2.0)];
    let convergence = "cml_cloud_manager_worker_convergence_duration_seconds_count";
    assert_eq!(some(&workers, convergence), counts(&generations));
    let calls = "cml_cloud_manager_provider_call_duration_seconds_count";
    let made = |call, error: &[(&str, &str)]| {
        let labels = [&[("ccm_provider_call", call), ("ccm_provider_name", "simulated")], error].concat();
        workers.value(calls, &labels)
    };
    assert_eq!(made("create", &[]), Some(2.0));
    assert_eq!(made("stop", &[("error_type", "permanent")]), Some(2.0));
    assert!(made("describe", &[]).is_some() && made("find", &[]).is_some(), "{:?}", workers.series(calls));
    assert_log_is_counted(&tasks, &product.task_database.url).await;
    assert_log_is_counted(&workers, &product.worker_database.url).await;

    assert_gauges_are_back_at_zero(&product).await;
    for exposition in [of_tasks(&product).await, of_workers(&product).await] {
        for (name, r#type) in OF_LOGS {
            assert_eq!(exposition.types.get(name).map(String::as_str), Some(r#type), "{name}");
        }
        let watches = exposition.value("cml_cloud_manager_event_log_watches", &[]).unwrap();
        assert!(watches >= 1.0, "the gateway watches: {watches}");
        let values = exposition.label_values();
        for id in [&refused, &slow, first.text("id"), start["id"].as_str().unwrap()] {
            assert!(values.iter().all(|it| !it.contains(id)), "{id} in {values:?}");
        }
    }
    assert_types(&product).await;
}

async fn assert_types(product: &Product) {
    let of_services = [(&OF_TASKS[..], of_tasks(product).await), (&OF_WORKERS, of_workers(product).await)];
    for (families, exposition) in of_services {
        for (name, r#type) in families {
            assert_eq!(exposition.types.get(*name).map(String::as_str), Some(*r#type), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_tasks_and_workers_is_counted_once_on_sqlite() {
    a_day_of_the_fleet_is_counted(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_tasks_and_workers_is_counted_once_on_postgresql() {
    a_day_of_the_fleet_is_counted(Backend::Postgres).await;
}
