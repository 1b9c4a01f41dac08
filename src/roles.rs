//! Runs one role (gateway, task-service or worker-service): starts telemetry, makes the configuration from the
//! settings, serves until the shutdown, and sends the last spans and log lines.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use access::{ExpectedClaims, Keys, TokenSource, Verifier, local};
use anyhow::Context as _;
use net::grpc::Peer;
use platform::clock::Clock;
use platform::shutdown::{self, Shutdown};
use telemetry::propagation::Edge;
use telemetry::{Process, Telemetry};
use tokio::net::TcpListener;

use crate::supervisor::SupervisorSocket;
use crate::{cli, console};

pub(crate) async fn gateway(settings: cli::Gateway) -> anyhow::Result<()> {
    let context = RoleContext::start(gateway::NAME, &settings.common, true)?;
    let served = async {
        let client_tls = settings.client.tls()?;
        let verifier = context.verifier(&settings.common)?;
        let mut config = gateway::Config {
            verifier,
            version: VERSION,
            token_source: token_source(&settings.common)?,
            clock: context.clock.clone(),
            task_service: Peer::new(task_service::NAME, &settings.task_service, client_tls.as_ref())?,
            worker_service: Peer::new(worker_service::NAME, &settings.worker_service, client_tls.as_ref())?,
            tls: settings.certificate.server(gateway::ALPN_PROTOCOLS)?,
            tracing: gateway::Tracing {
                edge: match settings.trace_edge {
                    cli::TraceEdge::Continue => Edge::Continue,
                    cli::TraceEdge::Link => Edge::Link,
                },
                health: settings.trace_health,
                trusted_proxies: Arc::new(settings.connections.trusted_proxies.clone()),
            },
            cors_origins: settings.cors_origins,
            limits: gateway::Limits {
                connections: settings.connections.limits(context.open_files, 0),
                header_timeout: settings.header_timeout,
                idle_timeout: settings.connections.idle_timeout,
                request_timeout: settings.request_timeout,
                write_timeout: settings.connections.write_timeout,
                stream_rate: settings.min_stream_rate,
                header_bytes: settings.max_header_bytes,
                body_bytes: settings.max_body_bytes,
                requests: settings.max_requests_in_flight,
                requests_per_caller: cli::bounds::requests_of_caller(
                    settings.max_requests_in_flight,
                    settings.max_requests_per_caller,
                ),
                untaken_bytes: settings.max_untaken_bytes,
                untaken_bytes_per_caller: cli::bounds::bytes_of_caller(
                    settings.max_untaken_bytes,
                    settings.max_untaken_bytes_per_caller,
                ),
                caller_rate: NonZeroU32::new(settings.caller_rate)
                    .map(|per_second| gateway::Rate { per_second, burst: settings.caller_burst }),
            },
            streams: settings.streams.streams(),
            draining: context.draining.clone(),
            page_client: settings.page.client(),
            supervisor: settings
                .supervisor
                .map(|path| Arc::new(SupervisorSocket { path, keeps_traces: settings.keeps_traces }) as _),
        };
        context.serve_metrics().await?;
        let listener = listen(settings.listen, &settings.common).await?;
        if settings.links_to_own_traces {
            let origin = cli::origin(listener.local_addr()?);
            config.streams.trace_url.get_or_insert_with(|| gateway::TraceUrl::of_gateway(&origin));
        }
        gateway::serve(config, listener, context.shutdown.clone()).await;
        anyhow::Ok(())
    };
    let outcome = served.await;
    context.stop(outcome).await
}

pub(crate) async fn task_service(settings: cli::TaskService) -> anyhow::Result<()> {
    let context = RoleContext::start(task_service::NAME, &settings.common, false)?;
    let served = async {
        let client_tls = settings.client.tls()?;
        let config = task_service::Config {
            service: context.service(
                &settings.common,
                settings.pools.database(settings.database),
                &settings.server,
                &settings.event_log,
            )?,
            worker_service: Peer::new(worker_service::NAME, &settings.worker_service, client_tls.as_ref())?,
            dispatch: settings.actions.dispatch(),
        };
        context.serve_metrics().await?;
        let listener = listen(settings.listen, &settings.common).await?;
        Ok(task_service::serve(config, listener, context.shutdown.clone()).await?)
    };
    let outcome = served.await;
    context.stop(outcome).await
}

pub(crate) async fn worker_service(settings: cli::WorkerService) -> anyhow::Result<()> {
    let context = RoleContext::start(worker_service::NAME, &settings.common, false)?;
    let served = async {
        let fleet = &settings.fleet;
        let config = worker_service::Config {
            reconcile: fleet.reconcile(),
            simulated: fleet.simulated(),
            simulated_database: settings.pools.database(fleet.simulated_database.clone()),
            service: context.service(
                &settings.common,
                settings.pools.database(settings.database),
                &settings.server,
                &settings.event_log,
            )?,
        };
        context.serve_metrics().await?;
        let listener = listen(settings.listen, &settings.common).await?;
        Ok(worker_service::serve(config, listener, context.shutdown.clone()).await?)
    };
    let outcome = served.await;
    context.stop(outcome).await
}

/// What `ccm --version` says, and what each process tells of itself: the version, and the commit if it is known.
pub(crate) const VERSION: &str = env!("CCM_VERSION");

/// The limit of open files is raised to this, or to the hard limit of the system when that is lower.
pub(crate) const MAX_OPEN_FILES: u64 = 65_536;

/// The clock and the telemetry that every role starts before it serves, and stops afterwards.
struct RoleContext {
    clock: Clock,
    draining: Shutdown,
    shutdown: Shutdown,
    telemetry: Telemetry,
    /// The limit of open files, if it is known.
    open_files: Option<u64>,
}

