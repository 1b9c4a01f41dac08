//! The result as docs/performance.md has it: a header, the table, the ratios.

use std::fmt::Write as _;

use crate::load::Row;
use crate::measure::{Cell, Turn, median};
use crate::setup::Setup;

/// The product may lose this much more than the bare pair by tracing everything.
const TRACED_MARGIN: f64 = 0.05;
/// Of the bare pair's requests per second, the product has to reach this much.
const UNTRACED_AIM: f64 = 0.8;

/// The measurements, a line each.
pub(crate) fn measurements(cells: &[Cell]) -> String {
    let mut text = String::from(
        "| database | request | who | traced | requests/s | p50 ms | p99 ms | CPU µs/request | memory MiB | spans/request |\n\
         |---|---|---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for cell in cells {
        let who = if cell.setup.is_bare() { "bare" } else { "product" };
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

/// The ratios of requests per second that there are aims for, a line a row; those of the CPU time beside them.
pub(crate) fn ratios(cells: &[Cell]) -> String {
    let mut text = String::from(
        "| database | request | product traced/untraced | bare traced/untraced | aim | | \
         product/bare, untraced | aim | | CPU: product traced/untraced | bare traced/untraced | product/bare, untraced |\n\
         |---|---|--:|--:|--:|---|--:|--:|---|--:|--:|--:|\n",
    );
    let mut rows: Vec<(&str, Row)> = cells.iter().map(|it| (it.backend, it.row)).collect();
    rows.dedup();
    for (backend, row) in rows {
        let ratio = |of: fn(&Turn) -> f64, above: Setup, below: Setup| {
            let cell =
                |setup| cells.iter().find(|it| (it.backend, it.row, it.setup) == (backend, row, setup));
            Ratio::new(cell(above)?, cell(below)?, of)
        };
        let speed = |above, below| ratio(|it| it.per_second, above, below);
        let cpu = |above, below| shown(ratio(|it| it.cpu, above, below).as_ref());
        let product = speed(Setup::Product100, Setup::ProductOff);
        let bare = speed(Setup::Bare100, Setup::BareOff);
        let beside = speed(Setup::ProductOff, Setup::BareOff);
        let traced_aim = bare.as_ref().map(|it| it.median - TRACED_MARGIN);
        let _ = writeln!(
            text,
            "| {backend} | {} | {} | {} | {} | {} | {} | ≥ {UNTRACED_AIM:.2} | {} | {} | {} | {} |",
            row.title(),
            shown(product.as_ref()),
            shown(bare.as_ref()),
            traced_aim.map_or_else(|| "–".to_owned(), |it| format!("≥ {it:.2}")),
            verdict(product.as_ref(), traced_aim),
            shown(beside.as_ref()),
            verdict(beside.as_ref(), Some(UNTRACED_AIM)),
            cpu(Setup::Product100, Setup::ProductOff),
            cpu(Setup::Bare100, Setup::BareOff),
            cpu(Setup::ProductOff, Setup::BareOff),
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

fn verdict(ratio: Option<&Ratio>, aim: Option<f64>) -> &'static str {
    match (ratio, aim) {
        (Some(ratio), Some(aim)) if ratio.median >= aim => "met",
        (Some(_), Some(_)) => "**missed**",
        _ => "–",
    }
}
