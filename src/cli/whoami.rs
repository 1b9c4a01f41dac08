//! The command line of `ccm whoami`.

use clap::Args;

use super::connection::Connection;
use super::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Whoami {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
