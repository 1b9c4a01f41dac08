//! What is measured: a gateway and a service of the product, or of the bare pair, with one way of tracing, on a database
//! of their own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use http::HeaderValue;
use tokio::process::{Child, Command};

use crate::load::{self, Connection, Row, Target};
use crate::machine::{self, Usage};
use crate::receiver;
use crate::tls::Tls;

/// Whose processes, and how they trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Setup {
    /// The product, `OTEL_SDK_DISABLED=true`
    ProductOff,
    /// The bare pair without layers
    BareOff,
    /// The product, 1 % sampled
    Product1,
    /// The product, all sampled
    Product100,
    /// The bare pair with stock layers, all sampled
    Bare100,
    /// The pair in Python, FastAPI and grpc.aio, without instrumentation: with --peers
    PeersOff,
    /// The pair in Python with the stock instrumentation, all sampled: with --peers
    Peers100,
    /// The product, untraced and without its line a request: not in the table unless asked for
    ProductQuiet,
    /// The product, all sampled, with log records and metrics every second: of --outages
    ProductSignals,
}

impl Setup {
    /// Those that --peers adds.
    pub(crate) const PEERS: [Self; 2] = [Self::PeersOff, Self::Peers100];

    /// Those of the table, in the order of a round.
    pub(crate) const TABLE: [Self; 5] =
        [Self::ProductOff, Self::BareOff, Self::Product1, Self::Product100, Self::Bare100];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ProductOff => "product-off",
            Self::BareOff => "bare-off",
            Self::Product1 => "product-1",
            Self::Product100 => "product-100",
            Self::Bare100 => "bare-100",
            Self::PeersOff => "peers-off",
            Self::Peers100 => "peers-100",
            Self::ProductQuiet => "product-quiet",
            Self::ProductSignals => "product-signals",
        }
    }

    pub(crate) fn is_bare(self) -> bool {
        matches!(self, Self::BareOff | Self::Bare100)
    }

    fn is_peer(self) -> bool {
        matches!(self, Self::PeersOff | Self::Peers100)
    }

    /// Whose it is, as the table names it.
    pub(crate) fn who(self) -> &'static str {
        match self {
            _ if self.is_bare() => "bare",
            _ if self.is_peer() => "FastAPI",
            _ => "product",
        }
    }

    pub(crate) fn tracing(self) -> &'static str {
        match self {
            Self::ProductOff | Self::BareOff | Self::PeersOff => "off",
            Self::Product1 => "1 %",
            Self::Product100 | Self::Bare100 | Self::Peers100 | Self::ProductSignals => "100 %",
            Self::ProductQuiet => "off, no log",
        }
    }

    fn environment(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::ProductOff => &[("OTEL_SDK_DISABLED", "true")],
            Self::ProductQuiet => &[("OTEL_SDK_DISABLED", "true"), ("RUST_LOG", "warn")],
            Self::Product1 => {
                &[("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.01")]
            }
            Self::ProductSignals => {
                &[("OTEL_LOGS_EXPORTER", "otlp"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000")]
            }
            Self::BareOff | Self::Product100 | Self::Bare100 | Self::PeersOff | Self::Peers100 => &[],
        }
    }
}

/// The folder of the repository.
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What every setup of a run shares.
#[derive(Clone)]
pub(crate) struct Common {
    /// Where `ccm` and `ccm-bare` are.
    pub(crate) programs: PathBuf,
    /// The Python environment of the peers, which `tests/bench/run --peers` makes.
    pub(crate) peers: PathBuf,
    pub(crate) keys: PathBuf,
    /// All connections are encrypted with it.
    pub(crate) tls: Option<Tls>,
    pub(crate) authorization: HeaderValue,
    pub(crate) collector: SocketAddr,
    /// Tasks to begin with.
    pub(crate) tasks: usize,
}

/// A setup that runs. Its processes end with this value.
pub(crate) struct Running {
    pub(crate) setup: Setup,
    pub(crate) target: Target,
    children: Vec<Child>,
    ids: Vec<u32>,
}

