//! `ccm up`: runs the three roles as child processes on loopback, with SQLite files in the data directory. The process
//! boundaries, service names and failure modes are those of production.

mod banner;
mod child;
pub(crate) mod data_dir;
mod logins;
mod metrics;
mod output;
mod service_tokens;
mod traces;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use access::Role;
use access::local::{self, LocalIssuer, TokenClaims};
use anyhow::bail;
use platform::clock::Clock;
use platform::shutdown::{HangUp, OtherSignals, Shutdown};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::trace::{self, LineStore};
use crate::{cli, roles};
use banner::{Banner, Tokens};
use child::{Child, Program};
use data_dir::DataDir;
use logins::Logins;
use metrics::Metrics;
use output::Output;
use service_tokens::ServiceTokens;
use traces::Traces;
pub(crate) use traces::variable;

/// Lifetime of the token in the banner, and of those of people who sign in with a link.
const BANNER_TOKEN_LIFETIME: Duration = Duration::from_hours(12);
const ROLES: [&str; 3] = [gateway::NAME, task_service::NAME, worker_service::NAME];

pub(crate) async fn run(settings: cli::Up) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    for role in ROLES {
        cli::check_environment_of(role, settings.oidc_issuer.as_ref())?;
    }
    let data = DataDir::lock(&settings.data.data_dir)?;
    let (tokens, service_tokens, codes) = if let Some(issuer) = &settings.oidc_issuer {
        (Tokens::Issuer(issuer.to_string()), None, Err(issuer.to_string()))
    } else {
        let issuer = LocalIssuer::open_or_create(data.path())?;
        let of_user = Tokens::Local(local_token(&issuer)?);
        let lifetime = settings.service_token_lifetime;
        let service_tokens = ServiceTokens::start(issuer, &ROLES, data.path(), lifetime)?;
        let issuer = LocalIssuer::open(data.path())?;
        let codes = logins::codes(issuer, settings.login_code_lifetime, BANNER_TOKEN_LIFETIME);
        (of_user, Some(service_tokens), Ok(codes))
    };
    for address in [settings.gateway_listen, settings.task_listen, settings.worker_listen] {
        // Checked before any child runs. The child that binds the address reports it when it is taken meanwhile.
        drop(roles::bind(address).await?);
    }
    let shutdown = Shutdown::new();
    let lines = Arc::new(LineStore::default());
    let traces = Traces::start(data.path(), lines.clone(), &shutdown).await?;
    let metrics = Metrics::find(!traces.are_kept());
    let output = Output::new(lines);
    let mut children = Children::default();
    let started = tokio::select! {
        started = children.start(&settings, &data, service_tokens.as_ref(), (&traces, &metrics), &output) => started,
        () = signals.next() => Ok(None),
    };
    let mut logins = None;
    let outcome = match started {
        Ok(Some(gateway)) => {
            let started = Logins::start(data.path(), codes, gateway, &shutdown)?;
            let banner = Banner {
                gateway,
                tokens: &tokens,
                link: started.link(),
                data: data.path(),
                traces: &traces,
                metrics: &metrics,
            };
            output.release(&banner.to_string());
            logins = Some(started);
            tokio::select! {
                error = children.first_exit() => Err(error),
                () = signals.next() => children.drain(settings.drain_delay, &mut signals).await,
            }
        }
        Ok(None) => Ok(()),
        Err(error) => {
            output.discard_held_lines();
            Err(error)
        }
    };
    tokio::select! {
        () = children.stop() => {}
        // One more signal: the children are killed when they are dropped.
        () = signals.next() => {}
    }
    shutdown.cancel();
    traces.stopped().await;
    if let Some(logins) = logins {
        logins.stopped().await;
    }
    output.finish();
    outcome
}

/// A token with role admin, for the banner.
fn local_token(issuer: &LocalIssuer) -> anyhow::Result<String> {
    let claims = TokenClaims {
        sub: "local".to_owned(),
        roles: vec![Role::Admin],
        department: None,
        lifetime: BANNER_TOKEN_LIFETIME,
    };
    Ok(issuer.issue(&claims, &Clock::system())?)
}

