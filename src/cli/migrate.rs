//! Arguments of `ccm migrate`.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    pub(crate) service: MigratedService,
}

/// The service whose schema is migrated, by the settings of its databases.
#[derive(Debug, Subcommand)]
pub(crate) enum MigratedService {
    /// Migrate the database of task-service
    TaskService {
        /// URL of the database, sqlite:PATH or postgres://…
        #[arg(
            long,
            env = "CCM_TASK_DATABASE",
            hide_env_values = true,
            default_value = "sqlite:data/tasks.db",
            value_name = "URL"
        )]
        database: String,
    },
    /// Migrate the databases of worker-service and of its simulated provider
    WorkerService {
        /// URL of the database, sqlite:PATH or postgres://…
        #[arg(
            long,
            env = "CCM_WORKER_DATABASE",
            hide_env_values = true,
            default_value = "sqlite:data/workers.db",
            value_name = "URL"
        )]
        database: String,
        /// URL of the database of the simulated provider, sqlite:PATH or postgres://…
        #[arg(
            long,
            env = "CCM_SIMULATED_DATABASE",
            hide_env_values = true,
            default_value = "sqlite:data/provider.db",
            value_name = "URL"
        )]
        simulated_database: String,
    },
}
