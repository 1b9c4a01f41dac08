//! Settings of how worker-service brings workers to their desired states, and of the simulated provider.

use std::time::Duration;

use clap::Args;
use worker_service::{Reconcile, SimulatedSettings, Throttle};

/// Reconciling, and the simulated provider.
#[derive(Debug, Args)]
pub(crate) struct Fleet {
    /// URL of the database of the simulated provider, sqlite:PATH or postgres://…; not that of a service, shared by all replicas
    #[arg(
        long,
        env = "CCM_SIMULATED_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:data/provider.db",
        value_name = "URL"
    )]
    pub(crate) simulated_database: String,
    /// How long a simulated machine takes to start
    #[arg(long, env = "CCM_SIMULATED_START_DELAY", default_value = "3s", value_name = "DURATION", value_parser = super::values::any_duration)]
    simulated_start_delay: Duration,
    /// How long a simulated machine takes to stop or to terminate
    #[arg(long, env = "CCM_SIMULATED_STOP_DELAY", default_value = "2s", value_name = "DURATION", value_parser = super::values::any_duration)]
    simulated_stop_delay: Duration,
    /// How long after its creation a simulated machine is not found
    #[arg(long, env = "CCM_SIMULATED_VISIBILITY_DELAY", default_value = "300ms", value_name = "DURATION", value_parser = super::values::any_duration)]
    simulated_visibility_delay: Duration,
    /// How long the simulated provider remembers the client token of a create
    #[arg(long, env = "CCM_SIMULATED_TOKEN_LIFETIME", default_value = "24h", value_name = "DURATION", value_parser = super::values::any_duration)]
    simulated_token_lifetime: Duration,
    /// Calls per second that the simulated provider accepts from all replicas together, with bursts of twice as many; 0 means unlimited
    #[arg(long, env = "CCM_SIMULATED_RATE", default_value = "100", value_name = "NUMBER")]
    simulated_rate: u32,
    /// Number of workers that this process brings to their desired states at the same time
    #[arg(long, env = "CCM_RECONCILE_SLOTS", default_value = "16", value_name = "NUMBER", value_parser = super::connections)]
    reconcile_slots: usize,
    /// How long a process may take for the turn of one worker before another process takes it, at least 2s
    #[arg(long, env = "CCM_RECONCILE_LEASE", default_value = "30s", value_name = "DURATION", value_parser = super::values::lease)]
    reconcile_lease: Duration,
    /// Interval at which the machines of a provider are listed and compared with the workers
    #[arg(long, env = "CCM_SWEEP_INTERVAL", default_value = "15s", value_name = "DURATION", value_parser = super::duration)]
    sweep_interval: Duration,
    /// How long a machine may take to stop before its power is cut
    #[arg(long, env = "CCM_FORCE_STOP_AFTER", default_value = "5m", value_name = "DURATION", value_parser = super::duration)]
    force_stop_after: Duration,
}

impl Fleet {
    pub(crate) fn reconcile(&self) -> Reconcile {
        Reconcile {
            slots: self.reconcile_slots,
            lease: self.reconcile_lease,
            force_stop_after: self.force_stop_after,
            sweep_interval: self.sweep_interval,
        }
    }

    pub(crate) fn simulated(&self) -> SimulatedSettings {
        let rate = self.simulated_rate;
        SimulatedSettings {
            start_delay: self.simulated_start_delay,
            stop_delay: self.simulated_stop_delay,
            terminate_delay: self.simulated_stop_delay,
            visibility_delay: self.simulated_visibility_delay,
            token_lifetime: self.simulated_token_lifetime,
            throttle: (rate > 0).then(|| Throttle { per_second: rate, burst: rate.saturating_mul(2) }),
            ..SimulatedSettings::default()
        }
    }
}