/// The running children, in the order of their start.
#[derive(Default)]
struct Children(Vec<Child>);

impl Children {
    /// Starts worker-service, task-service and gateway, each once the one before serves. Returns the address of the
    /// gateway.
    async fn start(
        &mut self,
        settings: &cli::Up,
        data: &DataDir,
        tokens: Option<&ServiceTokens>,
        (traces, metrics): (&Traces, &Metrics),
        output: &Output,
    ) -> anyhow::Result<Option<SocketAddr>> {
        let keys = local::public_keys_path(data.path()).display().to_string();
        let database = |name: &str| format!("sqlite:{}", data.path().join(name).display());
        let process = |role: Program, listen: SocketAddr| {
            let issuer = settings.oidc_issuer.iter().map(|it| ("CCM_OIDC_ISSUER".to_owned(), it.to_string()));
            let token = tokens.and_then(|it| it.file_of(role.name())).map(|it| it.display().to_string());
            let token = token.map(|it| ("CCM_SERVICE_TOKEN_FILE".to_owned(), it));
            child::Command::new(role, listen)
                .env("CCM_LOCAL_KEYS", &keys)
                .envs(issuer.chain(token).collect())
                .envs(traces.environment())
                .envs(metrics.environment(role.name()))
        };
        let worker_service = process(Program::WorkerService, settings.worker_listen)
            .env("CCM_WORKER_DATABASE", &database("workers.db"))
            .env("CCM_SIMULATED_DATABASE", &database("provider.db"));
        let workers = self.add(worker_service, output).await?;
        let task_service = process(Program::TaskService, settings.task_listen)
            .env("CCM_TASK_DATABASE", &database("tasks.db"))
            .env("CCM_WORKER_SERVICE", &format!("http://{workers}"));
        let tasks = self.add(task_service, output).await?;
        let gateway = process(Program::Gateway, settings.gateway_listen)
            .arguments(&["--supervisor", &trace::socket(data.path()).display().to_string()])
            .arguments(traces.flags_of_gateway())
            .env("CCM_TASK_SERVICE", &format!("http://{tasks}"))
            .env("CCM_WORKER_SERVICE", &format!("http://{workers}"));
        self.add(gateway, output).await.map(Some)
    }

    async fn add(&mut self, command: child::Command, output: &Output) -> anyhow::Result<SocketAddr> {
        self.0.push(command.spawn(output)?);
        let Some(child) = self.0.last_mut() else { bail!("no child was started") };
        child.serving().await
    }

    /// Waits until a child exits; the error says which one and why.
    async fn first_exit(&mut self) -> anyhow::Error {
        futures_util::future::select_all(self.0.iter_mut().map(|it| Box::pin(it.exited()))).await.0
    }

    /// Lets all children say that they are not ready while they work on, for `delay` or until the next signal.
    async fn drain(&mut self, delay: Duration, signals: &mut Signals) -> anyhow::Result<()> {
        if delay.is_zero() {
            return Ok(());
        }
        for child in &mut self.0 {
            child.drain().await;
        }
        tokio::select! {
            () = tokio::time::sleep(delay) => Ok(()),
            () = signals.next() => Ok(()),
            error = self.first_exit() => Err(error),
        }
    }

    /// Stops the children one after the other, the gateway first: each can still call the others until its requests are
    /// finished.
    async fn stop(&mut self) {
        while let Some(mut child) = self.0.pop() {
            child.stop().await;
        }
    }
}

/// The signals that stop `up`: SIGINT, SIGTERM and, when the terminal is closed, SIGHUP, unless it was started with `nohup`.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: HangUp,
    others: OtherSignals,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: HangUp::listen(true)?,
            others: OtherSignals::listen()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = self.hang_up.next() => {}
            () = self.others.ignore() => {}
        }
    }
}
