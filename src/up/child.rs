//! One role as a child process: in a process group of its own (a terminal's Ctrl-C is for `up` to handle), with a pipe on
//! its standard input whose end tells it to stop, whether `up` closes it or dies.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use net::grpc::Peer;
use net::grpc::channel::{Health, HealthProbe};
use telemetry::log_line::LogLine;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::ChildStdin;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::output::Output;
use crate::cli::transport::NOT_OF_UP;
use crate::roles::LISTENS;

/// A child has this long to stop: what is in flight may take ten seconds, the last spans two.
const STOP: Duration = Duration::from_secs(15);
/// A child that does not listen by then never will.
const START: Duration = Duration::from_mins(1);
/// A longer line goes on in the next one.
const LINE: u64 = 64 * 1024;

#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    Gateway,
    TaskService,
    WorkerService,
}

impl Role {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gateway => gateway::NAME,
            Self::TaskService => task_service::NAME,
            Self::WorkerService => worker_service::NAME,
        }
    }

    /// Waits until it serves: a service when its health says so, the gateway as soon as it listens.
    async fn serves(self, address: SocketAddr) -> anyhow::Result<()> {
        if matches!(self, Self::Gateway) {
            return Ok(());
        }
        let mut probe = HealthProbe::new(&Peer::new(self.name(), &format!("http://{address}"), None)?);
        while probe.check(Duration::from_secs(1)).await != Health::Serving {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// A child before it runs.
pub(super) struct Command {
    role: Role,
    arguments: [String; 4],
    environment: Vec<(String, String)>,
}

impl Command {
    pub(super) fn new(role: Role, listen: SocketAddr) -> Self {
        let name = role.name();
        let arguments = [name, "--end-with-stdin", "--listen", &listen.to_string()].map(ToOwned::to_owned);
        Self { role, arguments, environment: vec![("CCM_LOG_FORMAT".to_owned(), "json".to_owned())] }
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn envs(mut self, variables: Vec<(String, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    pub(super) fn spawn(self, output: &Output) -> anyhow::Result<Child> {
        let program = std::env::current_exe().context("this program's own path is not known")?;
        let mut process = tokio::process::Command::new(program);
        process
            .args(self.arguments)
            .envs(self.environment)
            // Three processes, three names: with one name for all, nobody could tell them apart.
            .env_remove("OTEL_SERVICE_NAME");
        for name in NOT_OF_UP {
            process.env_remove(name);
        }
        let mut process = process
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.role.name()))?;
        let (found, listening) = watch::channel(None);
        let last_words = Arc::new(Mutex::new(String::new()));
        let mut readers = Vec::new();
        if let Some(stdout) = process.stdout.take() {
            let output = output.clone();
            readers.push(read_lines(stdout, move |line| {
                if let Some(address) = line.strip_prefix(LISTENS).and_then(|it| it.parse().ok()) {
                    found.send_replace(Some(address));
                    return;
                }
                output.log(&line, serde_json::from_str::<LogLine>(&line).ok().as_ref());
            }));
        }
        if let Some(stderr) = process.stderr.take() {
            let (output, words) = (output.clone(), last_words.clone());
            readers.push(read_lines(stderr, move |line| match line.strip_prefix("ccm: ") {
                // Told with its death, and not before.
                Some(said) => said.clone_into(&mut *words.lock().unwrap_or_else(PoisonError::into_inner)),
                None => output.log(&line, None),
            }));
        }
        let input = process.stdin.take();
        Ok(Child { role: self.role, process, input, listening, last_words, readers })
    }
}

/// A running child; dropped, it is killed.
pub(super) struct Child {
    role: Role,
    process: tokio::process::Child,
    input: Option<ChildStdin>,
    listening: watch::Receiver<Option<SocketAddr>>,
    last_words: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Child {
    /// Where it listens, once it serves.
    pub(super) async fn serving(&mut self) -> anyhow::Result<SocketAddr> {
        let (mut listening, role) = (self.listening.clone(), self.role);
        let serving = async {
            let Ok(address) = listening.wait_for(Option::is_some).await.map(|it| *it) else {
                // Its output ended; why, its death tells.
                return std::future::pending().await;
            };
            let address = address.context("no address")?;
            role.serves(address).await?;
            Ok(address)
        };
        tokio::select! {
            address = serving => address,
            error = self.died() => Err(error),
            () = tokio::time::sleep(START) => anyhow::bail!("{} does not come up", role.name()),
        }
    }

    /// Waits for its end, and tells it with its last words.
    pub(super) async fn died(&mut self) -> anyhow::Error {
        let ended = self.process.wait().await;
        for reader in self.readers.drain(..) {
            let _ = reader.await;
        }
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        let name = self.role.name();
        if words.is_empty() {
            anyhow::anyhow!("{name} ended: {how}")
        } else {
            anyhow::anyhow!("{name} ended: {words}")
        }
    }

    /// Tells it to stop, and waits until it has; one that does not is killed.
    pub(super) async fn stop(&mut self) {
        drop(self.input.take());
        if tokio::time::timeout(STOP, self.process.wait()).await.is_err() {
            let _ = self.process.kill().await;
        }
        for reader in self.readers.drain(..) {
            let _ = reader.await;
        }
    }
}

fn read_lines(
    from: impl AsyncRead + Unpin + Send + 'static,
    keep: impl Fn(String) + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            line.clear();
            match (&mut lines).take(LINE).read_until(b'\n', &mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => keep(String::from_utf8_lossy(&line).trim_end().to_owned()),
            }
        }
    })
}
