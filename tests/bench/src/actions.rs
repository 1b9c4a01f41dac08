//! Actions per second: a fleet whose workers are stopped and started by turns, beside a pgbench script that makes the same
//! commits and writes the same rows per action. Both run on one server, by turns.

mod counters;
mod fleet;
mod load;
mod pgbench;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

pub(crate) use counters::{Cost, Counters, Counting, SETTINGS};
pub(crate) use fleet::{Databases, Fleet, service_token};
pub(crate) use load::{Turn, Workers};

use self::pgbench::{Bench, DATABASE, Script};
use crate::load::Load;
use crate::measure::{median, number};
use crate::postgres::Postgres;
use crate::setup::Common;

/// Of the script's actions per second, the product has to reach this much.
const AIM: f64 = 0.6;

/// What is measured.
pub(crate) struct Actions<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    pub(crate) load: Load,
    pub(crate) rounds: usize,
    pub(crate) workers: usize,
}

/// One turn of one of those who are compared.
#[derive(Clone, Debug)]
struct Sample {
    per_second: f64,
    /// Microseconds of CPU per action, of the product's processes.
    cpu: Option<f64>,
    /// Per action.
    counted: Option<Counted>,
    /// Bytes per action that the processes have made the disk store, of SQLite.
    written: Option<f64>,
}

/// What PostgreSQL counted, per action.
#[derive(Clone, Copy, Debug)]
struct Counted {
    commits: f64,
    statements: f64,
    rows: f64,
    wal: f64,
}

impl Counted {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn of(before: Counters, after: Counters, actions: f64) -> Self {
        let per_action = |it: i64| it as f64 / actions;
        Self {
            commits: per_action(after.commits - before.commits),
            statements: per_action(after.statements - before.statements),
            rows: per_action(after.rows - before.rows),
            wal: per_action(after.wal_bytes - before.wal_bytes),
        }
    }
}

/// A line of the table.
struct Line {
    database: &'static str,
    who: String,
    samples: Vec<Sample>,
    /// Connections to PostgreSQL.
    connections: Option<usize>,
}

/// The actions per second of each turn.
#[derive(Default)]
pub(crate) struct Measured(Vec<Line>);

impl Line {
    fn new(database: &'static str, who: impl Into<String>) -> Self {
        Self { database, who: who.into(), samples: Vec::new(), connections: None }
    }

    fn add(&mut self, sample: Sample) {
        eprintln!("{} {}: {:.0} actions/s", self.database, self.who, sample.per_second);
        self.samples.push(sample);
    }

    fn median(&self, of: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
        let all: Vec<f64> = self.samples.iter().filter_map(of).collect();
        (!all.is_empty()).then(|| median(all))
    }
}

impl Actions<'_> {
    /// Measures one replica of each service on SQLite.
    pub(crate) async fn on_sqlite(&self) -> anyhow::Result<Measured> {
        let url =
            |name: &str| format!("sqlite:{}", self.directory.join(format!("fleet-{name}.db")).display());
        let databases = Databases { tasks: url("tasks"), workers: url("workers"), provider: url("provider") };
        let fleet = Fleet::start(1, self.workers, &databases, self.common, self.directory).await?;
        let mut workers = Workers::of(&fleet);
        let mut line = Line::new("SQLite", "product, 1 replica");
        for _ in 0..self.rounds {
            let before = fleet.written()?;
            let (turn, sample) = self.turn(&fleet, &mut workers).await?;
            let written = number(fleet.written()? - before) / number(turn.all);
            line.add(Sample { written: Some(written), ..sample });
        }
        fleet.stop().await?;
        Ok(Measured(vec![line]))
    }

    /// Measures one and two replicas of each service on PostgreSQL, and the scripts.
    pub(crate) async fn on_postgres(&self, server: &Postgres) -> anyhow::Result<Measured> {
        let mut counting = Counting::of(&server.url("postgres")).await?;
        let mut fleets = Vec::new();
        let mut lines = Vec::new();
        for replicas in [1, 2] {
            let (databases, names) = databases(server, &format!("fleet_{replicas}")).await?;
            let fleet = Fleet::start(replicas, self.workers, &databases, self.common, self.directory).await?;
            eprintln!(
                "{replicas} of each service on PostgreSQL: processes {:?}",
                fleet.ids().collect::<Vec<_>>()
            );
            fleets.push((Workers::of(&fleet), fleet, databases, names));
            let plural = if replicas == 1 { "replica" } else { "replicas" };
            lines.push(Line::new("PostgreSQL", format!("product, {replicas} {plural}")));
        }
        let script = Bench::copy(server, &fleets[0].2, self.workers, self.directory).await?;
        let mut same = Line::new("PostgreSQL", "pgbench, same commits and rows");
        let mut queue = Line::new("PostgreSQL", "pgbench, plain queue");
        let seconds = self.load.measured.as_secs_f64().ceil();
        for _ in 0..self.rounds {
            let mut connections = self.load.connections;
            for ((workers, fleet, _, names), line) in fleets.iter_mut().zip(&mut lines) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let before = counting.read(&names).await?;
                let (turn, sample) = self.turn(fleet, workers).await?;
                let after = counting.read(&names).await?;
                let used = usize::try_from(after.connections)?;
                line.connections = Some(used);
                if line.who.ends_with("1 replica") {
                    connections = used.min(self.workers);
                }
                line.add(Sample { counted: Some(Counted::of(before, after, number(turn.all))), ..sample });
            }
            for (line, what) in [(&mut same, Script::Action), (&mut queue, Script::Queue)] {
                let before = counting.read(&[DATABASE]).await?;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
                let per_second = script.run(what, connections, seconds as u64, self.directory).await?;
                let after = counting.read(&[DATABASE]).await?;
                line.connections = Some(connections);
                let counted = Some(Counted::of(before, after, per_second * seconds));
                line.add(Sample { per_second, cpu: None, counted, written: None });
            }
        }
        lines.extend([same, queue]);
        for (_, fleet, ..) in fleets {
            fleet.stop().await?;
        }
        Ok(Measured(lines))
    }

    async fn turn(&self, fleet: &Fleet, workers: &mut Workers) -> anyhow::Result<(Turn, Sample)> {
        let (turn, before, after) = workers.turn(self.load, fleet, || fleet.usage()).await?;
        let cpu = after.cpu.saturating_sub(before.cpu);
        let sample = Sample {
            per_second: number(turn.measured) / self.load.measured.as_secs_f64(),
            cpu: Some(cpu.as_secs_f64() * 1_000_000.0 / number(turn.measured)),
            counted: None,
            written: None,
        };
        Ok((turn, sample))
    }
}

