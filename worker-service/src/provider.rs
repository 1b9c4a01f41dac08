//! A cloud provider: what worker-service asks of it, and how its errors are classified. The reconciler knows providers
//! through [`Provider`] only. Every implementation passes the suite in `conformance.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use platform::clock::Micros;
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::worker::{self, Adoption, DesiredState};

#[cfg(test)]
mod conformance;
pub(crate) mod observed;
pub(crate) mod simulated;

/// Key of the tag that marks a machine as ours; its value is the id of the worker.
pub(crate) const WORKER_TAG: &str = "ccm:worker-id";

/// Key of the tag with the name of the worker, unless the worker has a tag of this key.
pub(crate) const NAME_TAG: &str = "Name";

/// A machine at the provider.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Machine {
    /// The provider's id.
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) instance_type: String,
    pub(crate) state: MachineState,
    /// Why the provider brought the machine into this state, if it did so by itself: `InsufficientCapacity`, `Retirement`,
    /// `SpotInterruption`.
    pub(crate) state_reason: Option<String>,
    pub(crate) address: Option<IpAddr>,
    /// All tags, including [`WORKER_TAG`].
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) launched_at: Micros,
    /// How much of the machine is used; `None` unless it is running.
    pub(crate) utilization: Option<Utilization>,
}

impl Machine {
    /// Returns the worker that the machine belongs to, according to its tag.
    pub(crate) fn worker_id(&self) -> Option<Uuid> {
        self.tags.get(WORKER_TAG).and_then(|it| Uuid::try_parse(it).ok())
    }

    /// Returns what a worker needs to know that is made for the machine. The tags of this product are not the worker's.
    pub(crate) fn adoption(&self) -> Adoption {
        let mut tags = self.tags.clone();
        tags.remove(WORKER_TAG);
        Adoption {
            instance_id: self.id.clone(),
            name: tags.remove(NAME_TAG).unwrap_or_else(|| self.id.clone()),
            region: self.region.clone(),
            instance_type: self.instance_type.clone(),
            tags,
            state: self.state.settles_as(),
        }
    }
}

/// Shares of a machine that are used, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Utilization {
    pub(crate) cpu: f64,
    pub(crate) memory: f64,
    pub(crate) storage: f64,
}

/// The states that a provider reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum MachineState {
    Pending,
    Running,
    Stopping,
    Stopped,
    ShuttingDown,
    Terminated,
}

impl MachineState {
    /// The state in which a machine stays that is left alone.
    pub(crate) fn settles_as(self) -> DesiredState {
        match self {
            Self::Pending | Self::Running => DesiredState::Running,
            Self::Stopping | Self::Stopped => DesiredState::Stopped,
            Self::ShuttingDown | Self::Terminated => DesiredState::Terminated,
        }
    }
}

/// The providers of this process, by their kind.
#[derive(Clone, Debug)]
pub(crate) struct Providers {
    pub(crate) simulated: Arc<dyn Provider>,
}

impl Providers {
    pub(crate) fn of(&self, kind: worker::Provider) -> &dyn Provider {
        match kind {
            worker::Provider::Simulated => &*self.simulated,
        }
    }
}

/// A machine to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MachineSpec {
    pub(crate) region: String,
    pub(crate) instance_type: String,
    /// The tags, including [`WORKER_TAG`].
    pub(crate) tags: BTreeMap<String, String>,
    /// Makes a create repeatable: while the provider remembers the token, it returns the machine of the first call.
    pub(crate) client_token: String,
}

/// A change of the tags of a machine. Tags that it does not name stay as they are: others may have given them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TagChange {
    /// Tags that the machine has after the change.
    pub(crate) set: BTreeMap<String, String>,
    /// Keys of tags that the machine does not have after the change.
    pub(crate) remove: BTreeSet<String>,
}

impl From<BTreeMap<String, String>> for TagChange {
    /// Sets these tags and removes none.
    fn from(set: BTreeMap<String, String>) -> Self {
        Self { set, remove: BTreeSet::new() }
    }
}

