//! What it costs to deliver events to many clients of the event stream, beside the plainest loop over a broadcast channel.
//! Events are tasks created over REST. Both gateways are measured by turns, never at the same time.

mod clients;
pub(crate) mod replays;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use self::clients::{Clients, Kind, Start};
use crate::actions::service_token;
use crate::load::{Connection, Row, Target};
use crate::machine::{self, Usage};
use crate::measure::{median, number};
use crate::setup::{Common, Running, Setup};
use crate::steady;

/// Deliveries a second while events come at a fixed rate.
const PACED: usize = 10_000;
/// At least this many deliveries of events that are written as fast as possible.
const BURST: usize = 200_000;
/// At least this many events: with only a few, chance decides how many share a write.
const MIN_BURST_EVENTS: usize = 200;
/// Connections that write the events of a burst.
const WRITERS: usize = 8;
/// Events that fill all buffers of a client that reads nothing, which hold 100 KiB.
const STALLED_EVENTS: usize = 256;
/// After so long, the product's gateway gives up a connection of HTTP/2 that nobody reads.
const UNANSWERED_PING: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_mins(2);
/// What would stop so many clients of one address and one account.
const LIMITS: [&str; 4] =
    ["--max-connections", "--max-connections-per-address", "--max-streams", "--max-streams-per-caller"];
const MAX_MEMORY: f64 = 1.0;
const MIN_DELIVERIES: f64 = 0.9;
const MAX_LAG: f64 = 1.5;

/// What is measured.
pub(crate) struct Streams<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    pub(crate) clients: usize,
    pub(crate) rounds: usize,
    /// How long events come at a fixed rate.
    pub(crate) paced: Duration,
    /// Reads a second of others, meanwhile.
    pub(crate) beside: u32,
}

/// A turn of one gateway.
#[derive(Clone, Copy, Default)]
struct Turn {
    /// Deliveries a second of a burst.
    per_second: f64,
    /// Milliseconds from the time of an event to its arrival, at a fixed rate.
    lag_p50: f64,
    lag_p99: f64,
    /// Microseconds of the gateway's CPU a delivery, at a fixed rate and of a burst.
    cpu_paced: f64,
    cpu_burst: f64,
    /// Resident KiB a client that waits for events, and a client that reads nothing.
    idle: f64,
    stalled: f64,
    /// Bytes an event, with what HTTP adds.
    bytes: f64,
}

struct Line {
    kind: Kind,
    setup: Setup,
    turns: Vec<Turn>,
}

/// The turns of both gateways.
pub(crate) struct Measured {
    clients: usize,
    lines: Vec<Line>,
}

