//! A real Prometheus (target/prometheus), which scrapes the three processes as an operator's would, with our rules.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::generator;
use crate::harness::{Client, Held, eventually};

const PROMETHEUS: &str = "target/prometheus/usr/bin/prometheus";

/// A running Prometheus, which ends when it is dropped.
pub(super) struct Prometheus {
    client: Client,
    _held: Held,
    _directory: TempDir,
    _child: Child,
}

impl Prometheus {
    /// Scrapes each job at its address, every second, and evaluates the rules as often.
    pub(super) async fn start(jobs: &[(&str, SocketAddr)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for rules in ["recording.yaml", "alerts.yaml"] {
            let source = generator::root().join("compose/prometheus").join(rules);
            let text = std::fs::read_to_string(source).unwrap().replace("interval: 60s", "interval: 1s");
            std::fs::write(directory.path().join(rules), text).unwrap();
        }
        std::fs::write(directory.path().join("prometheus.yaml"), configuration(jobs)).unwrap();
        // It does not say which port it got.
        let held = Held::new();
        let child = Command::new(generator::root().join(PROMETHEUS))
            .arg("--config.file=prometheus.yaml")
            .arg("--storage.tsdb.path=data")
            .arg(format!("--web.listen-address={}", held.address))
            .current_dir(directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("tests/run installs it");
        let client = Client::new(&format!("http://{}", held.address), None);
        let prometheus = Self { client, _held: held, _directory: directory, _child: child };
        eventually("Prometheus scrapes all", || async {
            let up = prometheus.try_query("up == 1").await.unwrap_or_default();
            (up.len() == jobs.len()).then_some(())
        })
        .await;
        prometheus
    }

    /// What a query finds now: each series with its value. An error is Prometheus' own.
    pub(super) async fn try_query(&self, query: &str) -> Result<Vec<Value>, String> {
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let path = format!("/api/v1/query?query={query}");
        let answer = self.client.try_send(hyper::Method::GET, &path, None).await?;
        if answer.text("status") != "success" {
            return Err(answer.text("error").to_owned());
        }
        Ok(answer.json["data"]["result"].as_array().unwrap().clone())
    }
}

fn configuration(jobs: &[(&str, SocketAddr)]) -> String {
    let mut yaml = "global: { scrape_interval: 1s, evaluation_interval: 1s }\n\
                    rule_files: [recording.yaml, alerts.yaml]\nscrape_configs:\n"
        .to_owned();
    for (job, address) in jobs {
        write!(
            yaml,
            "  - job_name: {job}\n    static_configs:\n      - targets: [\"{address}\"]\n        \
             labels: {{ job: cml-cloud-manager/{job}, instance: {job}-1 }}\n"
        )
        .unwrap();
    }
    yaml
}
