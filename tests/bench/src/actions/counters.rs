//! What PostgreSQL counts: commits, rows and WAL of a server, and the cost of the product's statements.

use anyhow::Context as _;
use sqlx::{Connection as _, FromRow, PgConnection};

/// Settings of a server that counts statements. The product's processes have more connections than the default allows.
pub(crate) const SETTINGS: [&str; 3] =
    ["max_connections=300", "shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=all"];

/// Sums over the databases of a server.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub(crate) struct Counters {
    pub(crate) commits: i64,
    /// Rows inserted, updated and deleted.
    pub(crate) rows: i64,
    /// Statements, BEGIN and COMMIT among them.
    pub(crate) statements: i64,
    pub(crate) wal_bytes: i64,
    /// Connections of clients.
    pub(crate) connections: i64,
}

/// The cost of one of the product's statements.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Cost {
    pub(crate) name: String,
    pub(crate) calls: i64,
    /// Microseconds per call.
    pub(crate) micros: f64,
    /// Blocks that a call reads, from the cache or from the disk.
    pub(crate) blocks: f64,
}

const COUNTERS: &str = "SELECT sum(xact_commit)::bigint AS commits, \
        sum(tup_inserted + tup_updated + tup_deleted)::bigint AS rows, \
        (SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements WHERE toplevel AND dbid IN (SELECT oid FROM \
          pg_database WHERE datname = ANY($1))) AS statements, \
        (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS wal_bytes, \
        (SELECT count(*) FROM pg_stat_activity WHERE datname = ANY($1)) AS connections \
     FROM pg_stat_database WHERE datname = ANY($1)";

/// The statements by which the two loops find their work; their names are in the order of the table.
const COSTS: &str = "WITH named AS ( \
        SELECT s.*, CASE \
          WHEN query LIKE 'WITH chosen AS MATERIALIZED (SELECT task_id FROM action_queue%' THEN '1 claim an action' \
          WHEN query LIKE 'SELECT %(SELECT min(ready_at) FROM action_queue%' THEN '2 look for actions' \
          WHEN query LIKE 'SELECT % FROM action_queue WHERE deadline <=%' THEN '3 check deadlines' \
          WHEN query LIKE 'UPDATE reconciles SET lease_owner = $1, lease_until%' THEN '4 claim a worker' \
          WHEN query LIKE 'SELECT %(SELECT min(due_at) FROM reconciles%' THEN '5 look for workers' \
        END AS name FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE datname = ANY($1)) \
     SELECT name, sum(calls)::bigint AS calls, \
        (1000 * sum(total_exec_time) / sum(calls))::double precision AS micros, \
        (sum(shared_blks_hit + shared_blks_read) / sum(calls))::double precision AS blocks \
     FROM named WHERE name IS NOT NULL GROUP BY name ORDER BY name";

/// A connection that reads the counters of a server.
pub(crate) struct Counting(PgConnection);

impl Counting {
    /// `url` is that of any database of the server.
    pub(crate) async fn of(url: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").execute(&mut connection).await?;
        Ok(Self(connection))
    }

    /// The sums over these databases so far. Sessions report at most once a second.
    pub(crate) async fn read(&mut self, databases: &[&str]) -> anyhow::Result<Counters> {
        tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
        let read = sqlx::query_as(COUNTERS).bind(databases).fetch_one(&mut self.0);
        read.await.context("the counters of PostgreSQL are not readable")
    }

    /// The costs of statements in these databases since the last [`Self::forget`].
    pub(crate) async fn costs(&mut self, databases: &[&str]) -> anyhow::Result<Vec<Cost>> {
        Ok(sqlx::query_as(COSTS).bind(databases).fetch_all(&mut self.0).await?)
    }

    /// Begins anew to count statements.
    pub(crate) async fn forget(&mut self) -> anyhow::Result<()> {
        sqlx::query("SELECT pg_stat_statements_reset()").execute(&mut self.0).await?;
        Ok(())
    }
}
