//! What requests cost among many tasks, beside what they cost among few: the CPU of the product's processes and, on
//! PostgreSQL, the latency, which has the server's part in it.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::cli::Backend;
use crate::load::{self, Load, Row};
use crate::measure::{median, number};
use crate::postgres::Postgres;
use crate::setup::{Common, Running, Setup};

/// The CPU of a request among many tasks may be so many times that among few.
const fn aim(backend: Backend) -> f64 {
    match backend {
        Backend::Sqlite => 1.3,
        Backend::Postgres => 1.1,
    }
}

/// Inserts `$1` tasks of many users and departments.
const ON_SQLITE: &str = "INSERT INTO tasks (id, title, description, status, priority, assignee_id, department, created_by, \
       created_at, updated_at, version, revision, class) \
     SELECT unhex(printf('%032x', i)), 'Replace the uplink of rack ' || i, 'It reports errors.', 'pending', 'medium', \
       'p' || (i % 1000), 'd' || (i % 50), 'p' || (i % 100), i, i, 1, 1, 0 \
     FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n)";
const ON_POSTGRES: &str = "INSERT INTO tasks (id, title, description, status, priority, assignee_id, department, created_by, \
       created_at, updated_at, version, revision, class) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, 'Replace the uplink of rack ' || i, 'It reports errors.', 'pending', \
       'medium', 'p' || (i % 1000), 'd' || (i % 50), 'p' || (i % 100), i, i, 1, 1, 0 \
     FROM generate_series(1, $1) AS i";

pub(crate) struct Growth<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    pub(crate) load: Load,
    pub(crate) rounds: usize,
    /// How many tasks are many.
    pub(crate) grown: usize,
    pub(crate) backends: &'a [Backend],
}

struct Turn {
    /// Microseconds a request.
    cpu: f64,
    /// Milliseconds.
    p50: f64,
}

struct Line {
    backend: Backend,
    row: Row,
    few: Vec<Turn>,
    many: Vec<Turn>,
}

pub(crate) struct Measured {
    few: usize,
    grown: usize,
    lines: Vec<Line>,
}

impl Growth<'_> {
    pub(crate) async fn measure(&self) -> anyhow::Result<Measured> {
        let mut lines = Vec::new();
        for &backend in self.backends {
            let directory = self.directory.join(format!("growth-{}", backend.title()));
            std::fs::create_dir_all(&directory)?;
            std::fs::set_permissions(&directory, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
            let server = match backend {
                Backend::Sqlite => None,
                Backend::Postgres => Some(Postgres::start(&directory).await?),
            };
            let few = self.start(server.as_ref(), &directory, "few", None).await?;
            let many = self.start(server.as_ref(), &directory, "many", Some(self.grown)).await?;
            for row in [Row::Get, Row::List, Row::Post] {
                lines.push(self.line(backend, row, &few, &many).await?);
            }
            few.stop().await?;
            many.stop().await?;
            server.map_or(Ok(()), Postgres::stop)?;
            std::fs::remove_dir_all(&directory)?;
        }
        Ok(Measured { few: self.common.tasks, grown: self.grown, lines })
    }

    async fn start(
        &self,
        server: Option<&Postgres>,
        directory: &Path,
        name: &str,
        grown: Option<usize>,
    ) -> anyhow::Result<Running> {
        let database = match server {
            None => format!("sqlite:{}", directory.join(format!("{name}.db")).display()),
            Some(server) => server.create(name).await?,
        };
        if let Some(grown) = grown {
            // The schema is the service's.
            let few = Common { tasks: 0, ..self.common.clone() };
            Running::start(Setup::ProductOff, &few, &database, &[]).await?.stop().await?;
            eprintln!("inserting {grown} tasks");
            fill(&database, i64::try_from(grown)?).await?;
        }
        Running::start(Setup::ProductOff, self.common, &database, &[]).await
    }

    async fn line(&self, backend: Backend, row: Row, few: &Running, many: &Running) -> anyhow::Result<Line> {
        let mut line = Line { backend, row, few: Vec::new(), many: Vec::new() };
        for round in 0..self.rounds {
            // Nobody is always the one after the other.
            if round % 2 == 0 {
                line.few.push(self.turn(row, few).await?);
                line.many.push(self.turn(row, many).await?);
            } else {
                line.many.push(self.turn(row, many).await?);
                line.few.push(self.turn(row, few).await?);
            }
        }
        eprintln!("{}", line.text().trim_end());
        Ok(line)
    }

    async fn turn(&self, row: Row, running: &Running) -> anyhow::Result<Turn> {
        let (outcome, before, after) = load::run(self.load, row, &running.target, || running.usage()).await?;
        let cpu = (after.cpu.saturating_sub(before.cpu)).as_secs_f64() * 1_000_000.0;
        Ok(Turn { cpu: cpu / number(outcome.measured), p50: f64::from(outcome.p50) / 1_000.0 })
    }
}

/// Inserts tasks into a database that no process uses.
async fn fill(database: &str, tasks: i64) -> anyhow::Result<()> {
    if let Some(file) = storage::sqlite_file(database) {
        let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
        sqlx::query(ON_SQLITE).bind(tasks).execute(&mut connection).await?;
        connection.close().await?;
    } else {
        let mut connection = PgConnection::connect(database).await?;
        sqlx::query(ON_POSTGRES).bind(tasks).execute(&mut connection).await?;
        sqlx::query("VACUUM ANALYZE tasks").execute(&mut connection).await?;
        connection.close().await?;
    }
    Ok(())
}

impl Line {
    fn median(turns: &[Turn], of: fn(&Turn) -> f64) -> f64 {
        median(turns.iter().map(of).collect())
    }

    /// The ratio of the CPU, by rounds.
    fn ratio(&self) -> f64 {
        median(self.few.iter().zip(&self.many).map(|(few, many)| many.cpu / few.cpu).collect())
    }

    fn text(&self) -> String {
        let (ratio, aim) = (self.ratio(), aim(self.backend));
        format!(
            "| {} | {} | {:.0} | {:.0} | {ratio:.2} | ≤ {aim:.2} | {} | {:.2} | {:.2} |\n",
            self.backend.title(),
            self.row.title(),
            Self::median(&self.few, |it| it.cpu),
            Self::median(&self.many, |it| it.cpu),
            if ratio <= aim { "met" } else { "**missed**" },
            Self::median(&self.few, |it| it.p50),
            Self::median(&self.many, |it| it.p50),
        )
    }
}

impl Measured {
    pub(crate) fn text(&self) -> String {
        let (few, grown) = (self.few, self.grown);
        let mut text = String::new();
        let _ = write!(
            text,
            "| {few} → {grown} tasks | request | CPU µs/request, few | many | ratio | aim | | p50 ms, few | many |\n\
             |---|---|--:|--:|--:|--:|---|--:|--:|\n",
        );
        for line in &self.lines {
            text.push_str(&line.text());
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let turns = |all: &[Turn]| {
            all.iter().map(|it| json!({"cpu_us": it.cpu, "p50_ms": it.p50})).collect::<Vec<_>>()
        };
        let lines = self.lines.iter().map(|it| {
            json!({
                "database": it.backend.title(),
                "request": it.row.title(),
                "few": turns(&it.few),
                "many": turns(&it.many),
            })
        });
        json!({"few": self.few, "many": self.grown, "lines": lines.collect::<Vec<_>>()})
    }
}
