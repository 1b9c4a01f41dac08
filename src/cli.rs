//! The command line and the settings of every role: a flag each, and an environment variable of the same meaning. This is
//! where the configuration is read; docs/configuration.md lists it, and a test compares the two.

pub(crate) mod event_log;
mod identity;
pub(crate) mod transport;
mod values;

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use access::{IssuerUrl, Role};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use values::{
    body_bytes, connections, duration, header_bytes, leeway, lifetime, name, ratio, role, untaken_bytes,
};

/// Manages a fleet of cloud workers and the tasks run against them; one trace covers every service boundary.
#[derive(Debug, Parser)]
#[command(name = "ccm", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) up: Up,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run gateway, task-service and worker-service on this machine (the default)
    Up(Up),
    /// Run the gateway: the public REST API
    Gateway(Gateway),
    /// Run task-service
    TaskService(TaskService),
    /// Run worker-service
    WorkerService(WorkerService),
    /// Print a token for the product that `ccm up` runs
    Token(Token),
    /// Show a trace that `ccm up` has received
    Trace(Trace),
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
    /// Where the gateway listens
    #[arg(long, env = "CCM_GATEWAY_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS")]
    pub(crate) gateway_listen: SocketAddr,
    /// Where task-service listens
    #[arg(long, env = "CCM_TASK_LISTEN", default_value = "127.0.0.1:50051", value_name = "ADDRESS")]
    pub(crate) task_listen: SocketAddr,
    /// Where worker-service listens
    #[arg(long, env = "CCM_WORKER_LISTEN", default_value = "127.0.0.1:50052", value_name = "ADDRESS")]
    pub(crate) worker_listen: SocketAddr,
    /// Issuer of the tokens, which the three are told; the local key counts when there is none
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL")]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
    /// How long the three's own tokens are good for; they are renewed at half of it
    #[arg(long, env = "CCM_SERVICE_TOKEN_LIFETIME", default_value = "1h", value_name = "DURATION", value_parser = lifetime)]
    pub(crate) service_token_lifetime: Duration,
}

/// What every role takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Key set that local tokens are verified with
    #[arg(long, env = "CCM_LOCAL_KEYS", default_value = "data/local-key.jwks.json", value_name = "FILE")]
    pub(crate) local_keys: PathBuf,
    #[command(flatten)]
    pub(crate) tokens: Tokens,
    #[command(flatten)]
    pub(crate) identity: identity::ServiceIdentity,
    /// How log lines look
    #[arg(long, env = "CCM_LOG_FORMAT", default_value = "auto", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Keys of W3C baggage that are passed on, separated by commas
    #[arg(long, env = "CCM_BAGGAGE_KEYS", default_value = "", value_name = "KEYS", value_delimiter = ',')]
    pub(crate) baggage_keys: Vec<String>,
    /// End when standard input is closed, as `ccm up` wants its children to
    #[arg(long, hide = true)]
    pub(crate) end_with_stdin: bool,
}

