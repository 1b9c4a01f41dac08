//! Which metrics there are in Prometheus, and which labels their series may have.

use std::collections::{BTreeMap, BTreeSet};

use telemetry::metrics::{Definition, Kind};

use crate::metrics::in_prometheus;

/// Labels that Prometheus itself adds to the series of a process.
const TARGET: [&str; 2] = ["job", "instance"];

/// Metrics in Prometheus with the labels that their series may have.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(pub(super) BTreeMap<String, BTreeSet<String>>);

impl Known {
    /// Those of these instruments.
    pub(super) fn of_instruments(definitions: &[&Definition]) -> Self {
        let mut known = Self::default();
        for definition in definitions {
            let name = in_prometheus(definition.name, definition.unit, definition.kind);
            let attributes = definition.attributes.iter().map(|it| it.replace('.', "_"));
            let mut labels: BTreeSet<String> = attributes.chain(TARGET.map(ToOwned::to_owned)).collect();
            if definition.kind != Kind::Histogram {
                known.0.insert(name, labels);
                continue;
            }
            for part in ["sum", "count"] {
                known.0.insert(format!("{name}_{part}"), labels.clone());
            }
            labels.insert("le".to_owned());
            known.0.insert(format!("{name}_bucket"), labels);
        }
        known
    }

    /// Those of a list: a line is a name and its labels; `#` begins a comment.
    pub(super) fn of_list(list: &str) -> Self {
        let lines = list.lines().filter(|it| !it.is_empty() && !it.starts_with('#'));
        let known = lines.map(|line| {
            let mut words = line.split_whitespace().map(ToOwned::to_owned);
            let name = words.next().unwrap();
            (name, words.chain(TARGET.map(ToOwned::to_owned)).collect())
        });
        Self(known.collect())
    }
}

#[test]
fn an_instrument_has_the_names_and_labels_that_prometheus_gives_it() {
    let instrument =
        |name, unit, kind, attributes| Definition { name, unit, description: "", kind, attributes };
    let known = Known::of_instruments(&[
        &instrument("cml_cloud_manager.tasks.created", "{task}", Kind::Counter, &["ccm.task.kind"]),
        &instrument("process.cpu.time", "s", Kind::Counter, &["cpu.mode"]),
        &instrument("process.memory.usage", "By", Kind::UpDownCounter, &[]),
        &instrument("cml_cloud_manager.stream.lag", "s", Kind::Histogram, &["ccm.log"]),
    ]);
    let names: Vec<&str> = known.0.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "cml_cloud_manager_stream_lag_seconds_bucket",
            "cml_cloud_manager_stream_lag_seconds_count",
            "cml_cloud_manager_stream_lag_seconds_sum",
            "cml_cloud_manager_tasks_created_total",
            "process_cpu_time_seconds_total",
            "process_memory_usage_bytes",
        ]
    );
    let labels = |name: &str| known.0[name].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(labels("cml_cloud_manager_tasks_created_total"), ["ccm_task_kind", "instance", "job"]);
    assert_eq!(labels("cml_cloud_manager_stream_lag_seconds_bucket"), ["ccm_log", "instance", "job", "le"]);
}
