//! What one client can take from the others: each attack at full size, beside a caller who behaves. The attacker is a process of its
//! own with an address of its own, so that the limits of a client address apply to it alone.

mod attacker;
mod burst;
mod caller;
mod deletes;
mod grpc;
mod held;
mod kept;
mod latencies;
mod long_log;
mod memory;
mod processes;
mod report;
mod rest;
mod service;
mod watches;

use std::path::Path;
use std::time::Duration;

use access::Role;
use access::local::{LocalIssuer, TokenClaims};
use anyhow::Context as _;
use clap::ValueEnum as _;
use platform::clock::Clock;

pub(crate) use self::attacker::{Attack, serve};
use self::attacker::{Attacker, Order};
use self::caller::Behaved;
use self::deletes::RowLocks;
use self::memory::Memory;
use self::processes::Start;
use self::report::Line;
pub(crate) use self::report::Measured;
use crate::actions::{self, Databases};
use crate::cli::Backend;
use crate::postgres::Postgres;
use crate::setup::Common;

/// Accounts of an attacker. Most attacks use the first four.
const ACCOUNTS: usize = 16;
/// Accounts of an attack that has a few.
const FEW: usize = 4;
/// From the end of the attack until the memory is looked at again.
const AFTERWARDS: Duration = Duration::from_secs(10);
/// Of its usual latencies, the caller who behaves may see this many times under attack.
const MAX_RATIO: f64 = 5.0;

/// What is measured.
pub(crate) struct Attacks<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    /// How long the usual is measured, and the time under attack.
    pub(crate) measured: Duration,
    /// All of them if there are none.
    pub(crate) only: &'a [Attack],
    /// Attacks on other databases are left out.
    pub(crate) backends: &'a [Backend],
}

impl Attacks<'_> {
    pub(crate) async fn measure(&self) -> anyhow::Result<Measured> {
        let all = if self.only.is_empty() { Attack::value_variants() } else { self.only };
        let mut lines = Vec::new();
        for &attack in all.iter().filter(|it| self.backends.contains(&it.backend())) {
            let line = self.one(attack).await?;
            eprintln!("{}", line.text());
            lines.push(line);
        }
        Ok(Measured(lines))
    }

    /// Each attack has processes of its own: what the one before has left behind is not its memory.
    async fn one(&self, attack: Attack) -> anyhow::Result<Line> {
        eprintln!("attack: {}", attack.title());
        let server = match attack.backend() {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Postgres::start(self.directory).await?),
        };
        let databases = match &server {
            None => self.files(attack),
            Some(server) => actions::databases(server, "attack").await?.0,
        };
        let line = self.on(attack, &databases).await;
        server.map_or(Ok(()), Postgres::stop)?;
        line
    }

    async fn on(&self, attack: Attack, databases: &Databases) -> anyhow::Result<Line> {
        // The gateway has to connect while the attacker has the share of its address.
        let of_task_service: &[&str] =
            if attack == Attack::ProvenConnections { &["--max-connection-age", "2s"] } else { &[] };
        let (common, directory) = (self.common, self.directory);
        let processes = Start { common, directory, databases, of_task_service }.filled().await?;
        let mut tokens = self.tokens()?;
        let last = tokens.pop().context("an attacker has accounts")?;
        let deletes = (attack == Attack::Deletes).then(|| format!("Bearer {last}").parse()).transpose()?;
        let behaved = Behaved { processes: &processes, deletes };
        // What is made once is made.
        behaved.call(Duration::from_secs(1)).await?;
        let usual = behaved.call(self.measured).await?;
        let mut memory = Memory::before(&processes)?;
        let order = Order {
            gateway: processes.target.gateway,
            service: processes.task_service,
            workers: processes.worker_service,
            tokens,
            unseen: processes.unseen.clone(),
        };
        let locks = match attack {
            Attack::Deletes => Some(RowLocks::hold(&databases.tasks).await?),
            _ => None,
        };
        let other = Attacker::start(attack, &order).await?;
        let attacked = behaved.call(self.measured).await;
        let got = other.end().await?;
        memory.at_most()?;
        drop(locks);
        tokio::time::sleep(AFTERWARDS).await;
        memory.after()?;
        processes.stop().await?;
        Ok(Line { attack, usual, attacked: attacked?, memory, got })
    }

    fn files(&self, attack: Attack) -> Databases {
        let url = |name: &str| {
            let file = self.directory.join(format!("attack-{}-{name}.db", attack.name()));
            format!("sqlite:{}", file.display())
        };
        Databases { tasks: url("tasks"), workers: url("workers"), provider: url("provider") }
    }

    /// Of the attacker's accounts, and of one more, all of which see the tasks of their department.
    fn tokens(&self) -> anyhow::Result<Vec<String>> {
        let issuer = LocalIssuer::open_or_create(self.directory)?;
        let of = |number: usize| TokenClaims {
            sub: format!("mallory-{number}"),
            roles: vec![Role::Manager],
            department: Some("network".to_owned()),
            lifetime: Duration::from_hours(12),
        };
        (0..=ACCOUNTS).map(|it| issuer.issue(&of(it), &Clock::system()).context("a token")).collect()
    }
}
