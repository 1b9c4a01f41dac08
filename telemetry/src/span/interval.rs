//! The time that something took, measured before there is a span for it.

use std::time::Instant;

/// A measured time, for a span that is made later.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    started: Instant,
    ended: Option<Instant>,
}

impl Interval {
    /// Begins to measure.
    #[must_use]
    pub fn begin() -> Self {
        Self { started: Instant::now(), ended: None }
    }

    /// Sets the end; without a call, an interval ends when its span is made.
    pub fn end(&mut self) {
        self.ended = Some(Instant::now());
    }

    pub(super) fn started(self) -> Instant {
        self.started
    }

    /// The end; now if it is not over yet.
    pub(super) fn ended(self) -> Instant {
        self.ended.unwrap_or_else(Instant::now)
    }
}