impl Running {
    /// Starts the processes on `database`, waits until they answer, and makes the tasks. The gateway gets `settings`, too.
    pub(crate) async fn start(
        setup: Setup,
        common: &Common,
        database: &str,
        settings: &[&str],
    ) -> anyhow::Result<Self> {
        let (gateway, service) = (free_address()?, free_address()?);
        let service_url = format!("http{}://{service}", if common.tls.is_some() { "s" } else { "" });
        let keys = common.keys.display().to_string();
        let (gateway_listen, service_listen) = (gateway.to_string(), service.to_string());
        let service_listener = service.to_string();
        let (mut of_service, mut of_gateway) = if setup.is_peer() {
            let common = ["--keys", &keys, "--listen"];
            let of_service = [
                &["service.py"],
                &common[..],
                &[&service_listen, "--database", database, "--migrations", REPOSITORY],
            ];
            let of_gateway =
                [&["gateway.py"], &common[..], &[&gateway_listen, "--service", &service_listener]];
            (of_service.concat(), of_gateway.concat())
        } else if setup.is_bare() {
            let of_service =
                vec!["service", "--listen", &service_listen, "--keys", &keys, "--database", database];
            let of_gateway =
                vec!["gateway", "--listen", &gateway_listen, "--keys", &keys, "--service", &service_url];
            (of_service, of_gateway)
        } else {
            let common = ["--end-with-stdin", "--local-keys", &keys, "--listen"];
            let of_service = [&["task-service"], &common[..], &[&service_listen, "--database", database]];
            let of_gateway = [
                &["gateway"],
                &common[..],
                &[&gateway_listen, "--task-service", &service_url, "--caller-rate", "0"],
            ];
            (of_service.concat(), of_gateway.concat())
        };
        if matches!(setup, Setup::Bare100 | Setup::Peers100) {
            of_service.push("--traced");
            of_gateway.push("--traced");
        }
        let tls = common
            .tls
            .as_ref()
            .map(|it| (it.certificate.display().to_string(), it.key.display().to_string()));
        if let Some((certificate, key)) = &tls {
            anyhow::ensure!(!setup.is_peer(), "the pair in Python has no TLS");
            of_service.extend(["--tls-cert", certificate, "--tls-key", key]);
            of_gateway.extend(["--tls-cert", certificate, "--tls-key", key, "--grpc-ca", certificate]);
        }
        of_gateway.extend(settings);
        let children = vec![spawn(setup, common, &of_service)?, spawn(setup, common, &of_gateway)?];
        let ids = children.iter().filter_map(Child::id).collect();
        let target = Target {
            gateway,
            authorization: common.authorization.clone(),
            tasks: Arc::default(),
            tls: common.tls.clone(),
        };
        let mut running = Self { setup, target, children, ids };
        running.wait_until_up().await?;
        running.target.tasks = Arc::new(load::seed(&running.target, common.tasks).await?);
        Ok(running)
    }

    async fn wait_until_up(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let answered = async { Connection::open(&self.target, 0).await?.send(Row::List).await };
            let Err(error) = answered.await else { return Ok(()) };
            for child in &mut self.children {
                if let Some(status) = child.try_wait()? {
                    bail!("a process of {} ended with {status}", self.setup.name());
                }
            }
            if started.elapsed() > Duration::from_secs(30) {
                return Err(error.context(format!("{} does not come up", self.setup.name())));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What both processes together have used so far.
    pub(crate) fn usage(&self) -> anyhow::Result<Usage> {
        self.ids.iter().map(|&it| machine::usage(it)).sum::<anyhow::Result<Usage>>()
    }

    /// Their ids, service first: for a profiler.
    pub(crate) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Ends them, the gateway first.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.children).await
    }
}

/// Ends processes, the last one first.
pub(crate) async fn stop(mut children: Vec<Child>) -> anyhow::Result<()> {
    for child in children.iter_mut().rev() {
        drop(child.stdin.take());
        if tokio::time::timeout(Duration::from_secs(15), child.wait()).await.is_err() {
            child.kill().await?;
        }
    }
    Ok(())
}

/// Starts a process of a setup, which ends with the bench.
pub(crate) fn spawn(setup: Setup, common: &Common, arguments: &[&str]) -> anyhow::Result<Child> {
    let program = if setup.is_peer() {
        common.peers.join("bin/python")
    } else {
        common.programs.join(if setup.is_bare() { "ccm-bare" } else { "ccm" })
    };
    let mut command = Command::new(&program);
    if setup.is_peer() {
        command.current_dir(format!("{REPOSITORY}/tests/bench/peers"));
        command.env("PYTHONPATH", common.peers.join("generated"));
    }
    // What the shell says of telemetry or of the product must not decide a measurement.
    for (name, _) in std::env::vars_os() {
        let known = name.to_string_lossy();
        if known.starts_with("OTEL_") || known.starts_with("CCM_") || known == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .envs(setup.environment().iter().copied())
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", common.collector))
        .env("OTEL_RESOURCE_ATTRIBUTES", format!("{}={}", receiver::SETUP, setup.name()))
        .stdin(Stdio::piped())
        // Lines are made and written, and read by nobody: a reader would need the CPU that is measured.
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{} does not start", program.display()))
}

/// An address that was free a moment ago. Its port is none of those that Linux gives to connections of clients by default (32768 and above):
/// with a thousand of them, one would have it before the process that is to listen there has started.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    const FIRST: u32 = 16_384;
    const COUNT: u32 = 16_384;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        // Benchmarks that run at the same time usually begin at different ports.
        let number = std::process::id().wrapping_mul(64).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(FIRST + number % COUNT)?));
        if std::net::TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("none of the {COUNT} ports from {FIRST} on is free")
}

/// The address of a new SQLite database under `directory`.
pub(crate) fn sqlite(directory: &Path, setup: Setup) -> String {
    format!("sqlite:{}", directory.join(format!("{}.db", setup.name())).display())
}
