//! Every query that the repository shows to people or gives to a program, with its place.

use crate::generator::dashboard::{Language, Query};
use crate::generator::{self, dashboard};

/// Pages with queries, besides those in docs/: the blocks of code that are marked `promql` or `traceql`.
const READMES: [&str; 2] = ["README.md", "compose/README.md"];
/// Files of the stack with queries, and what comes before a query on its line.
const OF_STACK: [(&str, &str); 2] =
    [("compose/grafana/provisioning/datasources/datasources.yaml", "query: "), ("compose/smoke", "query = ")];

/// The query of the guide of the system before this one, which has to work as it was written.
const OLD_GUIDE: &str = "rate(cml_cloud_manager_tasks_created_total[5m])";

/// The queries whose result is looked at: dashboards, recordings, documents.
pub(super) fn shown() -> Vec<Query> {
    let mut all: Vec<Query> = generator::dashboards().iter().flat_map(|it| it.1.queries()).collect();
    for rule in generator::objectives().recordings() {
        all.push(promql(format!("recording {}", rule.record), rule.promql));
    }
    all.push(promql("the old guide".to_owned(), OLD_GUIDE.to_owned()));
    all.extend(of_documents());
    all.extend(of_stack());
    all
}

/// The queries of alerts, which find nothing while all is well.
pub(super) fn of_alerts() -> Vec<Query> {
    let alerts = generator::objectives().alerts();
    alerts.into_iter().map(|it| promql(format!("alert {}", it.name), it.promql)).collect()
}

pub(super) fn promql(place: String, text: String) -> Query {
    Query { place, language: dashboard::Language::Promql, text }
}

fn of_documents() -> Vec<Query> {
    let root = generator::root();
    let pages = std::fs::read_dir(root.join("docs")).unwrap().map(|it| it.unwrap().path());
    let mut pages: Vec<_> = pages.filter(|it| it.extension().is_some_and(|it| it == "md")).collect();
    pages.extend(READMES.map(|it| root.join(it)));
    pages.sort();
    let mut queries = Vec::new();
    for page in pages {
        let place = page.strip_prefix(root).unwrap().display().to_string();
        let text = std::fs::read_to_string(&page).unwrap();
        for (language, mark) in [(Language::Promql, "promql"), (Language::Traceql, "traceql")] {
            for query in marked(&text, mark) {
                queries.push(Query { place: place.clone(), language, text: query });
            }
        }
    }
    queries
}

fn of_stack() -> Vec<Query> {
    let mut queries = Vec::new();
    for (file, mark) in OF_STACK {
        let text = std::fs::read_to_string(generator::root().join(file)).unwrap();
        let found = text.lines().filter_map(|it| it.trim().strip_prefix(mark));
        // LogQL looks like TraceQL; here it looks for the lines of a trace.
        let found: Vec<&str> = found.filter(|it| !it.contains("trace_id=")).collect();
        assert!(!found.is_empty(), "{file} has no line with {mark:?}");
        for query in found {
            // A string of the language of the file.
            let text = query.strip_prefix(['"', '\'']).map_or(query, |it| &it[..it.len() - 1]).to_owned();
            let language = if text.starts_with('{') { Language::Traceql } else { Language::Promql };
            queries.push(Query { place: file.to_owned(), language, text });
        }
    }
    queries
}

/// The queries in the blocks with this mark: one a line, `#` begins a comment.
fn marked(text: &str, mark: &str) -> Vec<String> {
    let (fence, mut queries) = (format!("```{mark}"), Vec::new());
    let mut is_inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("```") {
            is_inside = line == fence;
        } else if is_inside && !line.is_empty() && !line.starts_with('#') {
            queries.push(line.to_owned());
        }
    }
    queries
}

#[test]
fn the_queries_of_a_document_are_those_in_marked_blocks() {
    let text = "x\n```promql\n# tasks\nup == 0\n\n  rate(x[5m])\n```\n```\nnot(this)\n```\n```traceql\n{ true }\n```\n";
    assert_eq!(marked(text, "promql"), ["up == 0", "rate(x[5m])"]);
    assert_eq!(marked(text, "traceql"), ["{ true }"]);
}
