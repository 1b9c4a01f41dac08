//! All metrics: their names, their documentation, and that both ways to Prometheus show the same.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{Metric, metric};
use serde_json::json;
use telemetry::metrics::{Definition, Kind};

use crate::harness::{Backend, Exposition, Otlp, Process, Product, Settings, eventually, scraped};

/// The definitions of all rooms.
pub(crate) fn definitions() -> Vec<&'static Definition> {
    [
        telemetry::metrics::definitions(),
        net::metrics::definitions(),
        gateway::metrics::definitions(),
        task_service::metrics::definitions(),
        worker_service::metrics::definitions(),
        events::metrics::definitions(),
    ]
    .concat()
}

/// The name in Prometheus, as both translations make it.
pub(crate) fn in_prometheus(name: &str, unit: &str, kind: Kind) -> String {
    let suffix = match unit {
        "s" => "_seconds",
        "By" => "_bytes",
        _ if unit.starts_with('{') => "",
        _ => panic!("{name} has the unit {unit}"),
    };
    let total = if kind == Kind::Counter { "_total" } else { "" };
    format!("{}{suffix}{total}", name.replace('.', "_"))
}

#[test]
fn names_and_units_follow_one_rule() {
    let mut names = BTreeSet::new();
    for it in definitions() {
        assert!(names.insert(it.name), "{} is defined twice", it.name);
        let is_valid = |part: &str| {
            part.starts_with(|it: char| it.is_ascii_lowercase())
                && part.chars().all(|it| it.is_ascii_lowercase() || it == '_')
        };
        assert!(it.name.split('.').all(is_valid), "{}", it.name);
        // Prometheus adds these words, once or twice.
        let words: BTreeSet<&str> = it.name.split(['.', '_']).collect();
        for word in
            ["total", "seconds", "second", "bytes", "byte", "ratio", "milliseconds", "ms", "sum", "bucket"]
        {
            assert!(!words.contains(word), "{} has the word {word}", it.name);
        }
        let noun = it.unit.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        assert!(
            ["s", "By"].contains(&it.unit)
                || noun.is_some_and(|it| it.chars().all(|it| it.is_ascii_lowercase() || it == '_')),
            "{} has the unit {}",
            it.name,
            it.unit
        );
        assert!(it.description.ends_with('.') && it.description.len() > 20, "{}", it.name);
        let is_own =
            !["http.", "rpc.", "db.", "process.", "otel.", "tokio."].iter().any(|of| it.name.starts_with(of));
        assert_eq!(it.name.starts_with("cml_cloud_manager."), is_own, "{}", it.name);
        for id in ["id", "task.id", "worker.id", "user", "sub"] {
            assert!(!it.attributes.iter().any(|of| of.ends_with(&format!(".{id}"))), "{}", it.name);
        }
    }
    assert!(names.contains("cml_cloud_manager.tasks.created"));
    let created = definitions().into_iter().find(|it| it.name == "cml_cloud_manager.tasks.created").unwrap();
    assert_eq!(
        in_prometheus(created.name, created.unit, created.kind),
        "cml_cloud_manager_tasks_created_total"
    );
}

#[test]
fn the_documentation_lists_every_metric_and_no_other() {
    let text = include_str!("../../docs/metrics.md");
    let rows = text.lines().filter(|it| it.starts_with("| `") && it.split('|').count() >= 8);
    let mut documented = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let names: BTreeSet<String> = cells[4]
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|it| it.contains('.'))
            .map(ToOwned::to_owned)
            .collect();
        let known = documented
            .insert(cells[1].trim_matches('`').to_owned(), (cells[2], cells[3].trim_matches('`'), names));
        assert!(known.is_none(), "{row}");
    }
    let defined: BTreeMap<String, _> = definitions()
        .into_iter()
        .map(|it| {
            let attributes = it.attributes.iter().map(|it| (*it).to_owned()).collect();
            (it.name.to_owned(), (it.kind.name(), it.unit, attributes))
        })
        .collect();
    for (name, definition) in &defined {
        assert_eq!(documented.get(name), Some(definition), "{name}");
    }
    assert_eq!(documented.keys().collect::<Vec<_>>(), defined.keys().collect::<Vec<_>>());
}