/// Creates the three databases of a fleet, and returns their addresses and their names.
pub(crate) async fn databases(server: &Postgres, prefix: &str) -> anyhow::Result<(Databases, [String; 3])> {
    let names = ["tasks", "workers", "provider"].map(|it| format!("{prefix}_{it}"));
    let [tasks, workers, provider] = &names;
    let databases = Databases {
        tasks: server.create(tasks).await?,
        workers: server.create(workers).await?,
        provider: server.create(provider).await?,
    };
    Ok((databases, names))
}

impl Measured {
    /// Both databases in one table.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// A table for the report.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from(
            "| database | who | connections | actions/s | ratio to the script | aim | | CPU µs/action | commits/action | \
             statements/action | rows/action | WAL bytes/action | bytes written/action |\n\
             |---|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|\n",
        );
        let script = self.0.iter().find(|it| it.who.contains("same commits"));
        for line in &self.0 {
            let is_product = line.who.starts_with("product");
            let ratios = script.filter(|it| is_product && it.database == line.database).map(|script| {
                let both = line.samples.iter().zip(&script.samples);
                both.map(|(product, script)| product.per_second / script.per_second).collect::<Vec<f64>>()
            });
            let range = ratios.as_ref().map(|it| {
                let (least, most) =
                    it.iter().fold((f64::MAX, 0.0), |(least, most), it| (it.min(least), it.max(most)));
                format!(" ({least:.2}–{most:.2})")
            });
            let ratio = ratios.map(median);
            let (aim, verdict) = match ratio {
                Some(ratio) if ratio >= AIM => (format!("≥ {AIM:.2}"), "met"),
                Some(_) => (format!("≥ {AIM:.2}"), "**missed**"),
                None => ("–".to_owned(), "–"),
            };
            let counted = |of: fn(&Counted) -> f64| line.median(|it| it.counted.as_ref().map(of));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {}{} | {aim} | {verdict} | {} | {} | {} | {} | {} | {} |",
                line.database,
                line.who,
                line.connections.map_or_else(|| "–".to_owned(), |it| it.to_string()),
                shown(line.median(|it| Some(it.per_second)), 0),
                shown(ratio, 2),
                range.unwrap_or_default(),
                shown(line.median(|it| it.cpu), 0),
                shown(counted(|it| it.commits), 1),
                shown(counted(|it| it.statements), 1),
                shown(counted(|it| it.rows), 1),
                shown(counted(|it| it.wal), 0),
                shown(line.median(|it| it.written), 0),
            );
        }
        text
    }

    /// Every turn.
    pub(crate) fn json(&self) -> Value {
        let lines = self.0.iter().map(|line| {
            json!({
                "database": line.database,
                "who": line.who,
                "actions_per_second": line.samples.iter().map(|it| it.per_second).collect::<Vec<_>>(),
                "commits_per_action": line.samples.iter().map(|it| it.counted.map(|it| it.commits)).collect::<Vec<_>>(),
                "wal_bytes_per_action": line.samples.iter().map(|it| it.counted.map(|it| it.wal)).collect::<Vec<_>>(),
            })
        });
        lines.collect()
    }
}

pub(crate) fn shown(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |it| format!("{it:.decimals$}"))
}
