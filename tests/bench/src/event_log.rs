//! What the event log costs a commit: the same transactions, each a row and its event, with their events numbered and
//! followed, and without, by turns on one PostgreSQL. The product's own crate writes, numbers and follows; gRPC would only
//! hide the difference.

use std::time::{Duration, Instant};

use access::{Role, Scope};
use anyhow::Context as _;
use events::{EventLog, NewEvent, SubjectKind, Subscriber};
use platform::clock::Clock;
use proto::event::v1 as wire;
use serde_json::json;
use storage::{Database, Migration, Migrations, Statement, Statements as _, StorageError};
use telemetry::propagation::Cause;

use crate::measure::median;
use crate::postgres::Postgres;

/// Of the commits without numbering, those with it have to reach this much.
const AIM: f64 = 0.8;

const TABLE: Migration = Migration {
    version: 1000,
    name: "subjects",
    sql: "CREATE TABLE subjects (id UUID PRIMARY KEY, title TEXT NOT NULL, revision BIGINT NOT NULL)",
};

const INSERT: Statement = Statement {
    summary: "INSERT subjects",
    sql: "INSERT INTO subjects (id, title, revision) VALUES ($1, $2, $3)",
};

static TASK: SubjectKind = SubjectKind {
    name: "task",
    id_attribute: "ccm.task.id",
    wire: wire::SubjectKind::Task,
    removed: "task.removed",
    audited: &[],
    events: &["task.created"],
    for_everyone: false,
    read: |json| serde_json::from_value(json).map(wire::event::Resource::Task),
};

/// What is measured.
#[derive(Clone, Copy)]
pub(crate) struct Commits {
    pub(crate) writers: usize,
    pub(crate) rounds: usize,
    pub(crate) measured: Duration,
}

/// The commits per second of each round.
pub(crate) struct Measured {
    with: Vec<f64>,
    without: Vec<f64>,
    /// How far numbering was behind when the last turn ended.
    behind: i64,
}

impl Commits {
    /// Measures on a new database of `server`, on two threads of its own.
    pub(crate) async fn measure(self, server: &Postgres) -> anyhow::Result<Measured> {
        let urls = [server.create("with_numbering").await?, server.create("without_numbering").await?];
        let measured = tokio::task::spawn_blocking(move || {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            runtime.worker_threads(2).enable_all().build()?.block_on(self.rounds_on(urls))
        });
        measured.await?
    }

    async fn rounds_on(self, urls: [String; 2]) -> anyhow::Result<Measured> {
        let own = Migrations { sqlite: Vec::new(), postgres: vec![TABLE] };
        let migrations = Migrations::of(&[&events::migrations(), &own]);
        let with = Database::open(&urls[0], &migrations).await?;
        let without = Database::open(&urls[1], &migrations).await?;
        let (log, running) = EventLog::start(&with, vec![&TASK]);
        // Somebody watches, as the gateway does.
        let follows = Subscriber::of(&access::testing::caller("bench", &[Role::Service], None));
        let mut follower = log.follow(log.point().await?.log_id, 0, &follows);
        let following = tokio::spawn(async move { while follower.next().await.is_ok() {} });
        let mut result = Measured { with: Vec::new(), without: Vec::new(), behind: 0 };
        for round in 0..self.rounds {
            // By turns first and second.
            for turn in 0..2 {
                if (round + turn) % 2 == 0 {
                    let (commits, written) = self.turn(&with).await?;
                    result.with.push(commits);
                    result.behind = written - log.point().await?.head.min(written);
                } else {
                    result.without.push(self.turn(&without).await?.0);
                }
            }
        }
        following.abort();
        running.stop().await;
        with.close().await;
        without.close().await;
        Ok(result)
    }

    /// Commits per second, and events written so far.
    async fn turn(self, database: &Database) -> anyhow::Result<(f64, i64)> {
        let begun = Instant::now();
        let writers =
            (0..self.writers).map(|_| tokio::spawn(write_until(database.clone(), begun + self.measured)));
        let mut commits = 0_u32;
        for writer in writers.collect::<Vec<_>>() {
            commits += writer.await??;
        }
        let per_second = f64::from(commits) / begun.elapsed().as_secs_f64();
        Ok((per_second, written(database).await?))
    }
}

async fn write_until(database: Database, end: Instant) -> anyhow::Result<u32> {
    let (clock, mut commits) = (Clock::system(), 0);
    while Instant::now() < end {
        write(&database, &clock).await?;
        commits += 1;
    }
    Ok(commits)
}

async fn write(database: &Database, clock: &Clock) -> Result<(), StorageError> {
    let (id, title) = (clock.new_id(), "Replace the uplink of the rack");
    let event = NewEvent {
        id: clock.new_id(),
        kind: "task.created",
        subject_kind: &TASK,
        subject_id: id,
        revision: 1,
        occurred_at: clock.now(),
        actor: "bench".to_owned(),
        roles: None,
        on_behalf_of: None,
        cause: Cause::default(),
        before: None,
        after: Some(Scope { department: Some("network".to_owned()), ..Scope::default() }),
        resource: json!({"id": id.to_string(), "title": title, "department": "network", "revision": "1"}),
        changed_before: None,
    };
    database
        .write(move |on| {
            Box::pin(async move {
                on.execute(&INSERT, [id.into(), title.into(), 1_i64.into()]).await?;
                events::append(on, event).await
            })
        })
        .await
}

async fn written(database: &Database) -> anyhow::Result<i64> {
    let Database::Postgres(pools) = database else { anyhow::bail!("not PostgreSQL") };
    sqlx::query_scalar("SELECT count(*) FROM events")
        .fetch_one(&pools.writers)
        .await
        .context("events are counted")
}

impl Measured {
    /// A paragraph for the report.
    pub(crate) fn text(&self) -> String {
        let ratios: Vec<f64> =
            self.with.iter().zip(&self.without).map(|(with, without)| with / without).collect();
        let ratio = median(ratios);
        let verdict = if ratio >= AIM { "met" } else { "**missed**" };
        format!(
            "| PostgreSQL, a row and its event | commits/s |\n|---|--:|\n| numbered and followed | {:.0} |\n\
             | neither | {:.0} |\n| ratio, aim ≥ {AIM:.2} | {ratio:.2} {verdict} |\n\n\
             Numbering was {} events behind when the last turn ended.\n",
            median(self.with.clone()),
            median(self.without.clone()),
            self.behind,
        )
    }

    /// Every turn.
    pub(crate) fn json(&self) -> serde_json::Value {
        json!({"with": self.with, "without": self.without, "behind": self.behind})
    }
}
