//! The command line and the settings of every role: a flag each, and an environment variable of the same meaning. This is
//! where the configuration is read; docs/configuration.md is made from it.

pub(crate) mod actions;
pub(crate) mod backup;
pub(crate) mod bounds;
pub(crate) mod colour;
pub(crate) mod completions;
pub(crate) mod connection;
pub(crate) mod database;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod event_log;
pub(crate) mod events;
pub(crate) mod fleet;
mod gateway_settings;
pub(crate) mod health;
mod identity;
pub(crate) mod login;
pub(crate) mod migrate;
pub(crate) mod mistake;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod streams;
pub(crate) mod task;
pub(crate) mod transport;
mod values;
pub(crate) mod whoami;
pub(crate) mod worker;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use access::{IssuerUrl, Role};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use colour::colour;
pub(crate) use gateway_settings::Gateway;
use telemetry::AuditLog;
use values::{
    any_duration, connections, department, duration, leeway, lifetime, name, ratio, role, share, subject,
    token_lifetime,
};

use crate::client::Exit;
use crate::completions::values::traces;

/// Manages a fleet of cloud workers and the tasks that run against them; one trace covers every service and database
#[derive(Debug, Parser)]
#[command(name = "ccm", version = env!("CCM_VERSION"), args_conflicts_with_subcommands = true, after_help = Exit::help())]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) up: Up,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run gateway, task-service and worker-service on this machine (default command)
    Up(Up),
    /// Run the gateway: the public REST API
    Gateway(Gateway),
    /// Run task-service
    TaskService(TaskService),
    /// Run worker-service
    WorkerService(WorkerService),
    /// List, create and change tasks
    #[command(after_help = Exit::help())]
    Task(task::Task),
    /// List, create and change workers, and ask for actions on them
    #[command(after_help = Exit::help())]
    Worker(worker::Worker),
    /// Show who you are to the gateway: the subject and roles of your token
    Whoami(whoami::Whoami),
    /// Apply the missing migrations of a service, which then needs no right to change its schema
    Migrate(migrate::Migrate),
    /// Tell a story against a running product: a fleet, work, a stop, and what can go wrong, with what to look at
    #[command(after_help = Exit::help())]
    Demo(demo::Demo),
    /// Say whether an installation is well: what was checked, what was seen, and what to do
    #[command(after_help = Exit::help())]
    Doctor(doctor::Doctor),
    /// Print a bearer token for the services that `ccm up` runs
    Token(Token),
    /// Print a link that signs in to the page of `ccm up`, once
    Login(login::Login),
    /// Show a trace that `ccm up` has received, or all traces about a task or a worker
    Trace(Trace),
    /// Follow the events of a gateway
    Events(events::Events),
    /// Copy the SQLite databases of `ccm up`, or one database, while they are in use
    Backup(backup::Backup),
    /// Put the databases of a backup where there are none, each with a new id of its event log
    Restore(backup::Restore),
    /// Check whether a process on this machine serves; exit code 1 if it does not
    Health(health::Health),
    /// Print a script that completes the command line in a shell
    Completions(completions::Completions),
}

/// Where `ccm up` keeps its data.
#[derive(Clone, Debug, Args)]
pub(crate) struct Data {
    /// Directory of the databases, the local key and the sockets
    #[arg(long, env = "CCM_DATA_DIR", default_value = "data", value_name = "DIRECTORY")]
    pub(crate) data_dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    pub(crate) data: Data,
    /// Listen address of the gateway
    #[arg(long, env = "CCM_GATEWAY_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS")]
    pub(crate) gateway_listen: SocketAddr,
    /// Listen address of task-service
    #[arg(long, env = "CCM_TASK_LISTEN", default_value = "127.0.0.1:50051", value_name = "ADDRESS")]
    pub(crate) task_listen: SocketAddr,
    /// Listen address of worker-service
    #[arg(long, env = "CCM_WORKER_LISTEN", default_value = "127.0.0.1:50052", value_name = "ADDRESS")]
    pub(crate) worker_listen: SocketAddr,
    /// OpenID Connect issuer for all three processes; without it, the local key is used
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL")]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
    /// Lifetime of the tokens of the child processes, which are renewed after half of it
    #[arg(long, env = "CCM_SERVICE_TOKEN_LIFETIME", default_value = "1h", value_name = "DURATION", value_parser = lifetime)]
    pub(crate) service_token_lifetime: Duration,
    /// How long to go on after the signal to stop, while health checks say that the processes are not ready; a second signal ends it
    #[arg(long, env = "CCM_DRAIN_DELAY", default_value = "0s", value_name = "DURATION", value_parser = any_duration)]
    pub(crate) drain_delay: Duration,
    /// How long a link that signs in can be used; for tests
    #[arg(long, hide = true, default_value = "5m", value_name = "DURATION", value_parser = duration)]
    pub(crate) login_code_lifetime: Duration,
}