impl Streams<'_> {
    pub(crate) async fn measure(&self) -> anyhow::Result<Measured> {
        let mut lines = Vec::new();
        for kind in [Kind::Http1, Kind::Http2] {
            let (mut product, mut bare) = (Vec::new(), Vec::new());
            for round in 0..self.rounds {
                // The bare gateway is told how large the product's events are.
                let turn = self.turn(kind, Setup::ProductOff, round, 0).await?;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "about a kilobyte"
                )]
                let bytes = turn.bytes as usize;
                product.push(turn);
                bare.push(self.turn(kind, Setup::BareOff, round, bytes).await?);
            }
            lines.push(Line { kind, setup: Setup::ProductOff, turns: product });
            lines.push(Line { kind, setup: Setup::BareOff, turns: bare });
        }
        Ok(Measured { clients: self.clients, lines })
    }

    async fn turn(&self, kind: Kind, setup: Setup, round: usize, bytes: usize) -> anyhow::Result<Turn> {
        let running = self.start(kind, "read", setup, round, bytes).await?;
        let gateway = *running.ids().last().context("a setup has processes")?;
        let usage = || machine::usage(gateway);
        let target = &running.target;

        let before = usage()?;
        let mut clients = Clients::open(target, self.clients, kind, Start::NOW).await?;
        let idle = self.memory(before, usage()?);
        let _others = steady::reads(target, self.beside);
        // Both have made what they make once.
        write(target, 4, 1).await?;
        clients.wait_for(self.deliveries(4), TIMEOUT).await?;
        clients.lags();

        let (before, events, began) = (usage()?, clients.events(), clients.bytes());
        let paced = pace(target, self.clients, self.paced).await?;
        let all = events + self.deliveries(paced);
        clients.wait_for(all, TIMEOUT).await?;
        let cpu_paced = cpu(before, usage()?, all - events);
        let (lags, paced_bytes) = (clients.lags(), clients.bytes() - began);
        let at = |percent: usize| {
            let at = lags.get((lags.len() * percent / 100).min(lags.len().saturating_sub(1)));
            at.map_or(f64::NAN, |it| number(it.unsigned_abs()) / 1_000.0)
        };

        let (before, events, began) = (usage()?, clients.events(), Instant::now());
        let burst = (BURST / self.clients).max(MIN_BURST_EVENTS);
        let (wrote, delivered) = tokio::join!(
            write(target, burst, WRITERS),
            clients.wait_for(events + self.deliveries(burst), TIMEOUT)
        );
        wrote.and(delivered)?;
        let deliveries = number(self.deliveries(burst));
        let per_second = deliveries / began.elapsed().as_secs_f64();
        let cpu_burst = cpu(before, usage()?, self.deliveries(burst));
        drop(clients);
        running.stop().await?;

        let stalled = self.stalled(kind, setup, round, bytes).await?;
        let turn = Turn {
            per_second,
            lag_p50: at(50),
            lag_p99: at(99),
            cpu_paced,
            cpu_burst,
            idle,
            stalled,
            bytes: number(paced_bytes) / number(self.deliveries(paced)),
        };
        eprintln!(
            "{} {} {}/{}: {per_second:.0} deliveries/s, lag p99 {:.1} ms, {cpu_paced:.1} µs, {idle:.1} KiB idle, {stalled:.1} stalled",
            kind.name(),
            setup.name(),
            round + 1,
            self.rounds,
            turn.lag_p99,
        );
        Ok(turn)
    }

    /// KiB a client that reads nothing, once there are more events than its buffers hold.
    async fn stalled(&self, kind: Kind, setup: Setup, round: usize, bytes: usize) -> anyhow::Result<f64> {
        let running = self.start(kind, "stalled", setup, round, bytes).await?;
        let gateway = *running.ids().last().context("a setup has processes")?;
        write(&running.target, 4, 1).await?;
        let (before, began) = (machine::usage(gateway)?, Instant::now());
        let clients = Clients::open(&running.target, self.clients, kind, Start::NOW_STALLED).await?;
        write(&running.target, STALLED_EVENTS, WRITERS).await?;
        // The buffers are full once the gateway has nothing more to do.
        let mut last = machine::usage(gateway)?;
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = machine::usage(gateway)?;
            if now.cpu.saturating_sub(last.cpu) <= Duration::from_millis(20) && now.memory <= last.memory {
                break;
            }
            last = now;
        }
        let memory = self.memory(before, machine::usage(gateway)?);
        ensure!(
            kind == Kind::Http1 || began.elapsed() < UNANSWERED_PING,
            "the gateway has closed connections that nobody reads"
        );
        drop(clients);
        running.stop().await?;
        Ok(memory)
    }

    async fn start(
        &self,
        kind: Kind,
        clients: &str,
        setup: Setup,
        round: usize,
        bytes: usize,
    ) -> anyhow::Result<Running> {
        let token = service_token("gateway", self.directory)?.display().to_string();
        let (most, bytes) = ((self.clients + 100).to_string(), bytes.to_string());
        let settings: Vec<&str> = if setup.is_bare() {
            vec!["--event-bytes", &bytes]
        } else {
            let limits = LIMITS.into_iter().flat_map(|it| [it, &most]);
            // Clients that read nothing are kept, over HTTP/2 until a ping is unanswered, and nobody is told that nothing happens.
            let others =
                ["--write-timeout", "10m", "--stream-heartbeat", "25s", "--service-token-file", &token];
            limits.chain(others).collect()
        };
        let transport = kind.name().replace('/', "");
        let name = format!("streams-{transport}-{clients}-{}-{round}.db", setup.name());
        let database = format!("sqlite:{}", self.directory.join(name).display());
        let common = Common { tasks: 8, ..self.common.clone() };
        Running::start(setup, &common, &database, &settings).await
    }

    fn deliveries(&self, events: usize) -> u64 {
        (events * self.clients) as u64
    }

    fn memory(&self, before: Usage, after: Usage) -> f64 {
        number(after.memory.saturating_sub(before.memory)) / 1024.0 / number(self.clients as u64)
    }
}

fn cpu(before: Usage, after: Usage, deliveries: u64) -> f64 {
    after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1_000_000.0 / number(deliveries)
}

/// Creates tasks at a fixed rate, and returns how many.
async fn pace(target: &Target, clients: usize, time: Duration) -> anyhow::Result<usize> {
    let mut connection = Connection::open(target, 0).await?;
    let interval = Duration::from_secs(1) * u32::try_from(clients)? / u32::try_from(PACED)?;
    let mut ticks = tokio::time::interval(interval);
    let events = usize::try_from(time.as_nanos().div_ceil(interval.as_nanos()))?;
    for _ in 0..events {
        ticks.tick().await;
        connection.send(Row::Post).await?;
    }
    Ok(events)
}

