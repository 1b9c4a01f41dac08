//! The command line of `ccm events`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::connection::Connection;
use crate::completions::values::{tasks, workers};

#[derive(Debug, Args)]
pub(crate) struct Events {
    #[command(subcommand)]
    pub(crate) command: EventsCommand,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a process")]
pub(crate) enum EventsCommand {
    /// Print the events of tasks and workers as they happen; resumes by itself when the connection is lost
    Tail(Tail),
    /// Give the event log of a restored database a new id, so that its readers begin with a snapshot
    RenewLog(RenewLog),
}

#[derive(Debug, Args)]
pub(crate) struct RenewLog {
    /// URL of the database of task-service or worker-service, sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    pub(crate) database: String,
}

#[derive(Debug, Args)]
pub(crate) struct Tail {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Only events of this type, such as task.created or task.*; can be repeated
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) types: Vec<String>,
    /// Only events of this task; can be repeated
    #[arg(long = "task", value_name = "ID", add = tasks())]
    pub(crate) tasks: Vec<String>,
    /// Only events of this worker; can be repeated
    #[arg(long = "worker", value_name = "ID", add = workers())]
    pub(crate) workers: Vec<String>,
    /// Where to begin: with the next event, the oldest one, a snapshot, or after an id
    #[arg(long, default_value = "now", value_name = "now | earliest | snapshot | ID")]
    pub(crate) since: String,
    /// File that keeps the last id: the next run begins with the event after it, whatever --since says
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
    /// Print each event as one line of JSON (CloudEvents 1.0)
    #[arg(long)]
    pub(crate) json: bool,
}
