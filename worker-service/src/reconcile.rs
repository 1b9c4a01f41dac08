//! Brings workers to their desired states. A turn claims a due worker under a lease, looks at its machine, decides one step,
//! makes it, and stores what came of it. Any number of replicas take turns; there is no leader.
//!
//! `decide` and `settle` are pure; `turn` calls the provider; `run` and `sweep` are the loops.

pub(crate) mod book;
pub(crate) mod conditions;
#[cfg(test)]
mod conformance;
pub(crate) mod decide;
pub(crate) mod run;
pub(crate) mod settle;
pub(crate) mod sweep;
mod turn;

use std::time::Duration;

use platform::clock::Clock;
use uuid::Uuid;

use crate::provider::Providers;
use crate::store::WorkerStore;

/// Settings of reconciling.
#[derive(Clone, Copy, Debug)]
pub struct Reconcile {
    /// Number of turns that this process takes at the same time.
    pub slots: usize,
    /// Length of the lease of a turn.
    pub lease: Duration,
    /// How long a machine may take to stop before its power is cut.
    pub force_stop_after: Duration,
    /// Time between two sweeps of a provider.
    pub sweep_interval: Duration,
}

impl Default for Reconcile {
    fn default() -> Self {
        Self {
            slots: 16,
            lease: Duration::from_secs(30),
            force_stop_after: Duration::from_mins(5),
            sweep_interval: Duration::from_secs(15),
        }
    }
}

/// Takes turns and sweeps for this process.
#[derive(Clone, Debug)]
pub(crate) struct Reconciler {
    pub(crate) store: WorkerStore,
    pub(crate) providers: Providers,
    pub(crate) clock: Clock,
    pub(crate) settings: Reconcile,
    /// Who holds the leases of this process. Each start of a process has another id.
    pub(crate) owner: Uuid,
}
