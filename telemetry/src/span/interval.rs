//! The time that something took, measured before there is a span for it.

use std::time::Instant;

/// A time with a start, and an end once it is over.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    started: Instant,
    ended: Option<Instant>,
}

impl Interval {
    /// Starts now.
    #[must_use]
    pub fn begin() -> Self {
        Self { started: Instant::now(), ended: None }
    }

    /// Ends now.
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
