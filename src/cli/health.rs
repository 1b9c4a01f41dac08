//! Arguments of `ccm health`.

use std::net::SocketAddr;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Health {
    #[command(subcommand)]
    pub(crate) process: Process,
}

/// The process that is asked. It listens without TLS.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Process {
    /// Ask the gateway for /readyz
    Gateway {
        /// Listen address of the gateway
        #[arg(long, env = "CCM_GATEWAY_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS")]
        listen: SocketAddr,
    },
    /// Ask task-service by grpc.health.v1, which includes its database
    TaskService {
        /// Listen address of task-service
        #[arg(long, env = "CCM_TASK_LISTEN", default_value = "127.0.0.1:50051", value_name = "ADDRESS")]
        listen: SocketAddr,
    },
    /// Ask worker-service by grpc.health.v1, which includes its database
    WorkerService {
        /// Listen address of worker-service
        #[arg(long, env = "CCM_WORKER_LISTEN", default_value = "127.0.0.1:50052", value_name = "ADDRESS")]
        listen: SocketAddr,
    },
}
