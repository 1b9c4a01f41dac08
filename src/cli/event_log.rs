//! Settings of the event log of a service.

use std::time::Duration;

use clap::Args;
use events::grpc::WatchLimits;
use service::housekeeping::Retention;

use super::bounds::streams_of_caller;

/// Delivery and retention of events.
#[derive(Debug, Args)]
pub(crate) struct EventLog {
    /// Maximum number of concurrent subscribers (WatchEvents streams) of a process; further ones get RESOURCE_EXHAUSTED
    #[arg(long, env = "CCM_MAX_WATCHERS", default_value = "1000", value_name = "NUMBER", value_parser = super::connections)]
    max_watchers: usize,
    /// Share of one caller in CCM_MAX_WATCHERS; without it 100, but at most a quarter of those; services are counted apart and
    /// have no share; 0 means no share
    #[arg(long, env = "CCM_MAX_WATCHERS_PER_CALLER", value_name = "NUMBER", value_parser = super::share)]
    max_watchers_per_caller: Option<usize>,
    /// How long a subscriber may read nothing before its stream is ended
    #[arg(long, env = "CCM_WATCH_TIMEOUT", default_value = "30s", value_name = "DURATION", value_parser = super::duration)]
    watch_timeout: Duration,
    /// Retention of deleted tasks or workers, and of their histories
    #[arg(long, env = "CCM_DELETED_RETENTION", default_value = "30d", value_name = "DURATION", value_parser = super::duration)]
    deleted_retention: Duration,
    /// Minimum retention of events: a subscriber can be disconnected for this long without missing any
    #[arg(long, env = "CCM_EVENT_RETENTION", default_value = "7d", value_name = "DURATION", value_parser = super::duration)]
    event_retention: Duration,
    /// Interval at which data past its retention is removed
    #[arg(long, env = "CCM_HOUSEKEEPING_INTERVAL", default_value = "10m", value_name = "DURATION", value_parser = super::duration)]
    housekeeping_interval: Duration,
}

impl EventLog {
    pub(crate) fn watch(&self) -> WatchLimits {
        WatchLimits {
            max_subscribers: self.max_watchers,
            max_per_caller: streams_of_caller(self.max_watchers, self.max_watchers_per_caller),
            write_timeout: self.watch_timeout,
        }
    }

    pub(crate) fn retention(&self) -> Retention {
        Retention {
            deleted: self.deleted_retention,
            events: self.event_retention,
            interval: self.housekeeping_interval,
        }
    }
}
