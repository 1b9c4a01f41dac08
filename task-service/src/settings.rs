//! Settings of the execution of actions.

use std::time::Duration;

/// How actions are executed.
#[derive(Clone, Copy, Debug)]
pub struct DispatchSettings {
    /// Number of actions that this process executes at the same time.
    pub slots: usize,
    /// How long an action is claimed for. It must be longer than a call may take.
    pub lease: Duration,
    /// Timeout of a call of worker-service.
    pub call_timeout: Duration,
    /// How long calls may take to end at a shutdown.
    pub grace: Duration,
    /// Limits of each run.
    pub run: RunLimits,
    /// Interval at which actions that other processes have queued are looked for.
    pub poll: Duration,
    /// Interval at which worker-service is asked for the outcomes that are waited for. Events of worker-service make this
    /// process ask earlier.
    pub outcome_poll: Duration,
    /// Interval at which deadlines are checked.
    pub deadline_poll: Duration,
}

/// Limits of a run of an action.
#[derive(Clone, Copy, Debug)]
pub struct RunLimits {
    /// Maximum number of calls of worker-service.
    pub max_attempts: i32,
    /// How long a run may take, from the request until the worker has the state.
    pub deadline: Duration,
}

impl Default for DispatchSettings {
    fn default() -> Self {
        Self {
            slots: 16,
            lease: Duration::from_secs(30),
            call_timeout: Duration::from_secs(10),
            grace: Duration::from_secs(5),
            run: RunLimits { max_attempts: 10, deadline: Duration::from_mins(30) },
            poll: Duration::from_secs(1),
            outcome_poll: Duration::from_secs(30),
            deadline_poll: Duration::from_secs(5),
        }
    }
}
