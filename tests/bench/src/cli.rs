//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::attacks::Attack;
use crate::load::Row;
use crate::setup::Setup;

/// Measures the product beside a bare axum + tonic + sqlx pair. Progress goes to standard error, the table to standard
/// output, every turn to bench.json in the target directory. A missed aim is no error.
#[derive(Parser)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
#[command(name = "tests/bench/run")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Internal>,
    /// Requests to measure, repeated for several [default: all]
    #[arg(long = "row", value_name = "ROW")]
    pub(crate) rows: Vec<Row>,
    /// Databases to measure on, repeated for several [default: all]
    #[arg(long = "backend", value_name = "DATABASE")]
    pub(crate) backends: Vec<Backend>,
    /// Setups to measure, repeated for several [default: those of the table]
    #[arg(long = "setup", value_name = "SETUP")]
    pub(crate) setups: Vec<Setup>,
    /// Measure a pair in Python, too: FastAPI and grpc.aio with the stock instrumentation
    #[arg(long)]
    pub(crate) peers: bool,
    /// Only the table of requests, with all connections encrypted, those of the bare pair, too
    #[arg(long)]
    pub(crate) tls: bool,
    /// Only what the event log costs a commit, on PostgreSQL
    #[arg(long)]
    pub(crate) event_log: bool,
    /// Only actions per second, beside a pgbench script
    #[arg(long)]
    pub(crate) actions: bool,
    /// Only what it costs to claim an action, on PostgreSQL
    #[arg(long)]
    pub(crate) claims: bool,
    /// Only what it costs to deliver events to many clients of the event stream, beside a broadcast channel
    #[arg(long)]
    pub(crate) streams: bool,
    /// Only what clients that replay many events do to those that follow the event stream
    #[arg(long)]
    pub(crate) replays: bool,
    /// Only what one client can take from the others
    #[arg(long)]
    pub(crate) attacks: bool,
    /// Attacks to measure, repeated for several [default: all]
    #[arg(long = "attack", value_name = "ATTACK")]
    pub(crate) of_attacks: Vec<Attack>,
    /// Only the latency at a fixed rate, also while the collector hangs
    #[arg(long)]
    pub(crate) steady: bool,
    /// Only what requests notice of outages of the collector, at a fixed rate with all three signals
    #[arg(long)]
    pub(crate) outages: bool,
    /// Requests a second of --steady and --outages
    #[arg(long, env = "CCM_BENCH_RATE", default_value_t = 200)]
    pub(crate) rate: u32,
    /// Seconds for which --steady and --outages measure each line [default: three times those of a turn]
    #[arg(long, env = "CCM_BENCH_STEADY", value_name = "SECONDS")]
    pub(crate) steady_seconds: Option<f64>,
    /// Only what requests cost with many tasks, beside few
    #[arg(long)]
    pub(crate) growth: bool,
    /// Many tasks, for --growth
    #[arg(long, env = "CCM_BENCH_GROWN", default_value_t = 1_000_000)]
    pub(crate) grown: usize,
    /// The table of requests alone, in under 5 minutes: fewer and shorter turns
    #[arg(long)]
    pub(crate) quick: bool,
    /// Clients of the event stream
    #[arg(long, env = "CCM_BENCH_CLIENTS", default_value_t = 1_000)]
    pub(crate) clients: usize,
    /// GETs and LISTs a second beside --streams
    #[arg(long, env = "CCM_BENCH_BESIDE", default_value_t = 0)]
    pub(crate) beside: u32,
    /// Events that each client replays
    #[arg(long, env = "CCM_BENCH_EVENTS", default_value_t = 10_000)]
    pub(crate) events: usize,
    /// Rounds, in each of which every setup has its turn
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Measured seconds of a turn, after half a second of warm-up
    #[arg(long, default_value_t = 3.5)]
    pub(crate) seconds: f64,
    /// Connections, each with one request at a time
    #[arg(long, default_value_t = 32)]
    pub(crate) connections: usize,
    /// Tasks in the database before the first request
    #[arg(long, default_value_t = 1_000)]
    pub(crate) tasks: usize,
    /// Workers that are stopped and started by turns, for actions and claims
    #[arg(long, env = "CCM_BENCH_WORKERS", default_value_t = 128)]
    pub(crate) workers: usize,
    /// Finished tasks among which actions are claimed
    #[arg(long, env = "CCM_BENCH_FINISHED", default_value_t = 1_000_000)]
    pub(crate) finished: usize,
    /// Where the databases are made, and removed again; a disk, not a tmpfs
    #[arg(long, default_value = "/var/tmp")]
    pub(crate) directory: PathBuf,
    /// Put the result into docs/performance.md, between its marks
    #[arg(long)]
    pub(crate) update_docs: bool,
}

#[derive(Subcommand)]
pub(crate) enum Internal {
    /// The collector's process
    #[command(hide = true)]
    Receive,
    /// The attacker's process
    #[command(hide = true)]
    Attack { attack: Attack },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// A file, write-ahead log, synchronous=FULL
    Sqlite,
    /// A server as initdb makes it, with fsync
    Postgres,
}

impl Backend {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}
