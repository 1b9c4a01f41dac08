//! How much of a worker's machine is used.

use platform::clock::Micros;
use serde::{Deserialize, Serialize};

/// A change of a share below this is none.
const SMALLEST_CHANGE: f64 = 0.05;

/// A provider's report of how much of a machine is used, as shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) cpu: f64,
    pub(crate) memory: f64,
    pub(crate) disk: f64,
    /// When the provider reported it.
    pub(crate) at: Micros,
}

impl Report {
    /// Whether the report replaces an earlier one: one of the shares has changed noticeably.
    pub(crate) fn replaces(&self, earlier: Option<&Self>) -> bool {
        let Some(earlier) = earlier else { return true };
        let shares = [(self.cpu, earlier.cpu), (self.memory, earlier.memory), (self.disk, earlier.disk)];
        shares.into_iter().any(|(now, then)| (now - then).abs() >= SMALLEST_CHANGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_change_is_none() {
        let report = Report { cpu: 0.50, memory: 0.25, disk: 0.1, at: Micros(1) };
        assert!(report.replaces(None));
        assert!(!Report { cpu: 0.54, memory: 0.21, at: Micros(2), ..report }.replaces(Some(&report)));
        assert!(Report { memory: 0.31, ..report }.replaces(Some(&report)));
    }
}
