//! The command line of `ccm worker`.

use clap::{Args, Subcommand, ValueEnum};

use super::connection::Connection;
use super::output::{IfMatch, Key, Limit, Output, Waiting, Watching};
use super::task::Priority;
use crate::completions::values::{worker_names, workers};

#[derive(Debug, Args)]
pub(crate) struct Worker {
    #[command(subcommand)]
    pub(crate) command: WorkerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkerCommand {
    /// List workers, newest first
    #[command(visible_alias = "ls")]
    List(List),
    /// Show a worker
    Get(Get),
    /// Create a worker; its machine is created and started
    Create(Create),
    /// Register a machine that exists at the provider
    Import(Import),
    /// Change the name or the tags of a worker
    Update(Update),
    /// Delete a worker that is terminated
    #[command(visible_alias = "rm")]
    Delete(Delete),
    /// Ask for the machine to be started; prints the task
    Start(Action),
    /// Ask for the machine to be stopped; prints the task
    Stop(Action),
    /// Ask for the machine to be terminated, which cannot be undone; prints the task
    Terminate(Terminate),
    /// Have the state of the machine read soon, instead of with the next sweep
    Refresh(Refresh),
    /// Say what a worker waits for, and how long that usually takes
    Explain(Explain),
    /// Show the history of a worker, newest first
    Events(Events),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Running,
    Stopping,
    Stopped,
    ShuttingDown,
    Terminated,
    Failed,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Provider {
    Simulated,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only workers in this state, as it was last observed
    #[arg(long)]
    pub(crate) status: Option<Status>,
    /// Only workers in this region
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Only workers of this provider
    #[arg(long)]
    pub(crate) provider: Option<Provider>,
    /// Only workers with this tag
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    pub(crate) tag: Option<(String, String)>,
    #[command(flatten)]
    pub(crate) limit: Limit,
    #[command(flatten)]
    pub(crate) watching: Watching,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) watching: Watching,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// What every new worker has.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The name for people; need not be unique
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// The region of the provider
    #[arg(long, value_name = "REGION")]
    pub(crate) region: String,
    /// The provider's name for the kind of machine
    #[arg(long, value_name = "TYPE")]
    pub(crate) instance_type: String,
    /// The provider of the machine; simulated without it
    #[arg(long)]
    pub(crate) provider: Option<Provider>,
    /// A tag; can be repeated
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = tag)]
    pub(crate) tags: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    pub(crate) new: New,
    #[command(flatten)]
    pub(crate) key: Key,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Id of the machine at the provider
    #[arg(long, value_name = "ID")]
    pub(crate) instance_id: String,
    #[command(flatten)]
    pub(crate) new: New,
    #[command(flatten)]
    pub(crate) key: Key,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) change: Change,
    #[command(flatten)]
    pub(crate) if_match: IfMatch,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// A field without a flag keeps its value.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Change {
    /// The name for people
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Set this tag; can be repeated
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = tag)]
    pub(crate) tags: Vec<(String, String)>,
    /// Remove the tag with this key; can be repeated
    #[arg(long, value_name = "KEY")]
    pub(crate) remove_tag: Vec<String>,
    /// Remove all tags
    #[arg(long, conflicts_with_all = ["tags", "remove_tag"])]
    pub(crate) clear_tags: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) if_match: IfMatch,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Action {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) asked: Asked,
}

#[derive(Debug, Args)]
pub(crate) struct Terminate {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    /// The name of the worker
    #[arg(long, value_name = "NAME", add = worker_names())]
    pub(crate) confirm: String,
    #[command(flatten)]
    pub(crate) asked: Asked,
}

/// What goes with every action.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// Why the action is asked for
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Which of several waiting actions comes first; medium without it
    #[arg(long)]
    pub(crate) priority: Option<Priority>,
    #[command(flatten)]
    pub(crate) key: Key,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Refresh {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Events {
    /// Id of the worker
    #[arg(add = workers())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) limit: Limit,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// The key of a tag has no `=`.
fn tag(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|it| !it.0.is_empty());
    let (key, value) = parts.ok_or("expected KEY=VALUE, such as env=lab")?;
    Ok((key.to_owned(), value.to_owned()))
}
