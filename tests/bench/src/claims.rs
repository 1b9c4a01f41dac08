//! What it costs the two loops to find their work, with few and with many finished tasks, and while a transaction of somebody
//! else keeps an old snapshot, so that the rows of ended actions cannot be removed. PostgreSQL counts it for the product's
//! own statements while a fleet's workers are stopped and started.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::actions::{Cost, Counting, Databases, Fleet, Workers, databases, shown};
use crate::load::Load;
use crate::measure::{median, number};
use crate::postgres::Postgres;
use crate::setup::Common;

/// Finished tasks of the first line of the table.
const FEW: usize = 1_000;
/// A claim of an action may read this many times the blocks of the one that it is compared with.
const AIM: f64 = 2.0;
/// Turns while the snapshot is kept.
const HELD_TURNS: usize = 5;

/// Inserts `$1` finished tasks with actions.
const FINISHED: &str = "INSERT INTO tasks (id, title, description, status, priority, worker_id, created_by, created_at, updated_at, \
       version, revision, action, class) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, 'Stop worker ' || i % 200, '', 'completed', 'medium', \
       lpad(to_hex(i % 200), 32, '0')::uuid, 'ada', 1700000000000000 + i, 1700000000000000 + i, 1, 4, \
       '{\"run\": {\"number\": 1, \"attempt\": 1, \"attempts\": [{\"run\": 1, \"code\": \"OK\", \"number\": 1, \
         \"started_at\": 1700000000000000}], \"deadline\": 1700001800000000, \"ended_at\": 1700000000500000, \
         \"has_begun\": true, \"max_attempts\": 10, \"applied_generation\": 4, \"has_replaced_begun\": false}, \"seq\": 3, \
         \"verb\": \"stop\", \"worker_id\": \"01a2174b-429c-7108-95b0-f207f26988f9\"}', 2 \
     FROM generate_series(1, $1) AS i";

/// What is measured.
pub(crate) struct Claims<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    pub(crate) load: Load,
    pub(crate) rounds: usize,
    pub(crate) workers: usize,
    /// Finished tasks of the second line of the table.
    pub(crate) finished: usize,
}

/// A turn, and what the statements cost in it.
struct Turn {
    per_second: f64,
    costs: Vec<Cost>,
}

/// A line of the table.
struct Line {
    what: String,
    turns: Vec<Turn>,
    /// Index of the line that this one is compared with.
    than: Option<usize>,
}

/// The costs of all turns.
pub(crate) struct Measured(Vec<Line>);

/// A fleet with finished tasks.
struct Prepared {
    fleet: Fleet,
    workers: Workers,
    databases: Databases,
    names: [String; 3],
}

impl Line {
    fn new(what: impl Into<String>, than: Option<usize>) -> Self {
        Self { what: what.into(), turns: Vec::new(), than }
    }

    fn add(&mut self, turn: Turn) {
        let costs: Vec<String> = turn
            .costs
            .iter()
            .map(|it| format!("{} {:.0} µs, {:.1} blocks", it.name, it.micros, it.blocks))
            .collect();
        eprintln!("{}: {:.0} actions/s; {}", self.what, turn.per_second, costs.join("; "));
        self.turns.push(turn);
    }

    fn median(&self, name: &str, of: impl Fn(&Cost) -> f64) -> Option<f64> {
        let costs = self.turns.iter().filter_map(|it| it.costs.iter().find(|it| it.name == name));
        let all: Vec<f64> = costs.map(of).collect();
        (!all.is_empty()).then(|| median(all))
    }
}

