//! Settings of the gateway's event streams.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;
use gateway::{StreamSettings, TraceUrl};

use super::bounds::streams_of_caller;

/// Proxies cut a connection that is silent for longer: `CloudFront` after 30 seconds.
const MAX_HEARTBEAT: Duration = Duration::from_secs(25);

/// Event streams.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "the names are those of the flags")]
pub(crate) struct Streams {
    /// Maximum number of open event streams; further ones are told to connect again later
    #[arg(long, env = "CCM_MAX_STREAMS", default_value = "4096", value_name = "NUMBER", value_parser = super::connections)]
    max_streams: usize,
    /// Maximum number of open event streams of one caller; without it 100, but at most a quarter of all; 0 means no share
    #[arg(long, env = "CCM_MAX_STREAMS_PER_CALLER", value_name = "NUMBER", value_parser = super::share)]
    max_streams_per_caller: Option<usize>,
    /// Number of event streams that are sent older events or a snapshot at the same time; by default, that of the processors
    #[arg(long, env = "CCM_STREAM_TURNS", value_name = "NUMBER")]
    stream_turns: Option<NonZeroUsize>,
    /// Interval of heartbeats on an event stream, at most 25s
    #[arg(long, env = "CCM_STREAM_HEARTBEAT", default_value = "15s", value_name = "DURATION", value_parser = heartbeat)]
    stream_heartbeat: Duration,
    /// Age at which an event stream ends, and its client resumes with a new one
    #[arg(long, env = "CCM_STREAM_MAX_AGE", default_value = "1h", value_name = "DURATION", value_parser = super::duration)]
    stream_max_age: Duration,
    /// Template of the links from events and errors to their traces: a URL with `{trace_id}`; empty: no links
    #[arg(long, env = "CCM_TRACE_URL", default_value = "", hide_default_value = true, value_name = "URL", value_parser = trace_url)]
    trace_url: std::sync::Arc<Option<TraceUrl>>,
}

impl Streams {
    pub(crate) fn streams(&self) -> StreamSettings {
        StreamSettings {
            max_streams: self.max_streams,
            max_streams_per_caller: streams_of_caller(self.max_streams, self.max_streams_per_caller),
            turns: self.stream_turns.or_else(|| available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
            heartbeat: self.stream_heartbeat,
            max_age: self.stream_max_age,
            trace_url: self.trace_url.as_ref().clone(),
        }
    }
}

fn heartbeat(text: &str) -> Result<Duration, String> {
    let interval = super::duration(text)?;
    if interval > MAX_HEARTBEAT {
        return Err(format!(
            "must be at most {} s, because proxies cut silent connections",
            MAX_HEARTBEAT.as_secs()
        ));
    }
    Ok(interval)
}

fn trace_url(text: &str) -> Result<std::sync::Arc<Option<TraceUrl>>, String> {
    let url = if text.is_empty() { None } else { Some(TraceUrl::new(text)?) };
    Ok(std::sync::Arc::new(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heartbeats_are_no_further_apart_than_proxies_allow() {
        assert_eq!(heartbeat("25s"), Ok(Duration::from_secs(25)));
        for long in ["25001ms", "26s", "1m"] {
            let error = heartbeat(long).unwrap_err();
            assert_eq!(error, "must be at most 25 s, because proxies cut silent connections", "{long}");
        }
    }
}
