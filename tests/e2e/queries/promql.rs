//! PromQL, parsed: which metrics and labels a query names.

use std::collections::BTreeSet;
use std::convert::Infallible;

use promql_parser::label::Labels;
use promql_parser::parser::{self, Expr, LabelModifier, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};

use super::names::Known;

/// Grafana's variables, with what they stand for when everything is selected.
const VARIABLES: [(&str, &str); 5] = [
    ("$__rate_interval", "5m"),
    ("$__range", "1h"),
    ("$service", ".+"),
    ("$route", ".*"),
    // The attributes of a span, in a link from it to its metrics.
    ("$$__tags", "service=\"gateway\""),
];

/// The query as Prometheus gets it.
pub(super) fn without_variables(query: &str) -> String {
    VARIABLES.iter().fold(query.to_owned(), |query, (variable, value)| query.replace(variable, value))
}

/// What is wrong with a query: it cannot be parsed, or names a metric or a label that does not exist.
pub(super) fn errors(query: &str, known: &Known) -> Vec<String> {
    let query = without_variables(query);
    let parsed = match parser::parse(&query) {
        Ok(parsed) => parsed,
        Err(error) => return vec![error],
    };
    let mut names = Names { known, labels: BTreeSet::new(), grouped: BTreeSet::new(), errors: Vec::new() };
    let Ok(_) = walk_expr(&mut names, &parsed);
    let Names { labels, grouped, mut errors, .. } = names;
    errors.extend(grouped.difference(&labels).map(|it| format!("no metric of the query has the label {it}")));
    errors
}

struct Names<'a> {
    known: &'a Known,
    /// What the series of the query may have.
    labels: BTreeSet<String>,
    /// What the query groups by.
    grouped: BTreeSet<String>,
    errors: Vec<String>,
}

impl Names<'_> {
    fn selector(&mut self, selector: &VectorSelector) {
        let Some(name) = &selector.name else {
            self.errors.push(format!("a selector without a name: {selector}"));
            return;
        };
        let Some(labels) = self.known.0.get(name) else {
            self.errors.push(format!("no such metric: {name}"));
            return;
        };
        for matcher in selector.matchers.matchers.iter().chain(selector.matchers.or_matchers.iter().flatten())
        {
            if !labels.contains(&matcher.name) {
                self.errors.push(format!("{name} has no label {}", matcher.name));
            }
        }
        self.labels.extend(labels.iter().cloned());
    }

    fn groups(&mut self, labels: &Labels) {
        self.grouped.extend(labels.labels.iter().cloned());
    }
}

impl ExprVisitor for Names<'_> {
    type Error = Infallible;

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, Infallible> {
        match expression {
            Expr::VectorSelector(it) => self.selector(it),
            Expr::MatrixSelector(it) => self.selector(&it.vs),
            Expr::Aggregate(it) => {
                if let Some(LabelModifier::Include(labels) | LabelModifier::Exclude(labels)) = &it.modifier {
                    self.groups(labels);
                }
            }
            Expr::Binary(it) => {
                let modifier = it.modifier.as_ref();
                if let Some(matching) = modifier.and_then(|it| it.matching.as_ref()) {
                    self.groups(matching.labels());
                }
                if let Some(labels) = modifier.and_then(|it| it.card.labels()) {
                    self.groups(labels);
                }
            }
            Expr::Call(it) if it.func.name == "label_replace" => {
                if let Some(Expr::StringLiteral(label)) = it.args.args.get(1).map(AsRef::as_ref) {
                    self.labels.insert(label.val.clone());
                }
            }
            _ => {}
        }
        Ok(true)
    }
}

#[test]
fn a_query_with_a_misspelt_metric_or_label_is_found() {
    let known = Known::of_list("tasks_total kind\nlag_seconds_bucket le log\n");
    let right = "sum by (kind, job) (rate(tasks_total{kind=\"human\"}[$__rate_interval]))";
    assert!(errors(right, &known).is_empty());
    for (wrong, complaint) in [
        ("rate(task_total[5m])", "no such metric: task_total"),
        ("rate(tasks_total{knd=\"human\"}[5m])", "tasks_total has no label knd"),
        ("sum by (kinds) (rate(tasks_total[5m]))", "no metric of the query has the label kinds"),
        ("tasks_total / on (kinds) tasks_total", "no metric of the query has the label kinds"),
        ("tasks_total{le=\"1\"} or lag_seconds_bucket", "tasks_total has no label le"),
        ("{job=\"x\"}", "a selector without a name: {job=\"x\"}"),
    ] {
        assert_eq!(errors(wrong, &known), [complaint], "{wrong}");
    }
    assert_eq!(errors("sum(rate(tasks_total[5m])", &known).len(), 1);
}
