//! What one client can take from the others: each attack at full size, beside a caller who behaves, on SQLite. The attacker is a
//! process of its own with an address of its own, so that the limits of a client address apply to it alone.

mod attacker;
mod caller;
mod grpc;
mod held;
mod rest;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use access::Role;
use access::local::{LocalIssuer, TokenClaims};
use anyhow::Context as _;
use clap::ValueEnum as _;
use platform::clock::Clock;
use serde_json::{Value, json};
use tokio::sync::oneshot;

pub(crate) use self::attacker::{Attack, serve};
use self::attacker::{Attacker, Order};
use self::caller::{Answers, Behaved};
use crate::actions::service_token;
use crate::load::{Connection, Row};
use crate::machine;
use crate::measure::number;
use crate::setup::{Common, Running, Setup};

/// Accounts of an attacker. Most attacks use the first four.
const ACCOUNTS: usize = 16;
/// Accounts of an attack that has a few.
const FEW: usize = 4;
/// Tasks with the longest description, so that a page of them is as large as a page can be.
const LARGE_TASKS: usize = 100;
/// From the end of the attack until the memory is looked at again.
const AFTERWARDS: Duration = Duration::from_secs(10);
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(100);
const MAX_RATIO: f64 = 5.0;

/// What is measured.
pub(crate) struct Attacks<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    /// How long the usual is measured, and the time under attack.
    pub(crate) measured: Duration,
    /// All of them if there are none.
    pub(crate) only: &'a [Attack],
}

/// Resident bytes of a process.
#[derive(Clone, Copy, Default)]
struct Memory {
    before: u64,
    most: u64,
    after: u64,
}

struct Line {
    attack: Attack,
    usual: Answers,
    attacked: Answers,
    gateway: Memory,
    service: Memory,
    /// What the attacker got, in its own words.
    got: String,
}

pub(crate) struct Measured(Vec<Line>);

impl Attacks<'_> {
    pub(crate) async fn measure(&self) -> anyhow::Result<Measured> {
        let all = if self.only.is_empty() { Attack::value_variants() } else { self.only };
        let mut lines = Vec::new();
        for &attack in all {
            let line = self.one(attack).await?;
            eprintln!("{}", line.text());
            lines.push(line);
        }
        Ok(Measured(lines))
    }

    /// Each attack has processes of its own: what the one before has left behind is not its memory.
    async fn one(&self, attack: Attack) -> anyhow::Result<Line> {
        eprintln!("attack: {}", attack.title());
        let running = self.start(attack).await?;
        let [service, gateway] = running.ids()[..] else { anyhow::bail!("a setup has two processes") };
        let resident = |process| machine::usage(process).map(|it| it.memory);
        let order =
            Order { gateway: running.target.gateway, service: running.service, tokens: self.tokens()? };
        let behaved = Behaved { target: &running.target, service: running.service };
        // What is made once is made.
        behaved.call(Duration::from_secs(1)).await?;
        let usual = behaved.call(self.measured).await?;
        let mut of_gateway = Memory { before: resident(gateway)?, ..Memory::default() };
        let mut of_service = Memory { before: resident(service)?, ..Memory::default() };

        let (done, mut is_done) = oneshot::channel();
        let under_attack = async {
            let attacker = Attacker::start(attack, &order).await?;
            let answers = behaved.call(self.measured).await;
            let got = attacker.end().await;
            let _ = done.send(());
            anyhow::Ok((answers?, got?))
        };
        let watching = async {
            while is_done.try_recv() == Err(oneshot::error::TryRecvError::Empty) {
                of_gateway.most = of_gateway.most.max(resident(gateway)?);
                of_service.most = of_service.most.max(resident(service)?);
                tokio::time::sleep(LOOK).await;
            }
            anyhow::Ok(())
        };
        let (attacked, watched) = tokio::join!(under_attack, watching);
        let (attacked, got) = attacked?;
        watched?;
        tokio::time::sleep(AFTERWARDS).await;
        (of_gateway.after, of_service.after) = (resident(gateway)?, resident(service)?);
        running.stop().await?;
        Ok(Line { attack, usual, attacked, gateway: of_gateway, service: of_service, got })
    }

    async fn start(&self, attack: Attack) -> anyhow::Result<Running> {
        let token = service_token("gateway", self.directory)?.display().to_string();
        let file = self.directory.join(format!("attack-{}.db", attack.name()));
        let database = format!("sqlite:{}", file.display());
        let settings = ["--service-token-file", &token];
        // The gateway has to connect while the attacker has the share of its address.
        let of_service: &[&str] =
            if attack == Attack::ProvenConnections { &["--max-connection-age", "2s"] } else { &[] };
        let setup = Setup::ProductOff;
        let running = Running::start_with(setup, self.common, &database, &settings, of_service).await?;
        let mut connection = Connection::open(&running.target, 0).await?;
        let large = json!({
            "title": "Read the log",
            "department": "network",
            "description": "\u{1f5a7}".repeat(10_000),
        });
        for _ in 0..LARGE_TASKS {
            connection.post("/api/tasks", &large).await?;
        }
        // The first pages of lists are those of the usual size again.
        for _ in 0..50 {
            connection.send(Row::Post).await?;
        }
        Ok(running)
    }

    /// The accounts see the tasks of their department.
    fn tokens(&self) -> anyhow::Result<Vec<String>> {
        let issuer = LocalIssuer::open_or_create(self.directory)?;
        let of = |number: usize| TokenClaims {
            sub: format!("mallory-{number}"),
            roles: vec![Role::Manager],
            department: Some("network".to_owned()),
            lifetime: Duration::from_hours(12),
        };
        (0..ACCOUNTS).map(|it| issuer.issue(&of(it), &Clock::system()).context("a token")).collect()
    }
}

