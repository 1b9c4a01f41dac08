//! Makes Grafana's dashboards and Prometheus' rules from their sources (compose/grafana/sources/*.toml,
//! compose/prometheus/slo.toml). A test compares what is checked in with what this program makes. With the argument
//! `queries`, it prints every query of the dashboards instead.

#![expect(clippy::unwrap_used, reason = "a generator that cannot go on ends")]

#[path = "dashboards/generator.rs"]
mod generator;

fn main() {
    if std::env::args().nth(1).is_some_and(|it| it == "queries") {
        for query in generator::dashboards().iter().flat_map(|it| it.1.queries()) {
            println!("{}, {:?}: {}", query.place, query.language, query.text);
        }
        return;
    }
    for (path, text) in generator::files() {
        std::fs::write(generator::root().join(&path), text).unwrap();
        println!("{path}");
    }
}
