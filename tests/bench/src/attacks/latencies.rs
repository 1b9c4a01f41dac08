//! How long the calls of the caller who behaves took.

use std::time::Instant;

use super::MAX_RATIO;

/// Microseconds from when a call was due to the end of its answer.
#[derive(Default)]
pub(super) struct Latencies(Vec<u32>);

impl Latencies {
    pub(super) fn add(&mut self, due: Instant) {
        self.0.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
    }

    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds; infinite if nothing was answered.
    pub(super) fn p99(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * 99 / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(f64::INFINITY, |&it| f64::from(it) / 1_000.0)
    }

    /// Milliseconds; infinite if nothing was answered.
    pub(super) fn slowest(&self) -> f64 {
        self.0.iter().max().map_or(f64::INFINITY, |&it| f64::from(it) / 1_000.0)
    }
}

/// A figure in milliseconds, usually and under attack.
#[derive(Clone, Copy)]
pub(super) struct Compared {
    pub(super) usual: f64,
    pub(super) attacked: f64,
}

impl Compared {
    fn ratio(self) -> f64 {
        self.attacked / self.usual
    }

    pub(super) fn is_met(self) -> bool {
        self.ratio() <= MAX_RATIO
    }

    /// A column of the table.
    pub(super) fn cell(self) -> String {
        format!("{:.1} → {:.1} ({:.1})", self.usual, self.attacked, self.ratio())
    }
}
