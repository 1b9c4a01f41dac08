//! The measurement: rounds in which every setup has its turn, so that what drifts hits all of them alike.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::load::{self, Load, Row};
use crate::receiver::Receiver;
use crate::setup::{Running, Setup};

/// One turn of one setup.
#[derive(Clone)]
pub(crate) struct Turn {
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
    /// Microseconds of CPU a request, of gateway and service.
    pub(crate) cpu: f64,
    /// Resident MiB at its end, of gateway and service.
    pub(crate) memory: f64,
}

/// The turns of one setup with one kind of request, a turn a round.
pub(crate) struct Cell {
    pub(crate) backend: &'static str,
    pub(crate) row: Row,
    pub(crate) setup: Setup,
    pub(crate) turns: Vec<Turn>,
    /// Spans that the collector received, a request. Fewer than a request makes: some were dropped.
    pub(crate) spans: f64,
}

impl Cell {
    /// The median of what `of` tells of a turn.
    pub(crate) fn median(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        median(self.turns.iter().map(of).collect())
    }

    pub(crate) fn json(&self) -> Value {
        let all = |of: fn(&Turn) -> f64| self.turns.iter().map(of).collect::<Vec<f64>>();
        json!({
            "database": self.backend,
            "request": self.row.title(),
            "setup": self.setup.name(),
            "requests_per_second": all(|it| it.per_second),
            "p50_ms": all(|it| it.p50),
            "p99_ms": all(|it| it.p99),
            "cpu_us_per_request": all(|it| it.cpu),
            "resident_mib": all(|it| it.memory),
            "spans_per_request": self.spans,
        })
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[length / 2],
        length => f64::midpoint(values[length / 2 - 1], values[length / 2]),
    }
}

/// `rounds` rounds of `row` over all of `running`.
pub(crate) async fn rounds(
    backend: &'static str,
    row: Row,
    rounds: usize,
    load: Load,
    running: &[Running],
    collector: &mut Receiver,
) -> anyhow::Result<Vec<Cell>> {
    let mut turns: BTreeMap<&str, Vec<Turn>> = BTreeMap::new();
    let mut requests: BTreeMap<&str, f64> = BTreeMap::new();
    let before = settled(collector).await?;
    for round in 0..rounds {
        // There and back: nobody is always the one after somebody else.
        let forth: Vec<&Running> = running.iter().collect();
        let order = if round % 2 == 0 { forth } else { forth.into_iter().rev().collect() };
        for one in order {
            let name = one.setup.name();
            let (turn, sent) = turn(load, row, one).await?;
            eprintln!(
                "{backend} {} {}/{rounds} {name}: {:.0}/s, p99 {:.1} ms, {:.0} µs CPU",
                row.title(),
                round + 1,
                turn.per_second,
                turn.p99,
                turn.cpu
            );
            turns.entry(name).or_default().push(turn);
            *requests.entry(name).or_default() += sent;
        }
    }
    let after = settled(collector).await?;
    let received = |name: &str| {
        let count = |counts: &BTreeMap<String, u64>| counts.get(name).copied().unwrap_or_default();
        number(count(&after) - count(&before))
    };
    let cell = |setup: Setup| Cell {
        backend,
        row,
        setup,
        turns: turns.remove(setup.name()).unwrap_or_default(),
        spans: received(setup.name()) / requests.get(setup.name()).copied().unwrap_or(f64::NAN),
    };
    Ok(running.iter().map(|it| it.setup).map(cell).collect())
}

/// The counts once the batch processors, which send every 5 s, have sent what was left.
async fn settled(collector: &mut Receiver) -> anyhow::Result<BTreeMap<String, u64>> {
    tokio::time::sleep(Duration::from_millis(5_500)).await;
    collector.counts().await
}

/// A turn, and how many requests it sent, those of the warm-up included.
async fn turn(load: Load, row: Row, running: &Running) -> anyhow::Result<(Turn, f64)> {
    let (outcome, before, after) = load::run(load, row, &running.target, || running.usage()).await?;
    let requests = number(outcome.measured);
    let turn = Turn {
        per_second: requests / load.measured.as_secs_f64(),
        p50: f64::from(outcome.p50) / 1_000.0,
        p99: f64::from(outcome.p99) / 1_000.0,
        cpu: (after.cpu.saturating_sub(before.cpu)).as_secs_f64() * 1_000_000.0 / requests,
        memory: number(after.memory) / 1_048_576.0,
    };
    Ok((turn, number(outcome.sent)))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}
