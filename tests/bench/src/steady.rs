//! The latency at a fixed rate: a closed loop sends less while answers are slow, and so hides what a caller waits for. Here a
//! request is due whether or not those before it were answered, and its latency counts from then. The same while the
//! collector of the spans accepts connections and answers nothing.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::MissedTickBehavior;

use crate::cli::Backend;
use crate::load::{Connection, Row, Target};
use crate::machine::Usage;
use crate::measure::number;
use crate::postgres::Postgres;
use crate::setup::{self, Common, Running, Setup};

/// Connections of those who read beside what is measured.
const READERS: u32 = 4;
/// The requests of each connection, by turns.
const ROWS: [Row; 4] = [Row::Get, Row::List, Row::Get, Row::Post];
/// Seconds at the rate before the measurement.
pub(crate) const WARM_UP: Duration = Duration::from_secs(1);
/// An answer that has not come by then has failed.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) struct Steady<'a> {
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
    /// Requests a second, of all connections.
    pub(crate) rate: u32,
    pub(crate) connections: usize,
    /// How long each line of the table is measured.
    pub(crate) measured: Duration,
    pub(crate) backends: &'a [Backend],
    /// None means all.
    pub(crate) setups: &'a [Setup],
}

/// Who is measured, and what becomes of the spans.
const LINES: [(Setup, bool); 4] = [
    (Setup::ProductOff, false),
    (Setup::Product100, false),
    (Setup::Product100, true),
    (Setup::Bare100, false),
];

struct Line {
    backend: Backend,
    setup: Setup,
    does_collector_hang: bool,
    /// Microseconds, in order.
    latencies: Vec<u32>,
    failed: usize,
    before: Usage,
    after: Usage,
}

pub(crate) struct Measured {
    rate: u32,
    seconds: f64,
    lines: Vec<Line>,
}

impl Steady<'_> {
    pub(crate) async fn measure(&self) -> anyhow::Result<Measured> {
        let mut lines = Vec::new();
        for &backend in self.backends {
            let measured =
                LINES.into_iter().filter(|it| self.setups.is_empty() || self.setups.contains(&it.0));
            for (number, (setup, does_collector_hang)) in measured.enumerate() {
                let directory = self.directory.join(format!("steady-{}-{number}", backend.title()));
                std::fs::create_dir_all(&directory)?;
                let line = self.line(backend, setup, does_collector_hang, &directory).await?;
                eprintln!("at {}/s: {}", self.rate, line.text().trim_end());
                lines.push(line);
                std::fs::remove_dir_all(&directory)?;
            }
        }
        Ok(Measured { rate: self.rate, seconds: self.measured.as_secs_f64(), lines })
    }

    async fn line(
        &self,
        backend: Backend,
        setup: Setup,
        does_collector_hang: bool,
        directory: &Path,
    ) -> anyhow::Result<Line> {
        let (server, database) = match backend {
            Backend::Sqlite => (None, setup::sqlite(directory, setup)),
            Backend::Postgres => {
                std::fs::set_permissions(directory, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
                let server = Postgres::start(directory).await?;
                let database = server.create(setup.name()).await?;
                (Some(server), database)
            }
        };
        let mut common = self.common.clone();
        if does_collector_hang {
            common.collector = silent_collector().await?;
        }
        let running = Running::start(setup, &common, &database, &[]).await?;
        self.requests(&running.target, WARM_UP).await?;
        let before = running.usage()?;
        let (mut latencies, failed) = self.requests(&running.target, self.measured).await?;
        let after = running.usage()?;
        running.stop().await?;
        server.map_or(Ok(()), Postgres::stop)?;
        latencies.sort_unstable();
        Ok(Line { backend, setup, does_collector_hang, latencies, failed, before, after })
    }

    /// Sends requests at the rate; returns the latencies in microseconds, and how many were not answered as they should.
    pub(crate) async fn requests(
        &self,
        target: &Target,
        duration: Duration,
    ) -> anyhow::Result<(Vec<u32>, usize)> {
        let connections = u32::try_from(self.connections)?;
        let interval = Duration::from_secs(connections.into()) / self.rate;
        let begin = Instant::now();
        let mut loops = tokio::task::JoinSet::new();
        for number in 0..connections {
            let first = begin + interval * number / connections;
            let target = target.clone();
            let until = begin + duration;
            loops.spawn(async move {
                send_at(&target, number as usize, &ROWS, first, interval, Some(until)).await
            });
        }
        let (mut latencies, mut failed) = (Vec::new(), 0);
        while let Some(one) = loops.join_next().await {
            let one = one??;
            latencies.extend(one.0);
            failed += one.1;
        }
        Ok((latencies, failed))
    }
}

