//! The result as docs/performance.md has it: a header, the table, the ratios.

use std::fmt::Write as _;

use crate::cli::Backend;
use crate::load::Row;
use crate::measure::{Cell, Turn, median};
use crate::setup::Setup;

/// Of the bare pair's CPU, untraced, the product may take so much, untraced and with every request traced.
const CPU_UNTRACED: f64 = 1.2;
const CPU_TRACED: f64 = 1.45;
/// Of its own CPU, untraced, the product may take so much with 1 % of the requests traced.
const CPU_SAMPLED: f64 = 1.05;

/// Of the bare pair's requests per second, untraced, the product has to reach so much with every request traced. POSTs on SQLite
/// share commits, those of the bare pair do not.
const fn speed_aim(is_sqlite: bool, row: Row) -> f64 {
    match (is_sqlite, row) {
        (true, Row::Post) => 3.0,
        (true, _) => 0.75,
        (false, _) => 0.85,
    }
}

/// The measurements, a line each.
pub(crate) fn measurements(cells: &[Cell]) -> String {
    let mut text = String::from(
        "| database | request | who | traced | requests/s | p50 ms | p99 ms | CPU µs/request | memory MiB | spans/request |\n\
         |---|---|---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for cell in cells {
        let who = cell.setup.who();
        let _ = writeln!(
            text,
            "| {} | {} | {who} | {} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {} |",
            cell.backend,
            cell.row.title(),
            cell.setup.tracing(),
            cell.median(|it| it.per_second),
            cell.median(|it| it.p50),
            cell.median(|it| it.p99),
            cell.median(|it| it.cpu),
            cell.median(|it| it.memory),
            if cell.spans > 0.0 { format!("{:.2}", cell.spans) } else { "–".to_owned() },
        );
    }
    text
}

/// The ratios that there are aims for, a line a row.
pub(crate) fn ratios(cells: &[Cell]) -> String {
    let mut text = String::from(
        "| database | request | CPU: product/bare, untraced | aim | | product traced/bare untraced | aim | | \
         product 1 %/untraced | aim | | bare traced/untraced | requests/s: product traced/bare untraced | aim | |\n\
         |---|---|--:|--:|---|--:|--:|---|--:|--:|---|--:|--:|--:|---|\n",
    );
    let mut rows: Vec<(&str, Row)> = cells.iter().map(|it| (it.backend, it.row)).collect();
    rows.dedup();
    for (backend, row) in rows {
        let ratio = |of: fn(&Turn) -> f64, above: Setup, below: Setup| {
            let cell =
                |setup| cells.iter().find(|it| (it.backend, it.row, it.setup) == (backend, row, setup));
            Ratio::new(cell(above)?, cell(below)?, of)
        };
        let cpu = |above, below, aim: f64| {
            let ratio = ratio(|it| it.cpu, above, below);
            format!("{} | ≤ {aim:.2} | {}", shown(ratio.as_ref()), verdict(ratio.as_ref(), |it| it <= aim))
        };
        let aim = speed_aim(backend == Backend::Sqlite.title(), row);
        let speed = ratio(|it| it.per_second, Setup::Product100, Setup::BareOff);
        let _ = writeln!(
            text,
            "| {backend} | {} | {} | {} | {} | {} | {} | ≥ {aim:.2} | {} |",
            row.title(),
            cpu(Setup::ProductOff, Setup::BareOff, CPU_UNTRACED),
            cpu(Setup::Product100, Setup::BareOff, CPU_TRACED),
            cpu(Setup::Product1, Setup::ProductOff, CPU_SAMPLED),
            shown(ratio(|it| it.cpu, Setup::Bare100, Setup::BareOff).as_ref()),
            shown(speed.as_ref()),
            verdict(speed.as_ref(), |it| it >= aim),
        );
    }
    text
}

/// The product beside the pair in Python, every request traced by both; empty if it was not measured.
pub(crate) fn peers(cells: &[Cell]) -> String {
    let mut text = String::new();
    for cell in cells.iter().filter(|it| it.setup == Setup::Product100) {
        let peer = cells
            .iter()
            .find(|it| (it.backend, it.row, it.setup) == (cell.backend, cell.row, Setup::Peers100));
        let Some(peer) = peer else { continue };
        if text.is_empty() {
            text.push_str(
                "\n| database | request | product/FastAPI, both traced: requests/s | CPU | memory |\n|---|---|--:|--:|--:|\n",
            );
        }
        let ratio = |of: fn(&Turn) -> f64| shown(Ratio::new(cell, peer, of).as_ref());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            cell.backend,
            cell.row.title(),
            ratio(|it| it.per_second),
            ratio(|it| it.cpu),
            ratio(|it| it.memory),
        );
    }
    text
}

/// The ratio of two cells, round by round: what drifts from one round to the next falls out.
struct Ratio {
    median: f64,
    least: f64,
    most: f64,
}

impl Ratio {
    fn new(above: &Cell, below: &Cell, of: fn(&Turn) -> f64) -> Option<Self> {
        let all: Vec<f64> = above.turns.iter().zip(&below.turns).map(|(a, b)| of(a) / of(b)).collect();
        let least = all.iter().copied().reduce(f64::min)?;
        let most = all.iter().copied().reduce(f64::max)?;
        Some(Self { median: median(all), least, most })
    }
}

fn shown(ratio: Option<&Ratio>) -> String {
    ratio.map_or_else(|| "–".to_owned(), |it| format!("{:.2} ({:.2}–{:.2})", it.median, it.least, it.most))
}

fn verdict(ratio: Option<&Ratio>, is_met: impl Fn(f64) -> bool) -> &'static str {
    match ratio {
        Some(ratio) if is_met(ratio.median) => "met",
        Some(_) => "**missed**",
        None => "–",
    }
}
