//! What one client can take from the others: each attack at full size, beside a caller who behaves. The attacker is a process of its
//! own with an address of its own, so that the limits of a client address apply to it alone.

mod attacker;
mod caller;
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
use self::memory::Memory;
use self::processes::{Processes, Start};
use self::report::Line;
pub(crate) use self::report::Measured;
use crate::actions::Databases;
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
}

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
        let processes = self.start(attack).await?;
        // What is made once is made.
        caller::call(&processes, Duration::from_secs(1)).await?;
        let usual = caller::call(&processes, self.measured).await?;
        let mut memory = Memory::before(&processes)?;
        let order = Order {
            gateway: processes.target.gateway,
            service: processes.task_service,
            workers: processes.worker_service,
            tokens: self.tokens()?,
        };
        let other = Attacker::start(attack, &order).await?;
        let attacked = caller::call(&processes, self.measured).await;
        let got = other.end().await?;
        memory.at_most()?;
        tokio::time::sleep(AFTERWARDS).await;
        memory.after()?;
        processes.stop().await?;
        Ok(Line { attack, usual, attacked: attacked?, memory, got })
    }

    async fn start(&self, attack: Attack) -> anyhow::Result<Processes> {
        let url = |name: &str| {
            let file = self.directory.join(format!("attack-{}-{name}.db", attack.name()));
            format!("sqlite:{}", file.display())
        };
        let databases = Databases { tasks: url("tasks"), workers: url("workers"), provider: url("provider") };
        // The gateway has to connect while the attacker has the share of its address.
        let of_task_service: &[&str] =
            if attack == Attack::ProvenConnections { &["--max-connection-age", "2s"] } else { &[] };
        let (common, directory) = (self.common, self.directory);
        Start { common, directory, databases: &databases, of_task_service }.filled().await
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