impl Claims<'_> {
    pub(crate) async fn measure(&self, server: &Postgres) -> anyhow::Result<Measured> {
        let mut counting = Counting::of(&server.url("postgres")).await?;
        let (mut few, mut many) =
            (self.prepare(server, "few", FEW).await?, self.prepare(server, "many", self.finished).await?);
        let mut lines = vec![
            Line::new(format!("{FEW} finished tasks"), None),
            Line::new(format!("{} finished tasks", self.finished), Some(0)),
        ];
        for _ in 0..self.rounds {
            lines[0].add(self.turn(&mut few, &mut counting).await?);
            lines[1].add(self.turn(&mut many, &mut counting).await?);
        }
        many.fleet.stop().await?;
        let mut held = Vec::new();
        for database in [&few.databases.tasks, &few.databases.workers] {
            let mut connection = PgConnection::connect(database).await?;
            sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM events")
                .execute(&mut connection)
                .await?;
            held.push(connection);
        }
        for turn in 1..=HELD_TURNS {
            // The rows of the last ten seconds are read again by each claim; from the third turn on nothing may be added.
            let than = if turn > 2 { Some(lines.len() - (turn - 2)) } else { None };
            let mut line = Line::new(
                format!("{FEW} finished tasks, an old snapshot, turn {turn} of {HELD_TURNS}"),
                than,
            );
            line.add(self.turn(&mut few, &mut counting).await?);
            lines.push(line);
        }
        for connection in held {
            connection.close().await?;
        }
        few.fleet.stop().await?;
        Ok(Measured(lines))
    }

    async fn prepare(&self, server: &Postgres, prefix: &str, finished: usize) -> anyhow::Result<Prepared> {
        let (databases, names) = databases(server, prefix).await?;
        let fleet = Fleet::start(1, self.workers, &databases, self.common, self.directory).await?;
        let mut connection = PgConnection::connect(&databases.tasks).await?;
        eprintln!("inserting {finished} finished tasks");
        sqlx::query(FINISHED).bind(i64::try_from(finished)?).execute(&mut connection).await?;
        sqlx::query("VACUUM ANALYZE tasks").execute(&mut connection).await?;
        Ok(Prepared { workers: Workers::of(&fleet), fleet, databases, names })
    }

    async fn turn(&self, on: &mut Prepared, counting: &mut Counting) -> anyhow::Result<Turn> {
        counting.forget().await?;
        let turn = on.workers.turn(self.load, &on.fleet, || Ok(())).await?.0;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let names: Vec<&str> = on.names.iter().map(String::as_str).collect();
        let per_second = number(turn.measured) / self.load.measured.as_secs_f64();
        Ok(Turn { per_second, costs: counting.costs(&names).await? })
    }
}

/// The statements in the order of the table; those without a verdict are not run for each action.
const STATEMENTS: [&str; 5] = [
    "1 claim an action",
    "2 look for actions",
    "3 check deadlines",
    "4 claim a worker",
    "5 look for workers",
];

impl Measured {
    /// A table for the report.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("| PostgreSQL | actions/s |");
        for it in STATEMENTS {
            text.extend([" ", &it[2..], ": µs, blocks |"]);
        }
        text.push_str(" claim an action, blocks: growth | |\n|---|--:|--:|--:|--:|--:|--:|--:|---|\n");
        for line in &self.0 {
            let per_second = median(line.turns.iter().map(|it| it.per_second).collect());
            let _ = write!(text, "| {} | {per_second:.0} |", line.what);
            for name in STATEMENTS {
                let (micros, blocks) = (line.median(name, |it| it.micros), line.median(name, |it| it.blocks));
                let _ = write!(text, " {}, {} |", shown(micros, 0), shown(blocks, 1));
            }
            let blocks = |line: &Line| line.median(STATEMENTS[0], |it| it.blocks);
            let growth = line.than.and_then(|it| Some(blocks(line)? / blocks(&self.0[it])?));
            let verdict = growth.map_or("–", |it| if it <= AIM { "met" } else { "**missed**" });
            let _ = writeln!(text, " {} | {verdict} |", shown(growth, 2));
        }
        text
    }

    /// Every turn.
    pub(crate) fn json(&self) -> Value {
        let turn = |it: &Turn| {
            let costs = it.costs.iter().map(|it| {
                json!({"statement": it.name[2..], "calls": it.calls, "microseconds": it.micros, "blocks": it.blocks})
            });
            json!({"actions_per_second": it.per_second, "costs": costs.collect::<Vec<_>>()})
        };
        let lines = self.0.iter();
        lines
            .map(|it| json!({"what": it.what, "turns": it.turns.iter().map(turn).collect::<Vec<_>>()}))
            .collect()
    }
}
