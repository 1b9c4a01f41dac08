//! What requests notice when the collector of all three signals is gone, hangs, is slow or returns, at a fixed rate; what is lost
//! meanwhile, and when the export goes on.

mod relay;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::machine::Usage;
use crate::measure::number;
use crate::receiver::{self, Receiver};
use crate::setup::{self, Common, Running, Setup};
use crate::steady::{Steady, WARM_UP};
use relay::{Relay, State};

/// The longest time to wait until the export goes on.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);
const SETUP: Setup = Setup::ProductSignals;

/// What happens to the collector, and for which part of the measurement.
const LINES: [(&str, State, u32); 5] = [
    ("up", State::Answers, 1),
    ("gone", State::Gone, 1),
    ("hung", State::Hangs, 1),
    ("slow: each answer takes 2 s more", State::Slow, 1),
    ("returning: gone for the first half", State::Gone, 2),
];

pub(crate) struct Outages<'a> {
    pub(crate) steady: Steady<'a>,
    pub(crate) common: &'a Common,
    pub(crate) directory: &'a Path,
}

struct Line {
    collector: &'static str,
    /// Microseconds, in order.
    latencies: Vec<u32>,
    failed: usize,
    before: Usage,
    after: Usage,
    lost_spans: u64,
    lost_logs: u64,
    /// Time from the return of the collector until it has received something.
    resumed: Option<Duration>,
}

pub(crate) struct Measured {
    rate: u32,
    seconds: f64,
    lines: Vec<Line>,
}

impl Outages<'_> {
    pub(crate) async fn measure(&self) -> anyhow::Result<Measured> {
        let mut lines = Vec::new();
        for (number, (collector, state, part)) in LINES.into_iter().enumerate() {
            let directory = self.directory.join(format!("outage-{number}"));
            std::fs::create_dir_all(&directory)?;
            let line = self.line(collector, state, self.steady.measured / part, &directory).await?;
            eprintln!("at {}/s: {}", self.steady.rate, line.text(None).trim_end());
            lines.push(line);
            std::fs::remove_dir_all(&directory)?;
        }
        Ok(Measured { rate: self.steady.rate, seconds: self.steady.measured.as_secs_f64(), lines })
    }

    async fn line(
        &self,
        collector: &'static str,
        state: State,
        outage: Duration,
        directory: &Path,
    ) -> anyhow::Result<Line> {
        let mut receiver = Receiver::start().await?;
        let relay = Relay::start(receiver.address)?;
        let common = Common { collector: relay.address, ..self.common.clone() };
        let running = Running::start(SETUP, &common, &setup::sqlite(directory, SETUP), &[]).await?;
        self.steady.requests(&running.target, WARM_UP).await?;
        let before = running.usage()?;
        relay.set(state);
        let outage = async {
            tokio::time::sleep(outage).await;
            relay.set(State::Answers);
            resumed(&mut receiver).await
        };
        let (requests, resumed) =
            tokio::join!(self.steady.requests(&running.target, self.steady.measured), outage);
        let ((mut latencies, failed), resumed) = (requests?, resumed?);
        let after = running.usage()?;
        // The last export has the numbers of what was lost.
        running.stop().await?;
        let counts = receiver.counts().await?;
        let lost = |what: &str| counts.get(what).copied().unwrap_or_default();
        latencies.sort_unstable();
        Ok(Line {
            collector,
            latencies,
            failed,
            before,
            after,
            lost_spans: lost(receiver::LOST_SPANS),
            lost_logs: lost(receiver::LOST_LOGS),
            resumed: (state != State::Answers).then_some(resumed),
        })
    }
}

/// How long it takes until the receiver has something new.
async fn resumed(receiver: &mut Receiver) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let known = received(receiver).await?;
    while received(receiver).await? == known {
        anyhow::ensure!(started.elapsed() < PATIENCE, "the export does not go on");
        tokio::time::sleep(POLL).await;
    }
    Ok(started.elapsed())
}

async fn received(receiver: &mut Receiver) -> anyhow::Result<u64> {
    let counts = receiver.counts().await?;
    Ok([SETUP.name(), receiver::LOGS].iter().filter_map(|it| counts.get(*it)).sum())
}

impl Line {
    /// Milliseconds of a share of the answers, in hundredths.
    fn at(&self, hundredths: usize) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (self.latencies.len() * hundredths / 100).min(last);
        self.latencies.get(at).map_or(f64::INFINITY, |&it| f64::from(it) / 1_000.0)
    }

    /// A row of the table, with the latency beside that of another one.
    fn text(&self, up: Option<&Self>) -> String {
        let mebibytes = |it: Usage| number(it.memory) / 1_048_576.0;
        let ratio = up.map_or_else(String::new, |it| format!("{:.2}", self.at(99) / it.at(99)));
        let resumed = self.resumed.map_or_else(|| "–".to_owned(), |it| format!("{:.1}", it.as_secs_f64()));
        format!(
            "| {} | {:.1} | {:.1} | {ratio} | {} | {} | {:.0} → {:.0} | {} | {} | {resumed} |\n",
            self.collector,
            self.at(50),
            self.at(99),
            self.latencies.len(),
            self.failed,
            mebibytes(self.before),
            mebibytes(self.after),
            self.lost_spans,
            self.lost_logs,
        )
    }
}

impl Measured {
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let _ = write!(
            text,
            "{} requests a second for {:.0} s on SQLite, traced at 100 %, with metrics every second and log records:\n\n\
             | collector | p50 ms | p99 ms | ratio of p99 | answered | failed | memory MiB | spans lost | log records lost | export resumes after s |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
            self.rate, self.seconds,
        );
        for line in &self.lines {
            text.push_str(&line.text(self.lines.first()));
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let line = |it: &Line| {
            json!({
                "collector": it.collector,
                "p50_ms": it.at(50),
                "p99_ms": it.at(99),
                "answered": it.latencies.len(),
                "failed": it.failed,
                "resident_bytes": [it.before.memory, it.after.memory],
                "lost_spans": it.lost_spans,
                "lost_logs": it.lost_logs,
                "resumed_seconds": it.resumed.map(|it| it.as_secs_f64()),
            })
        };
        json!({"rate": self.rate, "seconds": self.seconds, "lines": self.lines.iter().map(line).collect::<Vec<_>>()})
    }
}