/// Settings of every role.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// JSON Web Key Set (RFC 7517) that verifies local tokens; used only without an issuer
    #[arg(long, env = "CCM_LOCAL_KEYS", default_value = "data/local-key.jwks.json", value_name = "FILE")]
    pub(crate) local_keys: PathBuf,
    #[command(flatten)]
    pub(crate) tokens: Tokens,
    #[command(flatten)]
    pub(crate) identity: identity::ServiceIdentity,
    /// Sampling ratio, 0 to 1: of incoming requests at the gateway, whatever the caller's sampled flag; of the traces that a service begins itself
    #[arg(long, env = "CCM_TRACE_RATIO", default_value = "1", value_name = "RATIO", value_parser = ratio)]
    pub(crate) trace_ratio: f64,
    /// Format of log lines
    #[arg(long, env = "CCM_LOG_FORMAT", default_value = "auto", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Where audit lines are written: `stdout`, or the path of a file to append to
    #[arg(long, env = "CCM_AUDIT_LOG", default_value = "stdout", value_name = "FILE")]
    pub(crate) audit_log: AuditLog,
    /// Comma-separated W3C baggage keys to propagate
    #[arg(long, env = "CCM_BAGGAGE_KEYS", default_value = "", value_name = "KEYS", value_delimiter = ',')]
    pub(crate) baggage_keys: Vec<String>,
    /// How long to go on after the signal to stop, while health checks say that the process is not ready; a second signal ends it
    #[arg(long, env = "CCM_DRAIN_DELAY", default_value = "0s", value_name = "DURATION", value_parser = any_duration)]
    pub(crate) drain_delay: Duration,
    /// Stop when standard input is closed; `ccm up` sets this for its child processes
    #[arg(long, hide = true)]
    pub(crate) end_with_stdin: bool,
}

