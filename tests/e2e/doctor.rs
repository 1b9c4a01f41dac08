//! `ccm doctor` against installations that are well, and against broken ones: it names what is broken, and what to do.

mod addresses;
mod cleanup;
mod databases;
mod numbering;
mod processes;
mod slow;
mod tempo;
mod tokens;
mod versions;
mod well;

use std::time::Duration;

use serde::Deserialize;

use crate::harness::{Process, Product};

/// Whatever hangs, the command ends within a minute.
const MINUTE: Duration = Duration::from_mins(1);

/// What `ccm doctor --json` has printed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    healthy: bool,
    findings: Vec<Finding>,
    #[serde(skip)]
    code: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    check: String,
    level: Level,
    seen: String,
    #[serde(deserialize_with = "Option::deserialize")]
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Ok,
    Warning,
    Problem,
    NotChecked,
}

impl Said {
    /// The finding of this check and level; fails if there is none.
    #[track_caller]
    fn finding(&self, check: &str, level: Level) -> &Finding {
        let found = self.findings.iter().find(|it| it.check == check && it.level == level);
        found.unwrap_or_else(|| panic!("no {level:?} of {check}: {self:#?}"))
    }

    /// Fails unless a problem of this check is told with these words, and with these in its advice.
    #[track_caller]
    fn expect_problem(&self, check: &str, seen: &str, advice: &str) {
        let found = self.finding(check, Level::Problem);
        assert!(found.seen.contains(seen), "{found:?}");
        assert!(found.advice.as_ref().is_some_and(|it| it.contains(advice)), "{found:?}");
        assert_eq!((self.healthy, self.code), (false, Some(9)), "{self:#?}");
    }

    /// Fails if anything else than these checks has a problem.
    #[track_caller]
    fn expect_no_other_problem(&self, checks: &[&str]) {
        let is_other = |it: &&Finding| it.level == Level::Problem && !checks.contains(&it.check.as_str());
        assert!(self.findings.iter().find(is_other).is_none(), "{self:#?}");
    }
}

/// The settings of the processes of a product, and how to reach it.
fn settings(product: &Product) -> Vec<(String, String)> {
    [
        ("CCM_GATEWAY", format!("http://{}", product.gateway_address)),
        ("CCM_DATA_DIR", product.directory.path().display().to_string()),
        ("CCM_TASK_DATABASE", product.task_database.url.clone()),
        ("CCM_WORKER_DATABASE", product.worker_database.url.clone()),
        ("CCM_SIMULATED_DATABASE", product.provider_database.url.clone()),
        ("CCM_GATEWAY_LISTEN", product.gateway_address.to_string()),
        ("CCM_TASK_LISTEN", product.tasks_address.to_string()),
        ("CCM_WORKER_LISTEN", product.workers_address.to_string()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", product.collector.endpoint.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// Runs the command with the settings of the product, and others.
async fn doctor(product: &Product, others: &[(&str, &str)]) -> Said {
    run(&[], &[], &with(product, others)).await
}

fn with(product: &Product, others: &[(&str, &str)]) -> Vec<(String, String)> {
    let others = others.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    settings(product).into_iter().chain(others).collect()
}

/// Runs the command, started by another program if one is named.
async fn run(by: &[&str], arguments: &[&str], environment: &[(String, String)]) -> Said {
    let arguments = [&["doctor", "--json"], arguments].concat();
    let mut process = Process::spawn_by(by, &arguments, environment);
    let status = process.ended_within(MINUTE).await;
    let lines = process.lines().all();
    let document = lines.iter().find(|it| it.starts_with('{')).unwrap_or_else(|| panic!("{lines:?}"));
    Said { code: status.code(), ..serde_json::from_str(document).unwrap() }
}