/// Reads tasks and lists of tasks by turns, so many a second in all, until the result is dropped.
pub(crate) fn reads(target: &Target, rate: u32) -> tokio::task::JoinSet<()> {
    let mut readers = tokio::task::JoinSet::new();
    for number in 0..if rate == 0 { 0 } else { READERS } {
        let interval = Duration::from_secs(READERS.into()) / rate;
        let (target, first) = (target.clone(), Instant::now() + interval * number / READERS);
        readers.spawn(async move {
            let read = send_at(&target, number as usize, &[Row::Get, Row::List], first, interval, None).await;
            if let Err(error) = read {
                eprintln!("beside the event stream: {error:#}");
            }
        });
    }
    readers
}

/// One connection, whose requests are due in intervals. A request that is due while another one waits is sent late, and its
/// latency includes the time that it waited.
async fn send_at(
    target: &Target,
    number: usize,
    rows: &[Row],
    first: Instant,
    interval: Duration,
    until: Option<Instant>,
) -> anyhow::Result<(Vec<u32>, usize)> {
    let mut connection = Connection::open(target, number).await?;
    let (mut latencies, mut failed) = (Vec::new(), 0);
    let mut ticks = tokio::time::interval_at(first.into(), interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for turn in number.. {
        let due = ticks.tick().await.into_std();
        if until.is_some_and(|until| due >= until) {
            break;
        }
        let sent = tokio::time::timeout(TIMEOUT, connection.send(rows[turn % rows.len()])).await;
        if let Err(error) = sent.map_err(anyhow::Error::from).flatten() {
            eprintln!("at the fixed rate: {error:#}");
            failed += 1;
            connection = Connection::open(target, number).await?;
        } else {
            latencies.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
    Ok((latencies, failed))
}

/// A collector that accepts connections, and never reads from them.
async fn silent_collector() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            kept.push(connection);
        }
    });
    Ok(address)
}

impl Line {
    /// Milliseconds of a share of the answers, in thousandths.
    fn at(&self, thousandths: usize) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (self.latencies.len() * thousandths / 1_000).min(last);
        self.latencies.get(at).map_or(f64::INFINITY, |&it| f64::from(it) / 1_000.0)
    }

    fn cpu(&self) -> f64 {
        let requests = number(u64::try_from(self.latencies.len()).unwrap_or(u64::MAX));
        (self.after.cpu.saturating_sub(self.before.cpu)).as_secs_f64() * 1_000_000.0 / requests
    }

    fn text(&self) -> String {
        let mebibytes = |it: Usage| number(it.memory) / 1_048_576.0;
        format!(
            "| {} | {} | {} | {} | {:.1} | {:.1} | {:.1} | {} | {} | {:.0} | {:.0} → {:.0} |\n",
            self.backend.title(),
            if self.setup.is_bare() { "bare" } else { "product" },
            self.setup.tracing(),
            if self.does_collector_hang { "hangs" } else { "answers" },
            self.at(500),
            self.at(990),
            self.at(999),
            self.latencies.len(),
            self.failed,
            self.cpu(),
            mebibytes(self.before),
            mebibytes(self.after),
        )
    }
}

impl Measured {
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let _ = write!(
            text,
            "{} requests a second for {:.0} s, two GET, a LIST and a POST by turns, latencies from when a request was due:\n\n\
             | database | who | traced | collector | p50 ms | p99 ms | p99.9 ms | answered | failed | CPU µs/request | memory MiB |\n\
             |---|---|---|---|--:|--:|--:|--:|--:|--:|--:|\n",
            self.rate, self.seconds,
        );
        for line in &self.lines {
            text.push_str(&line.text());
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let line = |it: &Line| {
            json!({
                "database": it.backend.title(),
                "setup": it.setup.name(),
                "collector_hangs": it.does_collector_hang,
                "p50_ms": it.at(500),
                "p99_ms": it.at(990),
                "p999_ms": it.at(999),
                "answered": it.latencies.len(),
                "failed": it.failed,
                "cpu_us_per_request": it.cpu(),
                "resident_bytes": [it.before.memory, it.after.memory],
            })
        };
        json!({"rate": self.rate, "seconds": self.seconds, "lines": self.lines.iter().map(line).collect::<Vec<_>>()})
    }
}