impl RoleContext {
    fn start(service: &'static str, common: &cli::Common, is_edge: bool) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let (is_terminal, colour) = (std::io::stdout().is_terminal(), cli::colour());
        let log_format = match common.log_format {
            cli::LogFormat::Text => telemetry::LogFormat::Text { colour },
            cli::LogFormat::Auto if is_terminal => telemetry::LogFormat::Text { colour },
            cli::LogFormat::Auto | cli::LogFormat::Json => telemetry::LogFormat::Json,
        };
        let baggage_keys = common.baggage_keys.iter().filter(|it| !it.is_empty()).cloned().collect();
        let version = env!("CARGO_PKG_VERSION");
        let trace_ratio = common.trace_ratio;
        let audit_log = common.audit_log.clone();
        let process = Process { service, version, log_format, trace_ratio, is_edge, baggage_keys, audit_log };
        let telemetry = telemetry::start(&process, &clock)?;
        let (draining, shutdown) = (Shutdown::new(), Shutdown::new());
        shutdown::on_signals(&draining, &shutdown, common.drain_delay, common.end_with_stdin)?;
        // The usual limit of a shell, 1,024, is below the default of CCM_MAX_CONNECTIONS.
        let open_files = match rlimit::increase_nofile_limit(MAX_OPEN_FILES) {
            Ok(open_files) => {
                tracing::debug!(open_files, "raised the limit of open files");
                Some(open_files)
            }
            Err(error) => {
                tracing::warn!(%error, "cannot raise the limit of open files");
                rlimit::getrlimit(rlimit::Resource::NOFILE).ok().map(|(soft, _)| soft)
            }
        };
        Ok(Self { clock, draining, shutdown, telemetry, open_files })
    }

    /// A verifier of the tokens of the configured issuer, or of the local issuer when none is configured. Never of
    /// both: access to the local key must not give access to a deployment with an issuer.
    fn verifier(&self, common: &cli::Common) -> anyhow::Result<Verifier> {
        let tokens = common.tokens.clone();
        let Some(issuer) = tokens.oidc_issuer else {
            let keys = Keys::read(&common.local_keys).context("cannot set up token verification")?;
            let expected =
                ExpectedClaims { leeway: tokens.clock_leeway, ..ExpectedClaims::for_issuer(local::ISSUER) };
            return Ok(Verifier::with_keys(expected, keys, self.clock.clone()));
        };
        let expected = ExpectedClaims {
            issuer: issuer.to_string(),
            audience: tokens.oidc_audience,
            roles_claim: tokens.roles_claim,
            department_claim: tokens.department_claim,
            leeway: tokens.clock_leeway,
        };
        Verifier::with_issuer(&issuer, expected, self.clock.clone())
            .context("cannot set up token verification")
    }

    /// The configuration that task-service and worker-service have in common.
    fn service(
        &self,
        common: &cli::Common,
        database: service::DatabaseConfig,
        server: &cli::transport::GrpcServer,
        event_log: &cli::event_log::EventLog,
    ) -> anyhow::Result<service::Config> {
        // A pool for the service's own database, and one for simulated clouds; the event log has a few more.
        let more_files = database.connections.saturating_mul(2);
        let watch = event_log.watch();
        Ok(service::Config {
            database,
            verifier: self.verifier(common)?,
            token_source: token_source(common)?,
            version: VERSION,
            connections: server.connections(self.open_files, more_files, watch.write_timeout)?,
            watch,
            retention: event_log.retention(),
            clock: self.clock.clone(),
            draining: self.draining.clone(),
        })
    }

    /// Serves the metrics for Prometheus on a port of their own, if `OTEL_METRICS_EXPORTER` names it.
    async fn serve_metrics(&self) -> anyhow::Result<()> {
        let Some(scrape) = self.telemetry.scrape() else { return Ok(()) };
        let (host, port) = scrape.address();
        let listener = TcpListener::bind((host, port)).await.with_context(|| {
            format!("cannot serve metrics on {host}:{port} (OTEL_EXPORTER_PROMETHEUS_HOST and _PORT)")
        })?;
        tokio::spawn(net::scrape::serve(scrape.clone(), listener, self.shutdown.clone()));
        Ok(())
    }

    /// Sends the last spans and log lines, whatever the outcome.
    async fn stop(self, outcome: anyhow::Result<()>) -> anyhow::Result<()> {
        if let Err(error) = &outcome {
            tracing::error!(error = format!("{error:#}"), "the process ended with an error");
        }
        self.telemetry.stop().await;
        outcome
    }
}

/// Where a role gets a token of its own; `None` when no setting says so.
fn token_source(common: &cli::Common) -> anyhow::Result<Option<TokenSource>> {
    Ok(common.identity.source(common.tokens.oidc_issuer.as_ref())?)
}

/// Binds the listener of a role. A child of `up` prints its address, independent of its log filter.
async fn listen(address: SocketAddr, common: &cli::Common) -> anyhow::Result<TcpListener> {
    let listener = bind(address).await?;
    if common.end_with_stdin {
        console::print(&format!("{LISTENING_PREFIX}{}\n", listener.local_addr()?))?;
    }
    Ok(listener)
}

/// Prefix of the line in which a child of `up` prints its address.
pub(crate) const LISTENING_PREFIX: &str = "listens at ";

/// Binds an address; the error says what to do when it is in use.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "{address} is already in use: stop the program that listens there, or configure another address"
            )
        }
        _ => anyhow::anyhow!("cannot listen on {address}: {error}"),
    })
}
