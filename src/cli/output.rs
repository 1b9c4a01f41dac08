//! What commands about tasks and workers print, and how long they go on.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::values::duration;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: columns, ages, cut to the width of the terminal
    Table,
    /// The same with more columns and times in UTC, never cut
    Wide,
    /// The JSON of the API, unchanged
    Json,
    /// The id alone
    Id,
}

#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Format
    #[arg(long = "output", short = 'o', default_value = "table", value_name = "FORMAT")]
    format: Format,
    /// The same as --output json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Output {
    pub(crate) fn format(self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// Of commands that show what can change.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Watching {
    /// Go on and print each change, until interrupted; with JSON, a line {"type": "listed" | "changed" | "removed", "item": …} each
    #[arg(long, short)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Of commands that list.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Limit {
    /// Print at most this number of items, the newest; without it, all
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
}

/// Of commands that ask for something which takes a while.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Waiting")]
pub(crate) struct Waiting {
    /// Wait until it has ended, with progress on standard error; exit code 0 if the goal was reached, 7 if it failed, 8 after --timeout
    #[arg(long)]
    pub(crate) wait: bool,
    /// The longest time to wait
    #[arg(long, requires = "wait", default_value = "35m", value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Duration,
}

/// Of commands that can be repeated safely.
#[derive(Clone, Debug, Args)]
pub(crate) struct Key {
    /// Key of the request; a repeated request with the same key within 24 hours is not executed again. Without it, a random one
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

/// Of commands that change a resource that may have been changed meanwhile.
#[derive(Clone, Debug, Args)]
pub(crate) struct IfMatch {
    /// Only if the resource has this ETag, which `get` shows
    #[arg(long, value_name = "ETAG")]
    pub(crate) if_match: Option<String>,
}

/// The name that a value has on the command line and in the API.
pub(crate) fn word(value: impl ValueEnum + Copy) -> String {
    value.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default()
}
