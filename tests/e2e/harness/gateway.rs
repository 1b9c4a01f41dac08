//! A gateway without services, for what a single process does.

use std::net::SocketAddr;

use access::local::{self, LocalIssuer};
use serde_json::Value;
use tempfile::TempDir;

use super::{Answer, Client, Process, eventually};

/// A gateway alone: a request to it makes one span.
pub(crate) struct Gateway {
    process: Process,
    client: Client,
    address: SocketAddr,
    _directory: TempDir,
}

impl Gateway {
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let (process, directory) = Self::spawn(settings);
        let address = process.listening("gateway").await;
        let client = Client::new(&format!("http://{address}"), None);
        Self { process, client, address, _directory: directory }
    }

    /// Starts one that cannot serve, and answers what it says of it.
    pub(crate) async fn start_fails(settings: &[(&str, &str)]) -> String {
        let (mut process, _directory) = Self::spawn(settings);
        assert!(!process.ended().await.success());
        process.lines().all().into_iter().filter(|it| it.starts_with("ccm: ")).collect()
    }

    fn spawn(settings: &[(&str, &str)]) -> (Process, TempDir) {
        let directory = tempfile::tempdir().unwrap();
        LocalIssuer::open_or_create(directory.path()).unwrap();
        let keys = local::public_keys_path(directory.path()).display().to_string();
        let common = [("CCM_LOCAL_KEYS", keys.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
        let environment: Vec<(String, String)> =
            common.iter().chain(settings).map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let arguments = ["gateway", "--end-with-stdin", "--listen", "127.0.0.1:0"];
        (Process::spawn(&arguments, &environment), directory)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A caller without a token.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.client.get(path).await
    }

    /// Makes a span, and answers its trace id.
    pub(crate) async fn request(&self) -> String {
        let answer = self.client.get("/nowhere").await;
        assert_eq!(answer.status, 404);
        answer.header("x-trace-id").to_owned()
    }

    /// Ends, so that all spans have left.
    pub(crate) async fn stop(&mut self) {
        assert!(self.process.stop().await.success());
    }

    /// All lines that it has printed.
    pub(crate) fn printed(&self) -> Vec<String> {
        self.process.lines().all()
    }

    /// The log lines with this message.
    pub(crate) fn logged(&self, message: &str) -> Vec<Value> {
        self.process.lines().logged().into_iter().filter(|it| it["message"] == message).collect()
    }

    /// Waits for a log line with this message.
    pub(crate) async fn logs(&self, message: &str) -> Value {
        eventually(message, || async { self.logged(message).into_iter().next() }).await
    }

    /// All warnings but those of event streams and of unreachable services: it has neither services nor a token of its own.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let lines = self.process.lines().logged();
        let is_expected = |it: &Value| {
            it["target"].as_str().is_some_and(|it| it.starts_with("gateway::stream"))
                || it["message"] == "a replica is unreachable"
        };
        let warnings = lines.iter().filter(|it| it["level"] == "WARN" && !is_expected(it));
        warnings.map(|it| it["message"].as_str().unwrap().to_owned()).collect()
    }

    /// A count of the last word about lost spans.
    pub(crate) fn lost(&self, count: &str) -> u64 {
        let last = self.logged("spans were lost, counted until shutdown").pop();
        last.map_or(0, |it| it[count].as_u64().unwrap())
    }
}
