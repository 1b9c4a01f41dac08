//! The command line of `ccm task`.

use clap::{Args, Subcommand, ValueEnum};

use super::connection::Connection;
use super::output::{IfMatch, Key, Limit, Output, Waiting, Watching};
use crate::completions::values::{tasks, worker_names, workers};

#[derive(Debug, Args)]
pub(crate) struct Task {
    #[command(subcommand)]
    pub(crate) command: TaskCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// List tasks, newest first; without --kind, actions that have ended are left out
    #[command(visible_alias = "ls")]
    List(List),
    /// Show a task
    Get(Get),
    /// Create a task for a person, or with --verb one that the system carries out on a worker
    Create(Create),
    /// Change a task
    Update(Update),
    /// Delete a task
    #[command(visible_alias = "rm")]
    Delete(Delete),
    /// Cancel a task
    Cancel(Cancel),
    /// Begin a new run of an action that has failed or was cancelled
    Retry(Retry),
    /// Show the history of a task, newest first
    Events(Events),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Priority {
    Low,
    Medium,
    High,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    InProgress,
    Completed,
    Failed,
    Cancelled,
}

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Kind {
    Human,
    Action,
}

/// What the system does on a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Verb {
    Start,
    Stop,
    Terminate,
}

/// A field that can be cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Clearable {
    Description,
    Priority,
    AssigneeId,
    Department,
    WorkerId,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only tasks with this status
    #[arg(long)]
    pub(crate) status: Option<Status>,
    /// Only tasks with this priority
    #[arg(long)]
    pub(crate) priority: Option<Priority>,
    /// Only tasks of this person: the `sub` of their tokens
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) assignee_id: Option<String>,
    /// Only tasks of this department
    #[arg(long, value_name = "NAME")]
    pub(crate) department: Option<String>,
    /// Only tasks about this worker
    #[arg(long, value_name = "ID", add = workers())]
    pub(crate) worker_id: Option<String>,
    /// Only tasks of people (human) or of the system (action, those that have ended too)
    #[arg(long)]
    pub(crate) kind: Option<Kind>,
    #[command(flatten)]
    pub(crate) limit: Limit,
    #[command(flatten)]
    pub(crate) watching: Watching,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    /// Id of the task
    #[arg(add = tasks())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) watching: Watching,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What is to be done; with --verb, the system makes a title
    #[arg(long, required_unless_present = "verb", value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The details
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// The urgency; medium without it
    #[arg(long)]
    pub(crate) priority: Option<Priority>,
    /// The person who has to do the work: the `sub` of their tokens
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) assignee_id: Option<String>,
    /// The department that the task belongs to; without it, yours
    #[arg(long, value_name = "NAME")]
    pub(crate) department: Option<String>,
    /// The worker that the task is about
    #[arg(long, value_name = "ID", add = workers())]
    pub(crate) worker_id: Option<String>,
    /// What the system is to do on the worker
    #[arg(long, requires = "worker_id")]
    pub(crate) verb: Option<Verb>,
    /// Why the action is asked for
    #[arg(long, requires = "verb", value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// The name of the worker, required for terminate
    #[arg(long, requires = "verb", value_name = "NAME", add = worker_names())]
    pub(crate) confirm: Option<String>,
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
pub(crate) struct Update {
    /// Id of the task
    #[arg(add = tasks())]
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
    /// What is to be done
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The details
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// The progress
    #[arg(long)]
    pub(crate) status: Option<Status>,
    /// The urgency
    #[arg(long)]
    pub(crate) priority: Option<Priority>,
    /// The person who has to do the work: the `sub` of their tokens
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) assignee_id: Option<String>,
    /// The department that the task belongs to
    #[arg(long, value_name = "NAME")]
    pub(crate) department: Option<String>,
    /// The worker that the task is about
    #[arg(long, value_name = "ID", add = workers())]
    pub(crate) worker_id: Option<String>,
    /// Clear this field; can be repeated. A cleared priority is medium
    #[arg(long, value_name = "FIELD")]
    pub(crate) clear: Vec<Clearable>,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Id of the task
    #[arg(add = tasks())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) if_match: IfMatch,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// Id of the task
    #[arg(add = tasks())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) if_match: IfMatch,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// Id of the task
    #[arg(add = tasks())]
    pub(crate) id: String,
    /// The name of the worker, required for terminate
    #[arg(long, value_name = "NAME", add = worker_names())]
    pub(crate) confirm: Option<String>,
    #[command(flatten)]
    pub(crate) if_match: IfMatch,
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
pub(crate) struct Events {
    /// Id of the task
    #[arg(add = tasks())]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) limit: Limit,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
