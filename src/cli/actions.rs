//! Settings of the execution of actions.

use std::time::Duration;

use clap::Args;
use task_service::{DispatchSettings, RunLimits};

use super::values::{action_attempts, action_slots, lease, lifetime};

#[derive(Clone, Debug, Args)]
pub(crate) struct Actions {
    /// Number of actions that this process executes at the same time, 1 to 1000
    #[arg(long = "action-slots", env = "CCM_ACTION_SLOTS", default_value = "16", value_name = "COUNT", value_parser = action_slots)]
    slots: usize,
    /// How long an action may take, from the request until the worker has the state, at least 5s; then its task fails
    #[arg(long = "action-deadline", env = "CCM_ACTION_DEADLINE", default_value = "30m", value_name = "DURATION", value_parser = lifetime)]
    deadline: Duration,
    /// How often worker-service is called for an action, if it does not accept it, before the task fails, 1 to 1000
    #[arg(long = "action-attempts", env = "CCM_ACTION_ATTEMPTS", default_value = "10", value_name = "COUNT", value_parser = action_attempts)]
    attempts: i32,
    /// How long a process may take to call worker-service for an action before another process calls it, at least 2s
    #[arg(long = "action-lease", env = "CCM_ACTION_LEASE", default_value = "30s", value_name = "DURATION", value_parser = lease)]
    lease: Duration,
}

impl Actions {
    /// Returns the settings for task-service.
    pub(crate) fn dispatch(&self) -> DispatchSettings {
        let run = RunLimits { max_attempts: self.attempts, deadline: self.deadline };
        // A call has to end well before the lease.
        let call_timeout = self.lease / 3;
        let defaults = DispatchSettings::default();
        // A shutdown need not wait for a call that hangs.
        let grace = defaults.grace.min(call_timeout / 2);
        DispatchSettings { slots: self.slots, lease: self.lease, call_timeout, grace, run, ..defaults }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_stops_waits_for_half_of_a_call_and_for_five_seconds_at_most() {
        let grace = |seconds: u64| {
            let lease = Duration::from_secs(seconds);
            Actions { slots: 1, deadline: lease, attempts: 1, lease }.dispatch().grace
        };
        let millis = [3, 30, 300].map(|it| grace(it).as_millis());
        assert_eq!(millis, [500, 5_000, 5_000]);
    }
}
