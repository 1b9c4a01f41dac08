//! Arguments of `ccm backup` and `ccm restore`.

use std::path::PathBuf;

use clap::Args;

use super::Data;

/// Which databases.
#[derive(Debug, Args)]
pub(crate) struct Databases {
    #[command(flatten)]
    pub(crate) data: Data,
    /// URL of one database instead of those in the data directory: sqlite:PATH
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) databases: Databases,
    /// Directory to make for the databases; with --database, the file to make
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) databases: Databases,
    /// Directory that `ccm backup` made; with --database, the file
    #[arg(value_name = "FROM")]
    pub(crate) from: PathBuf,
}
