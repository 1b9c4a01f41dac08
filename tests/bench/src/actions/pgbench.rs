//! The floor of an action: pgbench runs scripts on copies of the fleet's databases. `action.sql` makes the commits and
//! writes the rows of one action, on tables with the product's indexes; `queue.sql` is a queue as plain as can be.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::{Connection as _, PgConnection};

use super::fleet::Databases;
use crate::postgres::Postgres;

/// The database of the scripts. The fleet's databases are its schemas, because pgbench has one connection per client.
pub(crate) const DATABASE: &str = "script";
/// How long numbering the events of a schema pauses, as the product does.
const NUMBERING: Duration = Duration::from_millis(5);

/// What is run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Script {
    /// The commits and rows of one action.
    Action,
    /// Claim a row and delete it, and insert another one.
    Queue,
}

impl Script {
    fn text(self) -> &'static str {
        match self {
            Self::Action => include_str!("action.sql"),
            Self::Queue => include_str!("queue.sql"),
        }
    }
}

/// A database for the scripts.
pub(crate) struct Bench<'a> {
    server: &'a Postgres,
    /// Workers in it.
    workers: usize,
}

/// Where the names of a fleet's databases lead to.
const SCHEMAS: [&str; 3] = ["tasks", "workers", "provider"];

impl<'a> Bench<'a> {
    /// Copies the databases of a fleet, whose workers' machines run.
    pub(crate) async fn copy(
        server: &'a Postgres,
        databases: &Databases,
        workers: usize,
        directory: &Path,
    ) -> anyhow::Result<Self> {
        let url = server.create(DATABASE).await?;
        let mut connection = PgConnection::connect(&url).await?;
        let of = [&databases.tasks, &databases.workers, &databases.provider];
        for (schema, database) in SCHEMAS.into_iter().zip(of) {
            let dump = directory.join(format!("{schema}.sql"));
            let name = database.rsplit('/').next().unwrap_or_default();
            let mut command = server.client("pg_dump", name)?;
            succeeds(command.arg("--no-owner").arg("--file").arg(&dump)).await?;
            let mut command = server.client("psql", DATABASE)?;
            succeeds(command.args(["-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(&dump)).await?;
            let rename = format!("ALTER SCHEMA public RENAME TO {schema}; CREATE SCHEMA public");
            sqlx::raw_sql(sqlx::AssertSqlSafe(rename)).execute(&mut connection).await?;
        }
        sqlx::raw_sql(include_str!("copies.sql")).execute(&mut connection).await?;
        for script in [Script::Action, Script::Queue] {
            std::fs::write(file(directory, script), script.text())?;
        }
        Ok(Self { server, workers })
    }

    /// Runs a script with so many connections, and returns how often per second.
    pub(crate) async fn run(
        &self,
        script: Script,
        connections: usize,
        seconds: u64,
        directory: &Path,
    ) -> anyhow::Result<f64> {
        let each = self.workers / connections;
        if each == 0 {
            bail!("{connections} connections need as many workers");
        }
        let numbering = SCHEMAS[..2].iter().map(|it| tokio::spawn(number(self.server.url(DATABASE), it)));
        let numbering: Vec<_> = numbering.collect();
        let mut pgbench = self.server.client("pgbench", DATABASE)?;
        pgbench
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
            .arg(format!("--define=each={each}"))
            .arg(format!("--client={connections}"))
            .arg(format!("--time={seconds}"))
            .arg("--file")
            .arg(file(directory, script));
        let output = succeeds(&mut pgbench).await;
        numbering.iter().for_each(tokio::task::JoinHandle::abort);
        let output = output?;
        let rate = output.lines().find_map(|it| it.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.with_context(|| format!("pgbench tells no rate: {output}"))
    }
}

fn file(directory: &Path, script: Script) -> std::path::PathBuf {
    directory.join(format!("{script:?}.sql"))
}

/// Numbers the events of a schema, as a service does.
async fn number(url: String, schema: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(&url).await?;
    let path = format!("SET search_path TO {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(path)).execute(&mut connection).await?;
    loop {
        sqlx::query("SELECT number_events(1000)").execute(&mut connection).await?;
        tokio::time::sleep(NUMBERING).await;
    }
}

/// Runs a program and returns what it prints.
async fn succeeds(command: &mut tokio::process::Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output().await?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