/// Who makes a call, for the records of the provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallOrigin {
    pub(crate) worker_id: Uuid,
    /// The fencing number of the row lease under which the call is made.
    pub(crate) fence: i64,
}

/// A page of machines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MachinePage {
    /// A provider may show a machine on two pages or miss it in one listing.
    pub(crate) machines: Vec<Machine>,
    /// Token of the next page; `None` on the last page.
    pub(crate) next: Option<String>,
}

/// Why a provider call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderError {
    /// The provider limits the rate of calls.
    #[error("the provider throttles calls")]
    Throttled {
        /// When it may be called again; `None`: it did not say.
        after: Option<Duration>,
    },
    /// The call may succeed later: the provider is unreachable, or does not know a machine that was just created.
    #[error("{0}")]
    Transient(String),
    /// The machine is in a state in which the call is not possible.
    #[error("the machine is {}, in which this call is not possible", state.into_str())]
    Conflict { state: MachineState },
    /// The call will never succeed.
    #[error("{message}")]
    Permanent {
        reason: PermanentReason,
        /// The provider's words.
        message: String,
    },
}

impl ProviderError {
    /// The class of the error: `throttled`, `transient`, `conflict` or `permanent`.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Transient(_) => "transient",
            Self::Conflict { .. } => "conflict",
            Self::Permanent { .. } => "permanent",
        }
    }
}

/// The errors of a provider that no repetition helps against. The list is closed: an error that is not on it is transient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE", const_into_str)]
pub(crate) enum PermanentReason {
    /// The provider has no room for such a machine.
    InsufficientCapacity,
    /// The region or the instance type does not exist.
    InvalidParameter,
    /// The token was used for a machine with other parameters.
    TokenMismatch,
    /// The account may not have more machines.
    QuotaExceeded,
    /// The credentials do not allow the call.
    NotAuthorized,
    /// The machine does not exist any more.
    MachineGone,
}

/// A cloud provider. Calls may be repeated, and may be made by several replicas at the same time. Each implementation
/// passes the cases of `conformance.rs`.
///
/// A machine that was just created may not be found for a moment: reads do not show it, and other calls for it fail with
/// [`ProviderError::Transient`]. For a machine that does not exist any more they fail with
/// [`PermanentReason::MachineGone`].
#[tonic::async_trait]
pub(crate) trait Provider: Send + Sync + std::fmt::Debug {
    /// Creates a machine, or returns the one that an earlier call with the same token created, in whatever state it is now.
    ///
    /// # Errors
    /// [`PermanentReason::TokenMismatch`] if the region, the instance type or a tag differs from the earlier call.
    async fn create(&self, spec: &MachineSpec, origin: CallOrigin) -> Result<Machine, ProviderError>;

    /// Starts a stopped machine. A machine that is pending or running is left as it is; in the other states, the call is
    /// a [`ProviderError::Conflict`].
    async fn start(&self, id: &str, origin: CallOrigin) -> Result<Machine, ProviderError>;

    /// Stops a running machine. A machine that is stopping or stopped is left as it is, unless `force` cuts the power of
    /// one that does not stop; in the other states, pending included, the call is a [`ProviderError::Conflict`].
    async fn stop(&self, id: &str, force: bool, origin: CallOrigin) -> Result<Machine, ProviderError>;

    /// Terminates a machine in any state. One that is being terminated, or is terminated, is left as it is.
    async fn terminate(&self, id: &str, origin: CallOrigin) -> Result<Machine, ProviderError>;

    /// Changes the tags of a machine in any state.
    async fn tag(&self, id: &str, change: &TagChange, origin: CallOrigin) -> Result<(), ProviderError>;

    /// Returns the machine; `None` if the provider does not know it (yet, or any more).
    async fn describe(&self, id: &str) -> Result<Option<Machine>, ProviderError>;

    /// Returns the machines with the tag of this worker, terminated ones included as long as they are visible.
    async fn find(&self, worker_id: Uuid) -> Result<Vec<Machine>, ProviderError>;

    /// Returns a page of the machines that are tagged as ours, terminated ones included as long as they are visible.
    async fn list(&self, page: Option<&str>) -> Result<MachinePage, ProviderError>;
}
