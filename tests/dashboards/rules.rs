//! Rules of Prometheus from the objectives.

use std::fmt::Write as _;

use serde::Deserialize;

const HEAD: &str = "# Made by `cargo run --example dashboards` from slo.toml: change that file.\n";

/// The pairs of windows, from the SRE workbook: the long one, the short one, and how many times the sustainable rate the
/// errors come.
const PAGE: [(&str, &str, &str); 2] = [("1h", "5m", "14.4"), ("6h", "30m", "6")];
const TICKET: [(&str, &str, &str); 1] = [("3d", "6h", "1")];
/// Seconds between two evaluations: a recorded rate stands for that many seconds.
const INTERVAL: u32 = 60;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Objectives {
    runbooks: String,
    objective: Vec<Objective>,
    recording: Vec<Recording>,
    alert: Vec<Alert>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Objective {
    name: String,
    /// The share of good events.
    target: f64,
    /// Fewer events in a window say nothing.
    minimum: u32,
    total: String,
    bad: Option<String>,
    good: Option<String>,
    summary: String,
    description: String,
    section: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recording {
    pub(crate) record: String,
    pub(crate) promql: String,
    #[serde(default)]
    pub(crate) objective: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alert {
    pub(crate) name: String,
    pub(crate) promql: String,
    #[serde(rename = "for")]
    lasts: String,
    severity: String,
    summary: String,
    description: String,
    /// The section of docs/troubleshooting.md.
    pub(crate) section: String,
}

impl Objectives {
    /// The recordings, those of objectives first.
    pub(crate) fn recordings(&self) -> Vec<Recording> {
        let mut all: Vec<Recording> = self.objective.iter().flat_map(Objective::recordings).collect();
        all.extend(self.recording.iter().map(|it| Recording {
            record: it.record.clone(),
            promql: it.promql.clone(),
            objective: None,
        }));
        all
    }

    /// The alerts, those of objectives first.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        self.objective.iter().flat_map(Objective::alerts).chain(self.alert.iter().cloned()).collect()
    }

    pub(crate) fn recording_rules(&self) -> String {
        let mut yaml =
            format!("{HEAD}groups:\n  - name: recordings\n    interval: {INTERVAL}s\n    rules:\n");
        for rule in self.recordings() {
            write!(yaml, "      - record: {}\n        expr: {}\n", rule.record, block(&rule.promql))
                .expect("a String takes everything");
            if let Some(objective) = &rule.objective {
                write!(yaml, "        labels:\n          objective: {objective}\n")
                    .expect("a String takes everything");
            }
        }
        yaml
    }

    pub(crate) fn alerting_rules(&self) -> String {
        let mut yaml = format!("{HEAD}groups:\n  - name: alerts\n    interval: {INTERVAL}s\n    rules:\n");
        for alert in self.alerts() {
            let Alert { name, promql, lasts, severity, summary, description, section } = alert;
            write!(
                yaml,
                "      - alert: {name}\n        expr: {}\n        for: {lasts}\n        labels:\n          \
                 severity: {severity}\n        annotations:\n          summary: {}\n          description: {}\n          \
                 runbook_url: {}#{section}\n",
                block(&promql),
                quoted(&summary),
                quoted(&description),
                self.runbooks,
            )
            .expect("a String takes everything");
        }
        yaml
    }
}

impl Objective {
    /// What an event and a bad event are, as rates over five minutes, from which all windows follow; and the share of bad
    /// events that the objective allows.
    fn recordings(&self) -> Vec<Recording> {
        let total = format!("sum(rate({}[5m]))", self.total);
        let bad = match (&self.bad, &self.good) {
            // Without a bad event there is no series of one.
            (Some(bad), None) => format!("sum(rate({bad}[5m])) or 0 * {total}"),
            (None, Some(good)) => format!("clamp_min({total} - sum(rate({good}[5m])), 0)"),
            _ => panic!("{}: either `bad` or `good`", self.name),
        };
        let rule = |record: &str, promql| Recording {
            record: record.to_owned(),
            promql,
            objective: Some(self.name.clone()),
        };
        vec![
            rule("objective:slo_events:rate5m", total),
            rule("objective:slo_bad_events:rate5m", bad),
            rule("objective:slo_budget:ratio", format!("vector({})", self.budget())),
        ]
    }

    fn budget(&self) -> String {
        let budget = format!("{:.6}", 1.0 - self.target);
        budget.trim_end_matches('0').to_owned()
    }

    fn alerts(&self) -> [Alert; 2] {
        let alert = |how: &str, severity: &str, windows: &[_]| Alert {
            name: format!("{}Burns{how}", self.name),
            promql: windows.iter().map(|it| self.burns(it)).collect::<Vec<_>>().join("\nor\n"),
            lasts: "0m".to_owned(),
            severity: severity.to_owned(),
            summary: self.summary.clone(),
            description: self.description.clone(),
            section: self.section.clone(),
        };
        [alert("Fast", "page", &PAGE), alert("Slowly", "ticket", &TICKET)]
    }

    fn burns(&self, &(long, short, times): &(&str, &str, &str)) -> String {
        let series = |of: &str| format!("objective:slo_{of}:rate5m{{objective=\"{}\"}}", self.name);
        let over = |of, window: &str| match window {
            "5m" => series(of),
            _ => format!("avg_over_time({}[{window}])", series(of)),
        };
        let is_high = |window| {
            let (bad, all, budget) = (over("bad_events", window), over("events", window), self.budget());
            format!("{bad}\n    / {all} > {times} * {budget}")
        };
        format!(
            "(\n  {}\n  and {}\n  and sum_over_time({}[{long}]) * {INTERVAL} >= {}\n)",
            is_high(long),
            is_high(short),
            series("events"),
            self.minimum
        )
    }
}

/// A block of YAML, below `expr:` of a rule.
fn block(promql: &str) -> String {
    let lines: Vec<String> = promql.trim().lines().map(|it| format!("          {it}")).collect();
    format!("|-\n{}", lines.join("\n"))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