/// Whose tokens count, and what they have to say.
#[derive(Clone, Debug, Args)]
pub(crate) struct Tokens {
    /// Issuer of the tokens, found by OpenID Connect Discovery; the local keys count when there is none
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL")]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
    /// Audience that a token of the issuer must be for
    #[arg(long, env = "CCM_OIDC_AUDIENCE", default_value = "cml-cloud-manager", value_name = "NAME", value_parser = name)]
    pub(crate) oidc_audience: String,
    /// Claim with the caller's roles, or the path to it
    #[arg(long, env = "CCM_ROLES_CLAIM", default_value = "realm_access.roles", value_name = "CLAIM", value_parser = name)]
    pub(crate) roles_claim: String,
    /// Claim with the caller's department, or the path to it
    #[arg(long, env = "CCM_DEPARTMENT_CLAIM", default_value = "department", value_name = "CLAIM", value_parser = name)]
    pub(crate) department_claim: String,
    /// How far the issuer's clock may be off
    #[arg(long, env = "CCM_CLOCK_LEEWAY", default_value = "10s", value_name = "DURATION", value_parser = leeway)]
    pub(crate) clock_leeway: Duration,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text on a terminal, JSON elsewhere
    Auto,
    /// A JSON object a line
    Json,
    /// Text, coloured on a terminal
    Text,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TraceEdge {
    /// It goes on, in the same trace
    Continue,
    /// A new trace begins, with a link to it
    Link,
}

#[derive(Debug, Args)]
pub(crate) struct Gateway {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) certificate: transport::Certificate,
    #[command(flatten)]
    pub(crate) client: transport::GrpcClient,
    /// Where to listen
    #[arg(long, env = "CCM_GATEWAY_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Where task-service is
    #[arg(long, env = "CCM_TASK_SERVICE", default_value = "http://127.0.0.1:50051", value_name = "URLS")]
    pub(crate) task_service: String,
    /// Where worker-service is
    #[arg(long, env = "CCM_WORKER_SERVICE", default_value = "http://127.0.0.1:50052", value_name = "URLS")]
    pub(crate) worker_service: String,
    /// Share of the incoming traces that is kept, 0 to 1, whatever their caller says
    #[arg(long, env = "CCM_TRACE_RATIO", default_value = "1", value_name = "RATIO", value_parser = ratio)]
    pub(crate) trace_ratio: f64,
    /// What becomes of a trace that a known caller brings along
    #[arg(long, env = "CCM_TRACE_EDGE", default_value = "continue", value_name = "EDGE")]
    pub(crate) trace_edge: TraceEdge,
    /// Connections open at once; further ones wait
    #[arg(long, env = "CCM_MAX_CONNECTIONS", default_value = "4096", value_name = "NUMBER", value_parser = connections)]
    pub(crate) max_connections: usize,
    /// From the accept to the end of a request's header
    #[arg(long, env = "CCM_HEADER_TIMEOUT", default_value = "10s", value_name = "DURATION", value_parser = duration)]
    pub(crate) header_timeout: Duration,
    /// From the header to the answer; also the deadline of the calls made on the way
    #[arg(long, env = "CCM_REQUEST_TIMEOUT", default_value = "10s", value_name = "DURATION", value_parser = duration)]
    pub(crate) request_timeout: Duration,
    /// Without any of an answer being taken, before the connection is cut
    #[arg(long, env = "CCM_WRITE_TIMEOUT", default_value = "20s", value_name = "DURATION", value_parser = duration)]
    pub(crate) write_timeout: Duration,
    /// Size of a request's target and header fields
    #[arg(long, env = "CCM_MAX_HEADER_BYTES", default_value = "32768", value_name = "BYTES", value_parser = header_bytes)]
    pub(crate) max_header_bytes: usize,
    /// Size of a request's body
    #[arg(long, env = "CCM_MAX_BODY_BYTES", default_value = "1048576", value_name = "BYTES", value_parser = body_bytes)]
    pub(crate) max_body_bytes: usize,
    /// Requests being answered at once; further ones are told to come back
    #[arg(long, env = "CCM_MAX_REQUESTS_IN_FLIGHT", default_value = "1024", value_name = "NUMBER", value_parser = connections)]
    pub(crate) max_requests_in_flight: usize,
    /// Bytes of answers that clients have not taken yet
    #[arg(long, env = "CCM_MAX_UNTAKEN_BYTES", default_value = "268435456", value_name = "BYTES", value_parser = untaken_bytes)]
    pub(crate) max_untaken_bytes: usize,
    /// Requests a second that one caller may send for long, 0 for any number
    #[arg(long, env = "CCM_CALLER_RATE", default_value = "200", value_name = "NUMBER")]
    pub(crate) caller_rate: u32,
    /// Requests that one caller who was quiet may send at once
    #[arg(long, env = "CCM_CALLER_BURST", default_value = "400", value_name = "NUMBER")]
    pub(crate) caller_burst: NonZeroU32,
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
    /// Where to listen
    #[arg(long, env = "CCM_TASK_LISTEN", default_value = "127.0.0.1:50051", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Its database, sqlite:PATH or postgres://…
    #[arg(
        long,
        env = "CCM_TASK_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:data/tasks.db",
        value_name = "URL"
    )]
    pub(crate) database: String,
    /// Where worker-service is
    #[arg(long, env = "CCM_WORKER_SERVICE", default_value = "http://127.0.0.1:50052", value_name = "URLS")]
    pub(crate) worker_service: String,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerService {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) server: transport::GrpcServer,
    #[command(flatten)]
    pub(crate) event_log: event_log::EventLog,
    /// Where to listen
    #[arg(long, env = "CCM_WORKER_LISTEN", default_value = "127.0.0.1:50052", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Its database, sqlite:PATH or postgres://…
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
    /// Role of the caller, repeated for several
    #[arg(long = "role", default_value = "user", value_name = "ROLE", value_parser = role)]
    pub(crate) roles: Vec<Role>,
    /// Department of the caller
    #[arg(long, value_name = "NAME")]
    pub(crate) department: Option<String>,
    /// Who the caller is
    #[arg(long, default_value = "local", value_name = "SUBJECT")]
    pub(crate) sub: String,
    /// How long the token is good for
    #[arg(long, default_value = "12h", value_name = "DURATION", value_parser = duration)]
    pub(crate) ttl: Duration,
    /// With an issuer, its tokens count and no local one does
    #[arg(long, env = "CCM_OIDC_ISSUER", value_name = "URL", hide = true)]
    pub(crate) oidc_issuer: Option<IssuerUrl>,
}

