//! From sources to what Grafana and Prometheus read. Used by the program that writes the files (tests/dashboards.rs) and by
//! the tests that compare and prove them (tests/e2e/queries.rs).

pub(crate) mod dashboard;
mod explore;
mod panel;
pub(crate) mod rules;

use std::path::Path;

use dashboard::Dashboard;
use rules::Objectives;

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every generated file: its path in the repository, and its text.
pub(crate) fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (name, dashboard) in dashboards() {
        files.push((format!("compose/grafana/dashboards/{name}.json"), dashboard.json()));
    }
    let objectives = objectives();
    files.push(("compose/prometheus/recording.yaml".to_owned(), objectives.recording_rules()));
    files.push(("compose/prometheus/alerts.yaml".to_owned(), objectives.alerting_rules()));
    files
}

/// The sources of the dashboards by their names, in order.
pub(crate) fn dashboards() -> Vec<(String, Dashboard)> {
    let folder = root().join("compose/grafana/sources");
    let mut dashboards: Vec<(String, Dashboard)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| {
            let path = it.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let source = std::fs::read_to_string(&path).unwrap();
            (name, toml::from_str(&source).unwrap_or_else(|it| panic!("{}: {it}", path.display())))
        })
        .collect();
    dashboards.sort_by(|(one, _), (other, _)| one.cmp(other));
    dashboards
}

/// The source of the rules.
pub(crate) fn objectives() -> Objectives {
    let source = std::fs::read_to_string(root().join("compose/prometheus/slo.toml")).unwrap();
    toml::from_str(&source).unwrap_or_else(|it| panic!("slo.toml: {it}"))
}
