//! The command line of `ccm doctor`.

use std::net::SocketAddr;

use clap::Args;

use super::connection::Connection;
use super::{database, identity, values};

/// The database URLs that the services have by default, which the file in the data directory stands for.
pub(crate) const DEFAULT_DATABASES: [&str; 3] =
    ["sqlite:data/tasks.db", "sqlite:data/workers.db", "sqlite:data/provider.db"];
/// The listen addresses that the processes have by default.
pub(crate) const DEFAULT_ADDRESSES: [&str; 3] = ["127.0.0.1:8000", "127.0.0.1:50051", "127.0.0.1:50052"];

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// URL of Grafana Tempo, where the traces of this command are read back from: http://tempo:3200
    #[arg(long, value_name = "URL")]
    pub(crate) tempo: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) installation: Installation,
}

/// The settings of the processes, as far as they tell what can be checked from here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings of the processes on this machine")]
pub(crate) struct Installation {
    /// URL of the database of task-service; with the default, the file in the data directory
    #[arg(
        long,
        env = "CCM_TASK_DATABASE",
        hide_env_values = true,
        default_value = DEFAULT_DATABASES[0],
        value_name = "URL"
    )]
    pub(crate) task_database: String,
    /// URL of the database of worker-service; with the default, the file in the data directory
    #[arg(
        long,
        env = "CCM_WORKER_DATABASE",
        hide_env_values = true,
        default_value = DEFAULT_DATABASES[1],
        value_name = "URL"
    )]
    pub(crate) worker_database: String,
    /// URL of the database of the simulated provider; with the default, the file in the data directory
    #[arg(
        long,
        env = "CCM_SIMULATED_DATABASE",
        hide_env_values = true,
        default_value = DEFAULT_DATABASES[2],
        value_name = "URL"
    )]
    pub(crate) simulated_database: String,
    #[command(flatten)]
    pub(crate) identity: identity::ServiceIdentity,
    #[command(flatten)]
    pub(crate) pools: database::Pools,
    /// Listen address of the gateway
    #[arg(long, env = "CCM_GATEWAY_LISTEN", default_value = DEFAULT_ADDRESSES[0], value_name = "ADDRESS")]
    pub(crate) gateway_listen: SocketAddr,
    /// Listen address of task-service
    #[arg(long, env = "CCM_TASK_LISTEN", default_value = DEFAULT_ADDRESSES[1], value_name = "ADDRESS")]
    pub(crate) task_listen: SocketAddr,
    /// Listen address of worker-service
    #[arg(long, env = "CCM_WORKER_LISTEN", default_value = DEFAULT_ADDRESSES[2], value_name = "ADDRESS")]
    pub(crate) worker_listen: SocketAddr,
    /// Maximum number of open connections of a process
    #[arg(long, env = "CCM_MAX_CONNECTIONS", default_value = "4096", value_name = "NUMBER", value_parser = values::connections)]
    pub(crate) max_connections: usize,
}
