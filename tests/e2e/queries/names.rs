//! What an OpenTelemetry metric is called in Prometheus: the translation that Prometheus' OTLP receiver
//! (`UnderscoreEscapingWithSuffixes`) and the scrape endpoint have in common for names that follow our rule.

use std::collections::{BTreeMap, BTreeSet};

/// Labels that Prometheus itself adds to the series of a process.
const TARGET: [&str; 2] = ["job", "instance"];

/// Metrics in Prometheus with the labels that their series may have.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(pub(super) BTreeMap<String, BTreeSet<String>>);

impl Known {
    /// Those of a Markdown table below `## The metrics`: name, type, unit, attributes.
    pub(super) fn of_table(document: &str) -> Self {
        let section = document.split("\n## The metrics\n").nth(1).expect("a section on metrics");
        let section = section.split("\n## ").next().unwrap();
        let mut known = Self::default();
        for row in section.lines().filter(|it| it.starts_with("| `")) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let attributes = in_backticks(cells[4]).into_iter().map(|it| it.replace('.', "_"));
            let labels: BTreeSet<String> = attributes.chain(TARGET.map(ToOwned::to_owned)).collect();
            for name in in_backticks(cells[1]) {
                known.add(&name, cells[2], cells[3], &labels);
            }
        }
        known
    }

    fn add(&mut self, name: &str, kind: &str, unit: &str, labels: &BTreeSet<String>) {
        let name = prometheus_name(name, kind, unit);
        if !kind.contains("histogram") {
            self.0.insert(name, labels.clone());
            return;
        }
        for part in ["sum", "count"] {
            self.0.insert(format!("{name}_{part}"), labels.clone());
        }
        let mut labels = labels.clone();
        labels.insert("le".to_owned());
        self.0.insert(format!("{name}_bucket"), labels);
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

/// The name without the suffixes of a histogram's parts.
fn prometheus_name(name: &str, kind: &str, unit: &str) -> String {
    let mut name = name.replace('.', "_");
    name += match unit.trim_matches('`') {
        "s" => "_seconds",
        "By" => "_bytes",
        "1" if kind.contains("gauge") => "_ratio",
        annotation if annotation.starts_with('{') => "",
        other => panic!("{name}: a unit that our rule does not know: {other}"),
    };
    // An up-down counter goes down: it is a gauge there.
    if kind.contains("counter") && !kind.contains("up-down") {
        name += "_total";
    }
    name
}

fn in_backticks(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

#[test]
fn a_metric_has_the_name_that_prometheus_gives_it() {
    let document = "
## The metrics

| Name | Type | Unit | Attributes |
|---|---|---|---|
| `cml_cloud_manager.tasks.created` | counter | `{task}` | `ccm.task.kind` |
| `process.cpu.time` | observable counter | `s` | `cpu.mode` |
| `process.memory.usage` | up-down counter | `By` | |
| `cml_cloud_manager.stream.lag` | histogram | `s` | `ccm.log` |
| `x.used` | gauge | `1` | |
";
    let known = Known::of_table(document);
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
            "x_used_ratio",
        ]
    );
    let labels = |name: &str| known.0[name].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(labels("cml_cloud_manager_tasks_created_total"), ["ccm_task_kind", "instance", "job"]);
    assert_eq!(labels("cml_cloud_manager_stream_lag_seconds_bucket"), ["ccm_log", "instance", "job", "le"]);
}
