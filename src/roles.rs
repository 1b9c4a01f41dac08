//! The roles: from settings to a running service, and back out in order.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;

use access::{Expected, Keys, TokenSource, Verifier, local};
use anyhow::Context as _;
use net::grpc::Peer;
use platform::clock::Clock;
use platform::shutdown::{self, Shutdown};
use telemetry::propagation::Edge;
use telemetry::{Process, Telemetry};
use tokio::net::TcpListener;

use crate::cli;

pub(crate) async fn gateway(settings: cli::Gateway) -> anyhow::Result<()> {
    let frame = Frame::start(gateway::NAME, &settings.common, Some(settings.trace_ratio))?;
    let served = async {
        let client_tls = settings.client.tls()?;
        let verifier = frame.verifier(&settings.common)?;
        let config = gateway::Config {
            verifier,
            token_source: token_source(&settings.common)?,
            clock: frame.clock.clone(),
            task_service: Peer::new(task_service::NAME, &settings.task_service, client_tls.as_ref())?,
            worker_service: Peer::new(worker_service::NAME, &settings.worker_service, client_tls.as_ref())?,
            tls: settings.certificate.server(gateway::ALPN_PROTOCOLS)?,
            edge: match settings.trace_edge {
                cli::TraceEdge::Continue => Edge::Continue,
                cli::TraceEdge::Link => Edge::Link,
            },
            limits: gateway::Limits {
                connections: settings.max_connections,
                header_timeout: settings.header_timeout,
                request_timeout: settings.request_timeout,
                write_timeout: settings.write_timeout,
                header_bytes: settings.max_header_bytes,
                body_bytes: settings.max_body_bytes,
                requests: settings.max_requests_in_flight,
                untaken_bytes: settings.max_untaken_bytes,
                caller_rate: NonZeroU32::new(settings.caller_rate)
                    .map(|per_second| gateway::Rate { per_second, burst: settings.caller_burst }),
            },
        };
        let listener = listen(settings.listen, &settings.common).await?;
        gateway::serve(config, listener, frame.shutdown.clone()).await;
        anyhow::Ok(())
    };
    let outcome = served.await;
    frame.stop(outcome).await
}

pub(crate) async fn task_service(settings: cli::TaskService) -> anyhow::Result<()> {
    let frame = Frame::start(task_service::NAME, &settings.common, None)?;
    let served = async {
        let client_tls = settings.client.tls()?;
        let config = task_service::Config {
            service: frame.service(
                &settings.common,
                settings.database,
                &settings.server,
                &settings.event_log,
            )?,
            worker_service: Peer::new(worker_service::NAME, &settings.worker_service, client_tls.as_ref())?,
        };
        let listener = listen(settings.listen, &settings.common).await?;
        Ok(task_service::serve(config, listener, frame.shutdown.clone()).await?)
    };
    let outcome = served.await;
    frame.stop(outcome).await
}

pub(crate) async fn worker_service(settings: cli::WorkerService) -> anyhow::Result<()> {
    let frame = Frame::start(worker_service::NAME, &settings.common, None)?;
    let served = async {
        let config = worker_service::Config {
            service: frame.service(
                &settings.common,
                settings.database,
                &settings.server,
                &settings.event_log,
            )?,
        };
        let listener = listen(settings.listen, &settings.common).await?;
        Ok(worker_service::serve(config, listener, frame.shutdown.clone()).await?)
    };
    let outcome = served.await;
    frame.stop(outcome).await
}

/// As many as the system lets, up to this.
const OPEN_FILES: u64 = 65_536;

/// What stands around every role.
struct Frame {
    clock: Clock,
    shutdown: Shutdown,
    telemetry: Telemetry,
}

impl Frame {
    fn start(service: &'static str, common: &cli::Common, trace_ratio: Option<f64>) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let (is_terminal, colour) = (std::io::stdout().is_terminal(), cli::colour());
        let log_format = match common.log_format {
            cli::LogFormat::Text => telemetry::LogFormat::Text { colour },
            cli::LogFormat::Auto if is_terminal => telemetry::LogFormat::Text { colour },
            cli::LogFormat::Auto | cli::LogFormat::Json => telemetry::LogFormat::Json,
        };
        let baggage_keys = common.baggage_keys.iter().filter(|it| !it.is_empty()).cloned().collect();
        let version = env!("CARGO_PKG_VERSION");
        let process = Process { service, version, log_format, trace_ratio, baggage_keys };
        let telemetry = telemetry::start(&process, &clock)?;
        let shutdown = Shutdown::new();
        shutdown::on_signals(&shutdown, common.end_with_stdin)?;
        // A shell's 1,024 would be the end before CCM_MAX_CONNECTIONS is.
        match rlimit::increase_nofile_limit(OPEN_FILES) {
            Ok(open_files) => tracing::debug!(open_files, "the limit of open files"),
            Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
        }
        Ok(Self { clock, shutdown, telemetry })
    }

    /// Verifies the tokens of the issuer, when there is one, or those of the local key. Never both: whoever can read
    /// the local key is nobody to the issuer.
    fn verifier(&self, common: &cli::Common) -> anyhow::Result<Verifier> {
        let tokens = common.tokens.clone();
        let Some(issuer) = tokens.oidc_issuer else {
            let keys = Keys::read(&common.local_keys).context("no caller could be known")?;
            let expected = Expected { leeway: tokens.clock_leeway, ..Expected::of(local::ISSUER) };
            return Ok(Verifier::of_keys(expected, keys, self.clock.clone()));
        };
        let expected = Expected {
            issuer: issuer.to_string(),
            audience: tokens.oidc_audience,
            roles_claim: tokens.roles_claim,
            department_claim: tokens.department_claim,
            leeway: tokens.clock_leeway,
        };
        Verifier::of_issuer(&issuer, expected, self.clock.clone()).context("no caller could be known")
    }

    /// What every stateful role needs to know.
    fn service(
        &self,
        common: &cli::Common,
        database_url: String,
        server: &cli::transport::GrpcServer,
        event_log: &cli::event_log::EventLog,
    ) -> anyhow::Result<service::Config> {
        Ok(service::Config {
            database_url,
            verifier: self.verifier(common)?,
            token_source: token_source(common)?,
            connections: server.connections()?,
            watch: event_log.watch(),
            retention: event_log.retention(),
            clock: self.clock.clone(),
        })
    }

    /// Sends the last spans and log lines, whatever the outcome.
    async fn stop(self, outcome: anyhow::Result<()>) -> anyhow::Result<()> {
        if let Err(error) = &outcome {
            tracing::error!(error = format!("{error:#}"), "ended");
        }
        self.telemetry.stop().await;
        outcome
    }
}

/// Where a role gets a token of its own; `None` when no setting says so.
fn token_source(common: &cli::Common) -> anyhow::Result<Option<TokenSource>> {
    Ok(common.identity.source(common.tokens.oidc_issuer.as_ref())?)
}

/// A role's listener. A child of `up` says where it is, whatever its log filter.
async fn listen(address: SocketAddr, common: &cli::Common) -> anyhow::Result<TcpListener> {
    let listener = bind(address).await?;
    if common.end_with_stdin {
        println!("{LISTENS}{}", listener.local_addr()?);
    }
    Ok(listener)
}

/// What a child's first line begins with.
pub(crate) const LISTENS: &str = "listens at ";

/// A listener, or a sentence that says why not.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "{address} is already in use: stop what listens there, or configure another address"
            )
        }
        _ => anyhow::anyhow!("{address} cannot be listened at: {error}"),
    })
}
