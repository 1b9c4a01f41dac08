//! One process of the product, started as an operator would, which ends when the test does: its standard input is a pipe
//! of ours.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::{DEADLINE, eventually, secrets};

const CCM: &str = env!("CARGO_BIN_EXE_ccm");

/// A running `ccm`.
pub(crate) struct Process {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    child: Child,
    lines: Lines,
    readers: Vec<JoinHandle<()>>,
}

/// What it has printed so far, standard output and error alike.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// The log lines among them.
    pub(crate) fn logged(&self) -> Vec<Value> {
        self.all().iter().filter_map(|it| serde_json::from_str(it).ok()).collect()
    }
}

impl Process {
    pub(crate) fn spawn(arguments: &[&str], environment: &[(String, String)]) -> Self {
        Self::spawn_by(&[], arguments, environment)
    }

    /// Started by another program, which becomes it.
    pub(crate) fn spawn_by(by: &[&str], arguments: &[&str], environment: &[(String, String)]) -> Self {
        let arguments = by.iter().chain(&[CCM]).chain(arguments);
        let arguments: Vec<String> = arguments.map(|&it| it.to_owned()).collect();
        let (child, lines, readers) = spawn(&arguments, environment);
        Self { arguments, environment: environment.to_vec(), child, lines, readers }
    }

    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// The first line that `find` makes something of.
    pub(crate) async fn printed<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        eventually(what, || {
            let found = self.lines.all().iter().find_map(|it| find(it));
            async { found }
        })
        .await
    }

    /// Where `service` says that it listens.
    pub(crate) async fn listening(&self, service: &str) -> SocketAddr {
        self.printed(&format!("{service} listens"), |line| {
            let line: Value = serde_json::from_str(line).ok()?;
            (line["message"] == "listening" && line["service"] == service)
                .then(|| line["address"].as_str().unwrap().parse().unwrap())
        })
        .await
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGKILL, and gone.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// A signal by its name, as the shell's `kill` sends it.
    pub(crate) fn signal(&self, name: &str) {
        super::signal(name, self.id());
    }

    /// Closes the pipe of its standard output, as a reader does that ends. What it prints from now on is not read.
    pub(crate) async fn close_output(&mut self) {
        let reader = self.readers.remove(0);
        reader.abort();
        assert!(reader.await.unwrap_err().is_cancelled());
    }

    /// Closes its standard input, which asks it to stop, and waits for its end.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        self.ended().await
    }

    /// Waits for its end, and until everything that it has printed was read.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        self.ended_within(DEADLINE).await
    }

    /// The same of a process that takes its time.
    pub(crate) async fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        let status = tokio::time::timeout(limit, self.child.wait()).await.expect("it ends").unwrap();
        for reader in self.readers.drain(..) {
            tokio::time::timeout(DEADLINE, reader).await.expect("its output ends").unwrap();
        }
        status
    }

    /// Starts it again just as it was started, after it has ended.
    pub(crate) fn restart(&mut self, listen: SocketAddr) {
        let at = self.arguments.iter().position(|it| it == "--listen").expect("a role");
        self.arguments[at + 1] = listen.to_string();
        self.assert_no_secrets();
        (self.child, self.lines, self.readers) = spawn(&self.arguments, &self.environment);
    }

    /// The same with these settings instead of those that it had of the same names.
    pub(crate) fn restart_with(&mut self, listen: SocketAddr, settings: &[(&str, &str)]) {
        let settings = settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        self.environment.extend(settings);
        self.restart(listen);
    }

    /// Fails if the process has written a secret. `ccm token` prints a token, and the first lines of `ccm up` have one.
    fn assert_no_secrets(&self) {
        let is = |command| self.arguments.iter().any(|it| it == command);
        let is_role = ["gateway", "task-service", "worker-service"].into_iter().any(is);
        secrets::assert_none_in(&self.lines.all(), !is_role);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.assert_no_secrets();
    }
}

fn spawn(arguments: &[String], environment: &[(String, String)]) -> (Child, Lines, Vec<JoinHandle<()>>) {
    secrets::note_environment(environment);
    let mut command = Command::new(&arguments[0]);
    // What the developer's shell says of telemetry or of the product must not decide a test.
    for (name, _) in std::env::vars_os() {
        let known = name.to_string_lossy();
        if known.starts_with("OTEL_") || known.starts_with("CCM_") || known == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    let mut child = command
        .args(&arguments[1..])
        // The receivers of most tests take spans only.
        .env("OTEL_METRICS_EXPORTER", "none")
        .envs(environment.iter().cloned())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let lines = Lines::default();
    let readers =
        vec![keep(child.stdout.take().unwrap(), &lines), keep(child.stderr.take().unwrap(), &lines)];
    (child, lines, readers)
}

fn keep(from: impl AsyncRead + Unpin + Send + 'static, lines: &Lines) -> JoinHandle<()> {
    let (mut from, lines) = (BufReader::new(from).lines(), lines.clone());
    tokio::spawn(async move {
        while let Ok(Some(line)) = from.next_line().await {
            lines.0.lock().unwrap().push(line);
        }
    })
}
