//! A role as a child process. It has a process group of its own, because `up` alone handles Ctrl-C, and a pipe as its
//! standard input: it stops when the pipe is closed, by `up` or because `up` was killed.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use net::grpc::Peer;
use net::grpc::channel::{Health, HealthProbe};
use platform::shutdown::DRAIN;
use telemetry::log_line::LogLine;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::ChildStdin;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::output::Output;
use crate::cli::transport::NOT_OF_UP;
use crate::roles::LISTENING_PREFIX;

/// How long a child may take to stop before it is killed: ten seconds for requests in flight, two for the last spans.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a child may take to serve.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// Longest line that is read from a child; the rest of a longer one becomes the next line.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// The role that a child runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Program {
    Gateway,
    TaskService,
    WorkerService,
}

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gateway => gateway::NAME,
            Self::TaskService => task_service::NAME,
            Self::WorkerService => worker_service::NAME,
        }
    }

    /// Waits until the role serves on `address`: a service reports so in its health check, the gateway serves once it
    /// listens.
    async fn wait_until_serving(self, address: SocketAddr) -> anyhow::Result<()> {
        if matches!(self, Self::Gateway) {
            return Ok(());
        }
        let mut probe = HealthProbe::new(&Peer::new(self.name(), &format!("http://{address}"), None)?);
        while probe.ask(Duration::from_secs(1)).await.health != Health::Serving {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// The arguments and environment of a child to start.
pub(super) struct Command {
    role: Program,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Command {
    pub(super) fn new(role: Program, listen: SocketAddr) -> Self {
        let name = role.name();
        let arguments = [name, "--end-with-stdin", "--listen", &listen.to_string()];
        let arguments = arguments.map(ToOwned::to_owned).to_vec();
        Self { role, arguments, environment: vec![("CCM_LOG_FORMAT".to_owned(), "json".to_owned())] }
    }

    pub(super) fn arguments(mut self, more: &[&str]) -> Self {
        self.arguments.extend(more.iter().map(|it| (*it).to_owned()));
        self
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
        let program = std::env::current_exe().context("cannot determine the path of this executable")?;
        let mut process = tokio::process::Command::new(program);
        process
            .args(self.arguments)
            .envs(self.environment)
            // Each process uses its own service name; an inherited one would be the same for all three.
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
            .with_context(|| format!("cannot start {}", self.role.name()))?;
        let (address_found, listening) = watch::channel(None);
        let last_error = Arc::new(Mutex::new(String::new()));
        let mut readers = Vec::new();
        if let Some(stdout) = process.stdout.take() {
            let output = output.clone();
            readers.push(read_lines(stdout, move |line| {
                if let Some(address) = line.strip_prefix(LISTENING_PREFIX).and_then(|it| it.parse().ok()) {
                    address_found.send_replace(Some(address));
                    return;
                }
                output.log(&line, serde_json::from_str::<LogLine>(&line).ok().as_ref());
            }));
        }
        if let Some(stderr) = process.stderr.take() {
            let (output, last_error) = (output.clone(), last_error.clone());
            readers.push(read_lines(stderr, move |line| match line.strip_prefix("ccm: ") {
                // Reported when the child exits.
                Some(error) => {
                    error.clone_into(&mut *last_error.lock().unwrap_or_else(PoisonError::into_inner));
                }
                None => output.log(&line, None),
            }));
        }
        let input = process.stdin.take();
        Ok(Child { role: self.role, process, input, listening, last_error, readers })
    }
}

/// A running child. It is killed when this is dropped.
pub(super) struct Child {
    role: Program,
    process: tokio::process::Child,
    input: Option<ChildStdin>,
    listening: watch::Receiver<Option<SocketAddr>>,
    last_error: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Child {
    /// Waits until the child serves, and returns its address.
    pub(super) async fn serving(&mut self) -> anyhow::Result<SocketAddr> {
        let (mut listening, role) = (self.listening.clone(), self.role);
        let serving = async {
            let Ok(address) = listening.wait_for(Option::is_some).await.map(|it| *it) else {
                // The output has ended: `exited` will report why.
                return std::future::pending().await;
            };
            let address = address.context("the child printed no address")?;
            role.wait_until_serving(address).await?;
            Ok(address)
        };
        tokio::select! {
            address = serving => address,
            error = self.exited() => Err(error),
            () = tokio::time::sleep(START_TIMEOUT) => {
                anyhow::bail!("{} did not start within {} s", role.name(), START_TIMEOUT.as_secs())
            },
        }
    }

    /// Waits until the child exits; the error has the last error message that it printed, or its exit status.
    pub(super) async fn exited(&mut self) -> anyhow::Error {
        let ended = self.process.wait().await;
        for reader in self.readers.drain(..) {
            let _ = reader.await;
        }
        let message = self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let status = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        let name = self.role.name();
        if message.is_empty() {
            anyhow::anyhow!("{name} ended: {status}")
        } else {
            anyhow::anyhow!("{name} ended: {message}")
        }
    }

    /// Lets the child drain until it is stopped.
    pub(super) async fn drain(&mut self) {
        if let Some(input) = &mut self.input {
            // A child that has ended needs no word.
            let _ = input.write_all(DRAIN).await;
            let _ = input.flush().await;
        }
    }

    /// Stops the child by closing its standard input; kills it after [`STOP_TIMEOUT`].
    pub(super) async fn stop(&mut self) {
        drop(self.input.take());
        if tokio::time::timeout(STOP_TIMEOUT, self.process.wait()).await.is_err() {
            let _ = self.process.kill().await;
        }
        for reader in self.readers.drain(..) {
            let _ = reader.await;
        }
    }
}

fn read_lines(
    from: impl AsyncRead + Unpin + Send + 'static,
    handle: impl Fn(String) + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            line.clear();
            match (&mut lines).take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => handle(String::from_utf8_lossy(&line).trim_end().to_owned()),
            }
        }
    })
}