/// Creates tasks as fast as possible.
async fn write(target: &Target, events: usize, writers: usize) -> anyhow::Result<()> {
    let mut writing = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let mut connection = Connection::open(target, writer).await?;
        let events = events / writers + usize::from(writer < events % writers);
        writing.spawn(async move {
            for _ in 0..events {
                connection.send(Row::Post).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(one) = writing.join_next().await {
        one??;
    }
    Ok(())
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

impl Line {
    fn median(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        median(self.turns.iter().map(of).collect())
    }
}

impl Measured {
    /// Two tables for the report: the measurements, and the ratios beside their aims.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from(
            "| event stream | clients | who | deliveries/s | lag p50 ms | lag p99 ms | CPU µs/delivery, paced | burst | \
             KiB/idle client | KiB/stalled client | bytes/event |\n|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for line in &self.lines {
            let shown = |of: fn(&Turn) -> f64, decimals: usize| format!("{:.decimals$}", line.median(of));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                line.kind.name(),
                self.clients,
                if line.setup.is_bare() { "bare" } else { "product" },
                shown(|it| it.per_second, 0),
                shown(|it| it.lag_p50, 1),
                shown(|it| it.lag_p99, 1),
                shown(|it| it.cpu_paced, 1),
                shown(|it| it.cpu_burst, 1),
                shown(|it| it.idle, 1),
                shown(|it| it.stalled, 1),
                shown(|it| it.bytes, 0),
            );
        }
        text.push_str(
            "\n| product/bare | deliveries/s | aim | | lag p99 | aim | | memory, idle | memory, stalled | aim | | CPU, paced | burst |\n\
             |---|--:|--:|---|--:|--:|---|--:|--:|--:|---|--:|--:|\n",
        );
        for both in self.lines.chunks_exact(2) {
            let ratio = |of: fn(&Turn) -> f64| Ratio::new(&both[0], &both[1], of);
            let deliveries = ratio(|it| it.per_second);
            let lag = ratio(|it| it.lag_p99);
            let (idle, stalled) = (ratio(|it| it.idle), ratio(|it| it.stalled));
            let is_small = [&idle, &stalled].into_iter().all(|it| it.median <= MAX_MEMORY);
            let _ = writeln!(
                text,
                "| {} | {} | ≥ {MIN_DELIVERIES:.2} | {} | {} | ≤ {MAX_LAG:.2} | {} | {} | {} | ≤ {MAX_MEMORY:.2} | {} | {} | {} |",
                both[0].kind.name(),
                deliveries.text(),
                verdict(deliveries.median >= MIN_DELIVERIES),
                lag.text(),
                verdict(lag.median <= MAX_LAG),
                idle.text(),
                stalled.text(),
                verdict(is_small),
                ratio(|it| it.cpu_paced).text(),
                ratio(|it| it.cpu_burst).text(),
            );
        }
        text
    }

    /// Every turn.
    pub(crate) fn json(&self) -> Value {
        let lines = self.lines.iter().map(|line| {
            let all = |of: fn(&Turn) -> f64| line.turns.iter().map(of).collect::<Vec<_>>();
            json!({
                "transport": line.kind.name(),
                "clients": self.clients,
                "setup": line.setup.name(),
                "deliveries_per_second": all(|it| it.per_second),
                "lag_p50_ms": all(|it| it.lag_p50),
                "lag_p99_ms": all(|it| it.lag_p99),
                "cpu_us_per_delivery_paced": all(|it| it.cpu_paced),
                "cpu_us_per_delivery_burst": all(|it| it.cpu_burst),
                "kib_per_idle_client": all(|it| it.idle),
                "kib_per_stalled_client": all(|it| it.stalled),
                "bytes_per_event": all(|it| it.bytes),
            })
        });
        lines.collect()
    }
}

/// The ratio of the product to the bare gateway, round by round.
struct Ratio {
    median: f64,
    least: f64,
    most: f64,
}

impl Ratio {
    fn new(product: &Line, bare: &Line, of: fn(&Turn) -> f64) -> Self {
        let both = product.turns.iter().zip(&bare.turns);
        let all: Vec<f64> = both.map(|(product, bare)| of(product) / of(bare)).collect();
        let least = all.iter().copied().fold(f64::INFINITY, f64::min);
        let most = all.iter().copied().fold(0.0, f64::max);
        Self { median: median(all), least, most }
    }

    fn text(&self) -> String {
        format!("{:.2} ({:.2}–{:.2})", self.median, self.least, self.most)
    }
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}