/// Which tokens are accepted, and their claims.
#[derive(Clone, Debug, Args)]
pub(crate) struct Tokens {
    /// OpenID Connect issuer of the tokens, located by discovery; without it, local tokens are accepted
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL")]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
    /// Required audience (`aud`) of the issuer's tokens
    #[arg(long, env = "CCM_OIDC_AUDIENCE", default_value = "cml-cloud-manager", value_name = "NAME", value_parser = name)]
    pub(crate) oidc_audience: String,
    /// Claim that holds the caller's roles; dots separate the names of nested claims
    #[arg(long, env = "CCM_ROLES_CLAIM", default_value = "realm_access.roles", value_name = "CLAIM", value_parser = name)]
    pub(crate) roles_claim: String,
    /// Claim that holds the caller's department; dots separate the names of nested claims
    #[arg(long, env = "CCM_DEPARTMENT_CLAIM", default_value = "department", value_name = "CLAIM", value_parser = name)]
    pub(crate) department_claim: String,
    /// Tolerated clock difference when `exp` and `nbf` are checked, at most 5m
    #[arg(long, env = "CCM_CLOCK_LEEWAY", default_value = "10s", value_name = "DURATION", value_parser = leeway)]
    pub(crate) clock_leeway: Duration,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text on a terminal, JSON otherwise
    Auto,
    /// One JSON object per line
    Json,
    /// Text, in colour on a terminal
    Text,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TraceEdge {
    /// Continue the caller's trace
    Continue,
    /// Start a new trace with a span link to the caller's
    Link,
}

#[derive(Debug, Args)]
pub(crate) struct TaskService {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) server: transport::GrpcServer,
    #[command(flatten)]
    pub(crate) client: transport::GrpcClient,
    #[command(flatten)]
    pub(crate) event_log: event_log::EventLog,
    #[command(flatten)]
    pub(crate) pools: database::Pools,
    /// Listen address; port 0 picks a free port
    #[arg(long, env = "CCM_TASK_LISTEN", default_value = "127.0.0.1:50051", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// URL of the database, sqlite:PATH or postgres://…
    #[arg(
        long,
        env = "CCM_TASK_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:data/tasks.db",
        value_name = "URL"
    )]
    pub(crate) database: String,
    /// Address of worker-service
    #[arg(long, env = "CCM_WORKER_SERVICE", default_value = "http://127.0.0.1:50052", value_name = "URLS")]
    pub(crate) worker_service: String,
    #[command(flatten)]
    pub(crate) actions: actions::Actions,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerService {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) server: transport::GrpcServer,
    #[command(flatten)]
    pub(crate) event_log: event_log::EventLog,
    #[command(flatten)]
    pub(crate) pools: database::Pools,
    #[command(flatten)]
    pub(crate) fleet: fleet::Fleet,
    /// Listen address; port 0 picks a free port
    #[arg(long, env = "CCM_WORKER_LISTEN", default_value = "127.0.0.1:50052", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// URL of the database, sqlite:PATH or postgres://…
    #[arg(
        long,
        env = "CCM_WORKER_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:data/workers.db",
        value_name = "URL"
    )]
    pub(crate) database: String,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(flatten)]
    pub(crate) data: Data,
    /// Role of the caller: admin, manager, user or service; can be repeated
    #[arg(long = "role", default_value = "user", value_name = "ROLE", value_parser = role)]
    pub(crate) roles: Vec<Role>,
    /// Department of the caller, 1 to 100 characters
    #[arg(long, value_name = "NAME", value_parser = department)]
    pub(crate) department: Option<String>,
    /// Subject: the id of the caller, 1 to 255 characters without control characters
    #[arg(long, default_value = "local", value_name = "SUBJECT", value_parser = subject)]
    pub(crate) sub: String,
    /// Lifetime of the token, at least 1s
    #[arg(long, default_value = "12h", value_name = "DURATION", value_parser = token_lifetime)]
    pub(crate) ttl: Duration,
    /// If an issuer is set, local tokens are not accepted and the command fails
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL", hide = true)]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
}

#[derive(Debug, Args)]
pub(crate) struct Trace {
    #[command(flatten)]
    pub(crate) data: Data,
    /// `last` for the newest trace of a request, a trace id, or the id of a task or a worker for the traces of all that was
    /// done about it
    #[arg(value_name = "last | TRACE-ID | TASK-ID | WORKER-ID", add = traces())]
    pub(crate) which: String,
    /// Also show the log lines of each span, below it
    #[arg(long)]
    pub(crate) logs: bool,
    /// Also show where the time went: the time of each span without that of its children, and the critical path
    #[arg(long)]
    pub(crate) timing: bool,
}

/// The origin of the gateway that `ccm up` runs at this address, as a browser on this machine reaches it.
pub(crate) fn origin(address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    if ip.is_loopback() || ip.is_unspecified() {
        return format!("http://localhost:{port}");
    }
    format!("http://{address}")
}

/// Whether this role can be started with the environment as it is, which `up` hands on to its children.
pub(crate) fn check_environment_of(role: &str, issuer: Option<&IssuerUrl>) -> anyhow::Result<()> {
    let mut arguments = vec!["ccm".to_owned(), role.to_owned()];
    arguments.extend(issuer.map(|it| format!("--oidc-issuer={it}")));
    Cli::try_parse_from(arguments)
        .map(drop)
        .map_err(|error| mistake::failure(&error, &format!("ccm {role}")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_command_the_product_comes_up() {
        let cli = Cli::try_parse_from(["ccm", "--data-dir", "elsewhere"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!(cli.up.data.data_dir, PathBuf::from("elsewhere"));
    }
}