async fn exported(otlp: &Otlp) -> Product {
    let all = scraped(&[
        ("OTEL_METRICS_EXPORTER", "otlp,prometheus"),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", otlp.endpoint.as_str()),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
        ("CCM_SIMULATED_START_DELAY", "50ms"),
        ("CCM_SIMULATED_STOP_DELAY", "50ms"),
    ]);
    let settings = Settings { of_services: all.clone(), of_gateway: all, ..Settings::default() };
    Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await
}

fn kind_of(metric: &Metric) -> Kind {
    match metric.data.as_ref().unwrap() {
        metric::Data::Sum(sum) if sum.is_monotonic => Kind::Counter,
        metric::Data::Sum(_) => Kind::UpDownCounter,
        metric::Data::Gauge(_) => Kind::Gauge,
        metric::Data::Histogram(_) => Kind::Histogram,
        other => panic!("{other:?}"),
    }
}

/// The attributes of each series of a metric, as labels.
fn labels_of(metric: &Metric) -> BTreeSet<BTreeMap<String, String>> {
    let labels = |attributes: &[KeyValue]| {
        let label = |it: &KeyValue| {
            let value = match it.value.clone().unwrap().value.unwrap() {
                any_value::Value::StringValue(text) => text,
                any_value::Value::IntValue(number) => number.to_string(),
                other => panic!("{other:?}"),
            };
            (it.key.replace('.', "_"), value)
        };
        attributes.iter().map(label).collect()
    };
    match metric.data.as_ref().unwrap() {
        metric::Data::Sum(it) => it.data_points.iter().map(|it| labels(&it.attributes)).collect(),
        metric::Data::Gauge(it) => it.data_points.iter().map(|it| labels(&it.attributes)).collect(),
        metric::Data::Histogram(it) => it.data_points.iter().map(|it| labels(&it.attributes)).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn otlp_and_the_scrape_show_the_same_metrics_with_their_types_and_labels() {
    let otlp = Otlp::grpc(None).await;
    let product = exported(&otlp).await;
    let client = product.admin();
    for _ in 0..3 {
        assert_eq!(client.post("/api/tasks", &json!({"title": "Task"})).await.status, 201);
    }
    assert_eq!(client.get("/api/tasks/01a20297-f0d9-71df-bc9a-03b3823c2980").await.status, 404);
    let known: BTreeMap<&str, &Definition> = definitions().into_iter().map(|it| (it.name, it)).collect();
    let mut shown = BTreeMap::new();
    for process in [&product.gateway, &product.tasks, &product.workers] {
        let exposition = Exposition::of(Exposition::address(process).await).await;
        shown.extend(exposition.types.clone());
    }
    shown.remove("target_info");
    let prometheus_name = |it: &Metric| in_prometheus(&it.name, &it.unit, kind_of(it));
    let exported = eventually("what was scraped is exported by OTLP, too", || {
        let metrics = otlp.metrics();
        let names: BTreeSet<String> = metrics.iter().map(prometheus_name).collect();
        let is_missing = shown.keys().any(|it| !names.contains(it));
        async move { (!is_missing).then_some(metrics) }
    })
    .await;
    for metric in &exported {
        let definition =
            known.get(metric.name.as_str()).unwrap_or_else(|| panic!("{} is not defined", metric.name));
        let is_observed = |kind: Kind| kind_of(metric) == kind && metric.unit == definition.unit;
        assert!(is_observed(definition.kind), "{metric:?} is not {definition:?}");
        assert_eq!(metric.description, definition.description);
        for labels in labels_of(metric) {
            for label in labels.keys() {
                let is_known = definition.attributes.iter().any(|it| it.replace('.', "_") == *label);
                assert!(is_known, "{} has the label {label}", metric.name);
            }
            assert!(!labels.contains_key("otel_metric_overflow"), "{}", metric.name);
        }
        let name = in_prometheus(definition.name, definition.unit, definition.kind);
        let expected = match definition.kind {
            Kind::Counter => "counter",
            Kind::UpDownCounter | Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        // What began after the scrape is not in it.
        if let Some(r#type) = shown.get(&name) {
            assert_eq!(r#type, expected, "{name}");
        }
    }
    assert!(shown.contains_key("cml_cloud_manager_tasks_created_total"));
}

/// All series of a process but those that say how long something took: a histogram has a series for each bucket.
async fn series(process: &Process) -> BTreeSet<String> {
    let exposition = Exposition::of(Exposition::address(process).await).await;
    let mut all = BTreeSet::new();
    for name in exposition.names() {
        all.extend(exposition.series(name).iter().map(|(labels, _)| format!("{name} {labels:?}")));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn more_tasks_and_workers_add_no_series() {
    let number = |name: &str, default: usize| {
        #[expect(clippy::disallowed_methods, reason = "the size of a run")]
        std::env::var(name).map_or(default, |it| it.parse().unwrap())
    };
    let (tasks, workers) = (number("CCM_SERIES_TASKS", 60), number("CCM_SERIES_WORKERS", 6));
    let otlp = Otlp::grpc(None).await;
    let product = exported(&otlp).await;
    let client = product.admin();
    let work = async |tasks: usize, workers: usize| {
        let mut created = Vec::new();
        for index in 0..tasks {
            let body = json!({"title": format!("Task {index}"), "department": format!("lab {index}")});
            assert_eq!(client.post("/api/tasks", &body).await.status, 201);
        }
        for index in 0..workers {
            let body = json!({"name": format!("worker-{index}-{tasks}"), "region": format!("region-{index}"), "instance_type": "m5.metal"});
            let answer = client.post("/api/workers", &body).await;
            assert_eq!(answer.status, 201, "{:?}", answer.json);
            created.push(answer.text("id").to_owned());
        }
        for id in created {
            eventually("the worker runs", async || {
                let answer = client.get(&format!("/api/workers/{id}")).await;
                (answer.text("status") == "running").then_some(())
            })
            .await;
        }
    };
    work(3, 2).await;
    let all = async || {
        [series(&product.gateway).await, series(&product.tasks).await, series(&product.workers).await]
    };
    // The gauges of the databases have their values.
    let before = eventually("the gauges are counted", async || {
        let all = all().await;
        let has = |of: usize, name: &str| all[of].iter().any(|it| it.starts_with(name));
        let are_counted = has(1, "cml_cloud_manager_action_queue_depth ")
            && has(2, "cml_cloud_manager_worker_count ")
            && (1..3).all(|it| has(it, "cml_cloud_manager_event_log_unnumbered "))
            // Counted when it is stored that a worker runs.
            && has(2, "cml_cloud_manager_worker_convergence_duration_seconds_count ");
        are_counted.then_some(all)
    })
    .await;
    work(tasks, workers).await;
    let processes = [&product.gateway, &product.tasks, &product.workers];
    for (process, before) in processes.into_iter().zip(before) {
        let after = series(process).await;
        // Statements, calls and turns that happen sooner or later, whatever the number of tasks; less than a series for each.
        let later = [
            "db_client_operation_",
            "rpc_client_",
            "rpc_server_",
            "http_server_",
            "reconcile_turns",
            "provider_call",
            "stream_lag",
        ];
        let (later, added): (Vec<&String>, Vec<&String>) =
            after.difference(&before).partition(|it| later.iter().any(|name| it.contains(name)));
        assert!(added.is_empty(), "{added:#?}");
        let bound = 30 * telemetry::metrics::CALL_SECONDS.len();
        assert!(later.len() < bound, "{} new series: {later:#?}", later.len());
        for it in after.iter().filter(|it| !it.starts_with("target_info ")) {
            let is_id = |it: &str| it.len() == 36 && it.matches('-').count() == 4;
            assert!(!it.split('"').any(is_id), "{it}");
            assert!(!it.contains("region-") && !it.contains("lab ") && !it.contains("overflow"), "{it}");
        }
    }
}
