//! What clients that replay many events at once do to those that follow the events as they happen, on SQLite.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::clients::{Clients, Kind, Start};
use super::{LIMITS, WRITERS, write};
use crate::actions::service_token;
use crate::load::{Connection, Row, Target};
use crate::machine;
use crate::measure::number;
use crate::setup::{Common, Running, Setup};

/// Clients that follow the events as they happen; each of them tells how late they are.
const FOLLOWING: usize = 50;
/// Between two events that happen.
const INTERVAL: Duration = Duration::from_millis(50);
/// Nice value of the thread that replays, the same as that of the attackers in `attacks`.
const NICENESS: i32 = 10;
const TIMEOUT: Duration = Duration::from_mins(30);
const MAX_LAG: f64 = 2.0;

/// What is measured.
pub(crate) struct Replays<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    /// Clients that replay.
    pub(crate) clients: usize,
    /// Events that each of them replays.
    pub(crate) events: usize,
    /// How long the usual lag is measured.
    pub(crate) usual: Duration,
}

/// Milliseconds from the time of an event to its arrival.
#[derive(Clone, Copy)]
struct Lag {
    p50: f64,
    p99: f64,
}

pub(crate) struct Measured {
    clients: usize,
    events: usize,
    seconds: f64,
    usual: Lag,
    meanwhile: Lag,
    /// Resident MiB of the gateway: before the replays, and at most.
    memory: [f64; 2],
    /// Microseconds of the gateway's CPU a delivery.
    cpu: f64,
}

/// What happened while events came at a fixed rate.
struct Paced<T> {
    until: T,
    events: usize,
    largest: u64,
}

impl Replays<'_> {
    pub(crate) async fn measure(&self) -> anyhow::Result<Measured> {
        let running = self.start().await?;
        let gateway = *running.ids().last().context("a setup has processes")?;
        let target = &running.target;
        // Some are there already.
        write(target, self.events - target.tasks.len(), WRITERS).await?;
        let following = Clients::open(target, FOLLOWING, Kind::Http1, Start::NOW_SAMPLED).await?;
        let warm_up = pace_until(target, gateway, tokio::time::sleep(Duration::from_secs(1))).await?;
        following.lags();

        let paced = pace_until(target, gateway, tokio::time::sleep(self.usual)).await?;
        let usual = Lag::of(&following.lags());
        let all = self.events + warm_up.events + paced.events;
        let (before, began) = (machine::usage(gateway)?, Instant::now());

        // On a thread of their own, which leaves the CPU to what is measured, as clients on other machines would. On Linux, the
        // priority is that of the thread alone.
        let (reached, told) = (oneshot::channel(), oneshot::channel());
        let (target_of, clients) = (target.clone(), self.clients);
        let replaying = std::thread::spawn(move || {
            rustix::process::setpriority_process(None, NICENESS)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(replay(target_of, clients, all, reached.0, told.1))
        });
        let meanwhile = pace_until(target, gateway, reached.1).await?;
        let (after, seconds) = (machine::usage(gateway)?, began.elapsed().as_secs_f64());
        let lag = Lag::of(&following.lags());
        if meanwhile.until.is_ok() {
            let _ = told.0.send(all + meanwhile.events);
        }
        tokio::task::spawn_blocking(|| replaying.join())
            .await?
            .map_err(|_| anyhow::anyhow!("the clients that replay panicked"))??;
        drop(following);
        running.stop().await?;
        let cpu = after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1_000_000.0;
        let mebibytes = |bytes: u64| number(bytes) / 1024.0 / 1024.0;
        Ok(Measured {
            clients: self.clients,
            events: all,
            seconds,
            usual,
            meanwhile: lag,
            memory: [mebibytes(before.memory), mebibytes(meanwhile.largest)],
            cpu: cpu / number((all * self.clients) as u64),
        })
    }

    async fn start(&self) -> anyhow::Result<Running> {
        let token = service_token("gateway", self.directory)?.display().to_string();
        let most = (self.clients + FOLLOWING + 100).to_string();
        let limits = LIMITS.into_iter().flat_map(|it| [it, &most]);
        let settings: Vec<&str> = limits.chain(["--service-token-file", &token]).collect();
        let database = format!("sqlite:{}", self.directory.join("replays.db").display());
        let common = Common { tasks: 8, ..self.common.clone() };
        Running::start(Setup::ProductOff, &common, &database, &settings).await
    }
}

/// Creates tasks at a fixed rate until `until` is ready.
async fn pace_until<T>(
    target: &Target,
    gateway: u32,
    until: impl Future<Output = T>,
) -> anyhow::Result<Paced<T>> {
    let mut connection = Connection::open(target, 0).await?;
    let mut ticks = tokio::time::interval(INTERVAL);
    let (mut events, mut largest) = (0, 0);
    tokio::pin!(until);
    loop {
        tokio::select! {
            until = &mut until => return Ok(Paced { until, events, largest }),
            _ = ticks.tick() => {}
        }
        connection.send(Row::Post).await?;
        events += 1;
        largest = largest.max(machine::usage(gateway)?.memory);
    }
}

/// Reads all events from the first one on in many clients: tells when each has `first`, and reads on until each has as many
/// as it is told then, and not more.
async fn replay(
    target: Target,
    clients: usize,
    first: usize,
    reached: oneshot::Sender<()>,
    told: oneshot::Receiver<usize>,
) -> anyhow::Result<()> {
    let mut replaying = Clients::open(&target, clients, Kind::Http1, Start::EARLIEST).await?;
    replaying.wait_for((first * clients) as u64, TIMEOUT).await?;
    let _ = reached.send(());
    let all = (told.await? * clients) as u64;
    replaying.wait_for(all, TIMEOUT).await?;
    ensure!(replaying.events() == all, "{} events instead of {all} were delivered", replaying.events());
    Ok(())
}

impl Lag {
    fn of(sorted: &[i64]) -> Self {
        let at = |percent: usize| {
            let at = sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)));
            at.map_or(f64::NAN, |it| number(it.unsigned_abs()) / 1_000.0)
        };
        Self { p50: at(50), p99: at(99) }
    }
}

impl Measured {
    /// A table for the report.
    pub(crate) fn text(&self) -> String {
        let ratio = self.meanwhile.p99 / self.usual.p99;
        let mut text = String::from(
            "| replays | events of each | seconds | deliveries/s | CPU µs/delivery | gateway MiB before | at most | lag p50, p99 ms, usual | \
             meanwhile | ratio of p99 | aim | |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n",
        );
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.0} | {:.1} | {:.0} | {:.0} | {:.1}, {:.1} | {:.1}, {:.1} | {ratio:.2} | ≤ {MAX_LAG:.2} | {} |",
            self.clients,
            self.events,
            self.seconds,
            number((self.clients * self.events) as u64) / self.seconds,
            self.cpu,
            self.memory[0],
            self.memory[1],
            self.usual.p50,
            self.usual.p99,
            self.meanwhile.p50,
            self.meanwhile.p99,
            super::verdict(ratio <= MAX_LAG)
        );
        text
    }

    pub(crate) fn json(&self) -> Value {
        let lag = |it: Lag| json!({"p50_ms": it.p50, "p99_ms": it.p99});
        json!({
            "clients": self.clients,
            "events": self.events,
            "seconds": self.seconds,
            "lag_usual": lag(self.usual),
            "lag_meanwhile": lag(self.meanwhile),
            "gateway_mib_before": self.memory[0],
            "gateway_mib_at_most": self.memory[1],
            "cpu_us_per_delivery": self.cpu,
        })
    }
}