impl Line {
    fn ratio(&self) -> f64 {
        self.attacked.p99() / self.usual.p99()
    }

    fn is_met(&self) -> bool {
        self.ratio() <= MAX_RATIO && self.attacked.refused == 0 && self.attacked.failed == 0
    }

    fn text(&self) -> String {
        let memory = |it: Memory| {
            let mebibytes = |bytes| number(bytes) / 1024.0 / 1024.0;
            format!("{:.0} → {:.0} → {:.0}", mebibytes(it.before), mebibytes(it.most), mebibytes(it.after))
        };
        let verdict = if self.is_met() { "met" } else { "**missed**" };
        format!(
            "| {} | {} | {:.1} | {:.1} | {:.1} | {} | {} | {} | {} | {} | {verdict} |",
            self.attack.title(),
            self.got,
            self.usual.p99(),
            self.attacked.p99(),
            self.ratio(),
            self.attacked.latencies.len(),
            self.attacked.refused,
            self.attacked.failed,
            memory(self.gateway),
            memory(self.service),
        )
    }
}

impl Measured {
    /// A table for the report.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from(
            "| attack | what the attacker got | p99 ms, usual | attacked | ratio | answered | refused | failed | \
             gateway MiB, before → most → after | task-service MiB | |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n",
        );
        for line in &self.0 {
            let _ = writeln!(text, "{}", line.text());
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let memory = |it: Memory| json!({"before": it.before, "most": it.most, "after": it.after});
        let of = |line: &Line| {
            json!({
                "attack": line.attack.name(),
                "got": line.got,
                "p99_ms_usual": line.usual.p99(),
                "p99_ms_attacked": line.attacked.p99(),
                "answered": line.attacked.latencies.len(),
                "refused": line.attacked.refused,
                "failed": line.attacked.failed,
                "gateway_bytes": memory(line.gateway),
                "task_service_bytes": memory(line.service),
            })
        };
        Value::Array(self.0.iter().map(of).collect())
    }
}
