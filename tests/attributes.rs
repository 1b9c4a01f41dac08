//! Compares the attributes of all spans that a full run of the end-to-end tests received with the table in
//! docs/traces.md: names, types, and on which spans they are. `tests/run` runs it after the tests; its argument is the
//! file in which they noted what they saw (tests/e2e/harness/attributes.rs).

#![expect(clippy::unwrap_used, reason = "a comparison that cannot go on ends")]

use std::collections::BTreeSet;
use std::process::ExitCode;

fn main() -> ExitCode {
    let seen = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let seen: BTreeSet<String> = seen.lines().map(ToOwned::to_owned).collect();
    let documented = documented(include_str!("../docs/traces.md"));
    let mut differences = Vec::new();
    for missing in seen.difference(&documented) {
        differences.push(format!("docs/traces.md does not list: {missing}"));
    }
    for unseen in documented.difference(&seen) {
        differences.push(format!("no span of the test run has: {unseen}"));
    }
    for difference in &differences {
        println!("{difference}");
    }
    println!("attributes of spans: {} listed, {} differences", documented.len(), differences.len());
    if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The rows of the table, one for each sort of span, as the tests note them: `HTTP server | url.path | string`.
fn documented(text: &str) -> BTreeSet<String> {
    let section = text.split("\n### Attributes\n").nth(1).expect("a section on attributes");
    let section = section.split("\n### ").next().unwrap();
    let rows = section.lines().filter(|it| it.starts_with("| `"));
    let mut documented = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (name, kind, spans) = (cells[1].trim_matches('`'), cells[2], cells[3]);
        documented.extend(spans.split(", ").map(|it| format!("{it} | {name} | {kind}")));
    }
    documented
}
