//! Settings of the simulated provider. The tags of a machine override some of them, see [`super::knobs`].

use std::time::Duration;

/// How the simulated provider behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimulatedSettings {
    /// How long a machine is pending before it runs.
    pub start_delay: Duration,
    /// How long a machine is stopping before it is stopped.
    pub stop_delay: Duration,
    /// How long a machine is shutting down before it is terminated.
    pub terminate_delay: Duration,
    /// What ends these three states.
    pub transitions: Transitions,
    /// How long after its creation a machine is not found yet.
    pub visibility_delay: Duration,
    /// How long a client token is remembered.
    pub token_lifetime: Duration,
    /// How long a terminated machine can still be seen.
    pub terminated_visible: Duration,
    /// The limit of calls that change something, shared by all replicas; `None`: no limit.
    pub throttle: Option<Throttle>,
    /// Number of machines on a page of [`list`](crate::provider::Provider::list).
    pub page_size: u32,
    /// Whether lists are as unreliable as those of real providers: one in sixteen machines is on two pages, and each
    /// machine is missing for ten seconds of each hour.
    pub flawed_lists: bool,
}

impl Default for SimulatedSettings {
    fn default() -> Self {
        Self {
            start_delay: Duration::from_secs(3),
            stop_delay: Duration::from_secs(2),
            terminate_delay: Duration::from_secs(2),
            transitions: Transitions::AfterDelays,
            visibility_delay: Duration::from_millis(300),
            token_lifetime: Duration::from_hours(24),
            terminated_visible: Duration::from_hours(1),
            throttle: Some(Throttle { per_second: 100, burst: 200 }),
            page_size: 200,
            flawed_lists: false,
        }
    }
}

/// What ends the states pending, stopping and shutting down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transitions {
    /// The delays of the settings.
    AfterDelays,
    /// This number of reads (describe, find or list) of the machine, whenever they come. With 0, the next state is reached
    /// within the call. A delay that a tag of the machine asks for still counts, and what the provider does unasked takes
    /// the delays of the settings. A read of a machine in such a state writes to the database.
    AfterReads(u32),
}

/// The token bucket that limits the rate of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Number of calls a second that are accepted in the long run; 0 counts as 1.
    pub per_second: u32,
    /// Number of calls that are accepted at once after a pause; 0 counts as 1.
    pub burst: u32,
}
