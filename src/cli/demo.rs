//! The command line of `ccm demo`.

use std::time::Duration;

use clap::Args;

use super::connection::Connection;
use super::values::any_duration;

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Pause after each step, to look at what it names
    #[arg(long, default_value = "3s", value_name = "DURATION", value_parser = any_duration)]
    pub(crate) pause: Duration,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
