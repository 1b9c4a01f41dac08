//! Times taken before there is a span for them.

use std::time::{Duration, Instant, SystemTime};

/// A point in time by both clocks: spans need the time of day, durations the monotonic clock. Converting one into the other
/// later would add the time between reading the two, and could place a child before its parent.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    pub(super) time: SystemTime,
    pub(super) monotonic: Instant,
}

impl Timestamp {
    /// The current time.
    #[must_use]
    pub fn now() -> Self {
        Self { time: opentelemetry::time::now(), monotonic: Instant::now() }
    }

    /// The time since then; it does not jump if the clock is set.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.monotonic.elapsed()
    }
}

/// A measured time, for a span that is made later.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    started: Timestamp,
    ended: Option<Timestamp>,
}

impl Interval {
    /// Begins to measure.
    #[must_use]
    pub fn begin() -> Self {
        Self { started: Timestamp::now(), ended: None }
    }

    /// Sets the end; without a call, an interval ends when its span is made.
    pub fn end(&mut self) {
        self.ended = Some(Timestamp::now());
    }

    pub(super) fn started(self) -> Timestamp {
        self.started
    }

    /// The end; now if it is not over yet.
    pub(super) fn ended(self) -> Timestamp {
        self.ended.unwrap_or_else(Timestamp::now)
    }
}