#[derive(Debug, Args)]
pub(crate) struct Trace {
    #[command(flatten)]
    pub(crate) data: Data,
    /// `last`, or a trace id
    #[arg(value_name = "last | TRACE-ID")]
    pub(crate) which: String,
}

/// Help and version as clap prints them; an error as one sentence.
pub(crate) fn explain(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    eprintln!("ccm: {}", sentence(error));
    ExitCode::FAILURE
}

/// What is wrong, without the usage that clap adds.
fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    // Arguments that are missing stand on lines of their own.
    let lines: Vec<&str> = text.lines().map(str::trim).take_while(|it| !it.is_empty()).collect();
    let text = if lines.first().is_some_and(|it| it.ends_with(':')) {
        lines.join(" ")
    } else {
        lines.first().copied().unwrap_or_default().to_owned()
    };
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

/// Whether output is coloured: on a terminal, unless `NO_COLOR` is set (<https://no-color.org>: and not empty).
pub(crate) fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
}

/// Whether this role can be started with the environment as it is, which `up` hands on to its children.
pub(crate) fn check_environment_of(role: &str, issuer: Option<&IssuerUrl>) -> anyhow::Result<()> {
    let mut arguments = vec!["ccm".to_owned(), role.to_owned()];
    arguments.extend(issuer.map(|it| format!("--oidc-issuer={it}")));
    Cli::try_parse_from(arguments).map(drop).map_err(|error| anyhow::anyhow!(sentence(&error)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_documentation_names_every_variable_with_its_default() {
        let documented = include_str!("../docs/configuration.md");
        let cli = Cli::command();
        let commands = cli.get_subcommands().chain([&cli]);
        for argument in commands.flat_map(clap::Command::get_arguments) {
            let Some(variable) = argument.get_env().and_then(|it| it.to_str()) else { continue };
            let default = argument.get_default_values().first().and_then(|it| it.to_str()).unwrap_or("none");
            let row = documented.lines().find(|it| it.contains(&format!("`{variable}`")));
            let row = row.unwrap_or_else(|| panic!("docs/configuration.md does not name {variable}"));
            assert!(
                row.contains(&format!("`{default}`")) || row.contains(&format!("| {default} |")),
                "{variable} has the default {default}, not: {row}"
            );
        }
    }

    #[test]
    fn without_a_command_the_product_comes_up() {
        let cli = Cli::try_parse_from(["ccm", "--data-dir", "elsewhere"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!(cli.up.data.data_dir, PathBuf::from("elsewhere"));
    }
}
