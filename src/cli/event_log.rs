//! Settings of the event log of a service.

use std::time::Duration;

use clap::Args;
use events::grpc::WatchLimits;
use service::housekeeping::Retention;

/// How events are told and kept.
#[derive(Debug, Args)]
pub(crate) struct EventLog {
    /// Callers that watch at once; further ones are refused
    #[arg(long, env = "CCM_MAX_WATCHERS", default_value = "1000", value_name = "NUMBER", value_parser = super::connections)]
    max_watchers: usize,
    /// Without anything of a watch being taken, before it is ended
    #[arg(long, env = "CCM_WATCH_TIMEOUT", default_value = "30s", value_name = "DURATION", value_parser = super::duration)]
    watch_timeout: Duration,
    /// How long what was deleted is kept, with its history
    #[arg(long, env = "CCM_DELETED_RETENTION", default_value = "30d", value_name = "DURATION", value_parser = super::duration)]
    deleted_retention: Duration,
    /// How long events are kept at least: a reader may be away for as long
    #[arg(long, env = "CCM_EVENT_RETENTION", default_value = "7d", value_name = "DURATION", value_parser = super::duration)]
    event_retention: Duration,
    /// How often what has had its time is looked for
    #[arg(long, env = "CCM_HOUSEKEEPING_INTERVAL", default_value = "10m", value_name = "DURATION", value_parser = super::duration)]
    housekeeping_interval: Duration,
}

impl EventLog {
    pub(crate) fn watch(&self) -> WatchLimits {
        WatchLimits { watchers: self.max_watchers, patience: self.watch_timeout }
    }

    pub(crate) fn retention(&self) -> Retention {
        Retention {
            deleted: self.deleted_retention,
            events: self.event_retention,
            interval: self.housekeeping_interval,
        }
    }
}
