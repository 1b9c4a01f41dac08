//! The registry in docs/semconv, which Weaver reads: it declares each of our attributes and every metric as the code does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use telemetry::metrics::{Definition, Kind};

use crate::harness::yaml;
use crate::metrics::definitions;

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_else(|| panic!("{name} of {of} is a text"))
}

fn references(of: &Value) -> Vec<&str> {
    list(of, "attributes").iter().map(|it| text(it, "ref")).collect()
}

/// A metric as the registry and the code describe it: instrument, unit, description, attributes.
type Described<'a> = (&'a str, &'a str, &'a str, Vec<&'a str>);

fn described(it: &'static Definition) -> (&'static str, Described<'static>) {
    let instrument = match it.kind {
        Kind::Counter => "counter",
        Kind::UpDownCounter => "updowncounter",
        Kind::Histogram => "histogram",
        Kind::Gauge => "gauge",
    };
    (it.name, (instrument, it.unit, it.description, it.attributes.to_vec()))
}

/// The conventions have no metrics of the tokio runtime.
fn is_of_conventions(it: &Definition) -> bool {
    !it.name.starts_with("cml_cloud_manager.") && !it.name.starts_with("tokio.")
}

#[test]
fn the_registry_declares_each_of_our_metrics_as_the_code_does() {
    let registry = yaml("docs/semconv/metrics.yaml");
    let declared: Vec<(&str, Described<'_>)> = list(&registry, "metrics")
        .iter()
        .map(|it| {
            let brief = text(it, "brief");
            (text(it, "name"), (text(it, "instrument"), text(it, "unit"), brief, references(it)))
        })
        .collect();
    let names: BTreeSet<&str> = declared.iter().map(|it| it.0).collect();
    assert_eq!(names.len(), declared.len(), "no metric is declared twice");
    let defined: BTreeMap<&str, Described<'_>> =
        definitions().into_iter().filter(|it| !is_of_conventions(it)).map(described).collect();
    assert_eq!(BTreeMap::from_iter(declared), defined);
}

#[test]
fn the_registry_imports_the_metrics_of_the_conventions_that_the_code_records_and_says_with_which_attributes()
{
    let registry = yaml("docs/semconv/metrics-of-the-conventions.yaml");
    let refined: BTreeMap<&str, (&str, Vec<&str>)> = list(&registry, "metric_refinements")
        .iter()
        .map(|it| {
            let name = text(it, "ref");
            assert_eq!(text(it, "id"), format!("ccm.{name}"));
            (name, (text(it, "brief"), references(it)))
        })
        .collect();
    let imported: BTreeSet<&str> =
        list(&registry["imports"], "metrics").iter().filter_map(Value::as_str).collect();
    let defined: BTreeMap<&str, (&str, Vec<&str>)> = definitions()
        .into_iter()
        .filter(|it| is_of_conventions(it))
        .map(|it| (it.name, (it.description, it.attributes.to_vec())))
        .collect();
    assert_eq!(refined, defined);
    assert_eq!(imported, defined.into_keys().collect());
}

#[test]
fn the_registry_declares_each_of_our_attributes_and_no_other() {
    let registry = yaml("docs/semconv/ccm.yaml");
    let declared: BTreeSet<&str> = list(&registry, "attributes").iter().map(|it| text(it, "key")).collect();
    let constants = include_str!("../../telemetry/src/semconv.rs");
    let known: BTreeSet<&str> =
        constants.split('"').skip(1).step_by(2).filter(|it| it.starts_with("ccm.")).collect();
    assert_eq!(declared, known);
    let groups = list(&registry, "attribute_groups").iter().flat_map(references);
    let unknown: Vec<&str> = groups.filter(|it| it.starts_with("ccm.") && !declared.contains(it)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The rows of the tables in docs/traces.md and docs/metrics.md that have the type of an attribute, or all of its values.
#[test]
fn the_registry_gives_attributes_the_types_and_values_of_the_documentation() {
    let registry = yaml("docs/semconv/ccm.yaml");
    let documents = [include_str!("../../docs/traces.md"), include_str!("../../docs/metrics.md")];
    let rows = documents.into_iter().flat_map(str::lines).filter(|it| it.starts_with("| `ccm."));
    let rows: Vec<Vec<&str>> = rows.map(|it| it.split('|').map(str::trim).collect()).collect();
    for attribute in list(&registry, "attributes") {
        let (key, members) = (text(attribute, "key"), list(&attribute["type"], "members"));
        let r#type = attribute["type"].as_str().unwrap_or("string");
        for row in rows.iter().filter(|it| it[1] == format!("`{key}`")) {
            if row.len() > 4 {
                assert_eq!(row[2], r#type, "{key}");
            }
            let named: BTreeSet<&str> = row[row.len() - 2].split('`').skip(1).step_by(2).collect();
            for value in members.iter().map(|it| text(it, "value")).filter(|_| named.len() > 1) {
                assert!(named.contains(value), "{key} has the value {value}, which is not in {named:?}");
            }
        }
    }
}
