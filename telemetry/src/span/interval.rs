//! Times taken before there is a span for them.

use std::time::{Duration, Instant, SystemTime};

use platform::clock::Micros;

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

    /// A time in the past, as stored in a row. Its duration until now is that of the clock of the time of day.
    #[must_use]
    pub fn at(time: Micros) -> Self {
        let now = Self::now();
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(time.0).unwrap_or_default());
        let age = now.time.duration_since(time).unwrap_or_default();
        Self { time, monotonic: now.monotonic.checked_sub(age).unwrap_or(now.monotonic) }
    }

    /// The time that is this much later.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self { time: self.time + time, monotonic: self.monotonic + time }
    }

    /// The time by the monotonic clock alone, for durations.
    #[must_use]
    pub fn instant(self) -> Instant {
        self.monotonic
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
