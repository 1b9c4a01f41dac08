//! Every query of the dashboards, the rules and the documents is proven: it can be parsed, and names only metrics, labels and
//! attributes that exist. Prometheus' own promtool checks the rules and runs their unit tests.

mod collected;
mod live;
mod names;
mod prometheus;
mod promql;
mod traceql;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use crate::generator;
use crate::generator::dashboard::{Language, Query};
use names::Known;

const FOREIGN: &str = include_str!("../../compose/prometheus/foreign-metrics.txt");
const TRACES: &str = include_str!("../../docs/traces.md");
const RUNBOOKS: &str = include_str!("../../docs/troubleshooting.md");
const PROMTOOL: &str = "target/prometheus/usr/bin/promtool";

/// Our own metrics, those of the recordings, and those of other programs.
fn known() -> Known {
    let mut known = Known::of_instruments(&crate::metrics::definitions());
    known.0.extend(Known::of_list(FOREIGN).0);
    for rule in generator::objectives().recordings() {
        let labels = if rule.objective.is_some() { &["objective"][..] } else { &[] };
        known.0.insert(rule.record, labels.iter().map(|&it| it.to_owned()).collect());
    }
    known
}

fn complaints(queries: &[Query], language: Language, errors: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let queries = queries.iter().filter(|it| it.language == language);
    let complain = |it: &Query| {
        let said: Vec<String> =
            errors(&it.text).iter().map(|error| format!("{}: {error}", it.place)).collect();
        said
    };
    queries.flat_map(complain).collect()
}

#[test]
fn every_promql_names_metrics_and_labels_that_exist() {
    let known = known();
    let queries = [collected::shown(), collected::of_alerts()].concat();
    assert!(queries.len() > 100, "only {} queries were found", queries.len());
    let complaints = complaints(&queries, Language::Promql, |it| promql::errors(it, &known));
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn every_traceql_names_attributes_that_are_documented() {
    let attributes = traceql::documented_attributes(TRACES);
    let queries = collected::shown();
    let complaints = complaints(&queries, Language::Traceql, |it| traceql::errors(&traces(it), &attributes));
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// The query with something in place of Grafana's variables, which are parts of strings.
fn traces(query: &str) -> String {
    let mut parts = query.split("${");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |query, part| query + "x" + part.split_once('}').unwrap().1)
}

#[test]
fn dashboards_and_rules_are_those_of_their_sources() {
    for (path, text) in generator::files() {
        let found = std::fs::read_to_string(generator::root().join(&path)).unwrap_or_default();
        assert!(found == text, "{path} is old: cargo run --example dashboards");
    }
    let folder = generator::root().join("compose/grafana/dashboards");
    let found = std::fs::read_dir(folder)
        .unwrap()
        .filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "json"));
    assert_eq!(found.count(), generator::dashboards().len(), "a dashboard without a source");
}

#[test]
fn every_alert_is_explained_in_the_section_that_it_links_to() {
    let sections = RUNBOOKS.split("\n### ").skip(1).map(|it| it.split("\n## ").next().unwrap());
    let anchor = |section: &str| section.lines().next().unwrap().to_lowercase().replace(' ', "-");
    let sections: BTreeMap<String, &str> = sections.map(|it| (anchor(it), it)).collect();
    for alert in generator::objectives().alerts() {
        let section = sections.get(&alert.section);
        let is_named = section.is_some_and(|it| it.contains(&format!("`{}`", alert.name)));
        assert!(is_named, "docs/troubleshooting.md: {} is not in the section {}", alert.name, alert.section);
    }
}

/// Runs promtool with each of these lists of arguments, at the same time.
fn promtool(runs: &[Vec<&str>]) {
    let start = |arguments: &Vec<&str>| {
        Command::new(PROMTOOL)
            .args(arguments)
            .current_dir(generator::root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tests/run installs it")
    };
    let children: Vec<_> = runs.iter().map(start).collect();
    for child in children {
        let run = child.wait_with_output().unwrap();
        let said = [run.stdout, run.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
        assert!(run.status.success(), "{}{}", said[0], said[1]);
    }
}

#[test]
fn promtool_takes_the_rules() {
    promtool(&[vec![
        "check",
        "rules",
        "compose/prometheus/recording.yaml",
        "compose/prometheus/alerts.yaml",
    ]]);
}

/// The unit tests name every alert, so that none is without one.
#[test]
fn promtool_sees_each_alert_fire_when_it_should_and_only_then() {
    let folder = generator::root().join("compose/prometheus/tests");
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let files: Vec<String> = files.map(|it| it.to_str().unwrap().to_owned()).collect();
    let tests: String = files.iter().map(|it| std::fs::read_to_string(it).unwrap()).collect();
    for alert in generator::objectives().alerts() {
        let named = format!("alertname=\"{}\"", alert.name);
        assert!(tests.contains(&named), "no unit test names {}", alert.name);
    }
    let runs: Vec<Vec<&str>> = files.iter().map(|it| vec!["test", "rules", it.as_str()]).collect();
    promtool(&runs);
}
