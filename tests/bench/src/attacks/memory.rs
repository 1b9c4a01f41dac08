//! The resident memory of the processes under attack, and what it is judged by.

use serde_json::{Value, json};

use super::processes::Processes;
use crate::machine;
use crate::measure::number;

const MEBIBYTE: u64 = 1024 * 1024;

/// A process, and the most memory that it may have with the default settings. The bounds are the sums that docs/limits.md names for a
/// service and for the gateway ("What a process holds at most"); who changes one changes the other.
struct Bound {
    process: &'static str,
    most: u64,
}

/// In the order of `Processes::ids`.
const BOUNDS: [Bound; 3] = [
    // 2.4 GiB
    Bound { process: "worker-service", most: 2_458 * MEBIBYTE },
    // 2.4 GiB
    Bound { process: "task-service", most: 2_458 * MEBIBYTE },
    // 2.0 GiB
    Bound { process: "gateway", most: 2_048 * MEBIBYTE },
];
/// What a process may have more than before the attack once it has been over for a while: what it caches, and what the allocator keeps.
const KEPT: u64 = 64 * MEBIBYTE;

/// Resident bytes of one process.
#[derive(Clone, Copy, Default)]
struct Resident {
    before: u64,
    most: u64,
    after: u64,
}

/// Resident bytes of each process, in the order of `Processes::ids`.
pub(super) struct Memory {
    processes: [u32; 3],
    resident: [Resident; 3],
}

impl Memory {
    /// Looks at the memory before the attack, and forgets what it was at most before.
    pub(super) fn before(processes: &Processes) -> anyhow::Result<Self> {
        let mut memory = Self { processes: processes.ids()?, resident: [Resident::default(); 3] };
        for (process, it) in memory.processes.into_iter().zip(&mut memory.resident) {
            it.before = machine::usage(process)?.memory;
            machine::forget_peak(process)?;
        }
        Ok(memory)
    }

    /// Looks at what the memory was at most until now.
    pub(super) fn at_most(&mut self) -> anyhow::Result<()> {
        for (process, it) in self.processes.into_iter().zip(&mut self.resident) {
            it.most = machine::peak(process)?;
        }
        Ok(())
    }

    /// Looks at what is left of the memory that the attack has taken.
    pub(super) fn after(&mut self) -> anyhow::Result<()> {
        for (process, it) in self.processes.into_iter().zip(&mut self.resident) {
            it.after = machine::usage(process)?.memory;
        }
        Ok(())
    }

    /// The bounds that were not met, in words.
    pub(super) fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        for (bound, it) in BOUNDS.iter().zip(&self.resident) {
            if it.most > bound.most {
                missed.push(format!("{} at most", bound.process));
            }
            if it.after > it.before + KEPT {
                missed.push(format!("{} after", bound.process));
            }
        }
        missed
    }

    /// The heads of the table's columns: the process and its bound.
    pub(super) fn heads() -> String {
        let head =
            |it: &Bound| format!("{} MiB: before → most, ≤ {} → after", it.process, it.most / MEBIBYTE);
        BOUNDS.iter().rev().map(head).collect::<Vec<_>>().join(" | ")
    }

    /// The table's columns.
    pub(super) fn cells(&self) -> String {
        let mebibytes = |bytes| number(bytes) / number(MEBIBYTE);
        let cell = |it: &Resident| {
            format!("{:.0} → {:.0} → {:.0}", mebibytes(it.before), mebibytes(it.most), mebibytes(it.after))
        };
        self.resident.iter().rev().map(cell).collect::<Vec<_>>().join(" | ")
    }

    pub(super) fn json(&self) -> Value {
        let of = |it: &Resident| json!({"before": it.before, "most": it.most, "after": it.after});
        BOUNDS
            .iter()
            .zip(&self.resident)
            .map(|(bound, it)| (bound.process.to_owned(), of(it)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}
