//! Settings of a service's databases.

use clap::Args;
use service::DatabaseConfig;

/// Connections to PostgreSQL.
#[derive(Debug, Args)]
pub(crate) struct Pools {
    /// Maximum number of connections to each PostgreSQL database, 2 to 1000, half of them for writes; the event log has up to three more, or shares these if they are four at most
    #[arg(long, env = "CCM_DATABASE_CONNECTIONS", default_value = "16", value_name = "NUMBER", value_parser = super::values::database_connections)]
    database_connections: u32,
}

impl Pools {
    /// The database at a URL, with these connections.
    pub(crate) fn database(&self, url: String) -> DatabaseConfig {
        DatabaseConfig { url, connections: self.database_connections }
    }
}
