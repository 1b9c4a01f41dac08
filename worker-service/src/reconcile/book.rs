//! What worker-service remembers of bringing one worker to its desired state.

use std::collections::BTreeSet;
use std::time::Duration;

use platform::clock::Micros;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::conditions::Flips;

/// Number of provider calls that are remembered of a worker.
const ATTEMPTS: usize = 10;

/// The bookkeeping of one worker. Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Book {
    /// Provider errors in a row. Only an answer of the provider changes it.
    pub(crate) failures: u32,
    /// Calls in a row that the state of the machine did not allow.
    pub(crate) conflicts: u32,
    /// The provider is not called before this time.
    pub(crate) next_retry: Option<Micros>,
    /// What is waited for; `None` if nothing is.
    pub(crate) waiting: Option<Waiting>,
    /// Since when the provider has not known the machine.
    pub(crate) missing_since: Option<Micros>,
    /// Since when the machine has been stopping, or when its power was last cut.
    pub(crate) stopping_since: Option<Micros>,
    /// When the machine was last created. Providers may not find it for a moment.
    pub(crate) created_at: Option<Micros>,
    /// The last call that the provider accepted since the worker was in its desired state.
    pub(crate) last_call: Option<LastCall>,
    /// Keys of tags that the worker had and that its machine may still have.
    pub(crate) removed_tags: BTreeSet<String>,
    /// The last provider calls, oldest first.
    pub(crate) attempts: Vec<Attempt>,
    /// When the conditions last changed their status.
    pub(crate) flips: Flips,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) reason: WaitReason,
    pub(crate) since: Micros,
}

/// The reasons for waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum WaitReason {
    /// The machine starts.
    Starting,
    /// The machine stops.
    Stopping,
    /// The machine is being terminated.
    ShuttingDown,
    /// The provider does not show the machine yet that was just created.
    NotYetVisible,
    /// The provider does not show the machine any more; it may be back in a moment.
    Missing,
    /// The provider failed or throttles; it is called again at [`Book::next_retry`].
    Retry,
    /// The provider says that the state of the machine does not allow the call.
    Conflict,
}

/// The calls that change something at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Call {
    Create,
    Start,
    Stop,
    /// Cuts the power of a machine that does not stop.
    ForceStop,
    Terminate,
    /// Brings name and tags of the worker to the machine.
    Tag,
}

/// The last call for a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastCall {
    pub(crate) call: Call,
    pub(crate) generation: i64,
}

/// One provider call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// The call, or `describe` if the machine could not be looked at.
    pub(crate) call: String,
    pub(crate) at: Micros,
    pub(crate) generation: i64,
    /// `ok`, `throttled`, `transient`, `conflict` or `permanent`.
    pub(crate) result: String,
    pub(crate) message: Option<String>,
    pub(crate) trace_id: Option<String>,
}

impl Book {
    pub(super) fn remember(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
        let surplus = self.attempts.len().saturating_sub(ATTEMPTS);
        self.attempts.drain(..surplus);
    }

    /// Waits for something, since now unless it was waited for already.
    pub(crate) fn wait(&mut self, reason: WaitReason, now: Micros) {
        if self.waiting.is_none_or(|it| it.reason != reason) {
            self.waiting = Some(Waiting { reason, since: now });
        }
    }

    /// The provider answered as it should.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.conflicts, self.next_retry) = (0, 0, None);
    }

    /// Whether the provider does not show the machine.
    pub(crate) fn is_machine_unseen(&self) -> bool {
        self.waiting.is_some_and(|it| matches!(it.reason, WaitReason::NotYetVisible | WaitReason::Missing))
    }

    /// What is waited for until [`Self::next_retry`].
    pub(super) fn pause_reason(&self) -> WaitReason {
        if self.failures == 0 && self.conflicts > 0 { WaitReason::Conflict } else { WaitReason::Retry }
    }

    /// The machine was in a state that does not allow the call, although it was looked at before: it has changed, or the
    /// provider shows an old state. Returns the time until it is looked at again: `soon` after each of the first conflicts in
    /// a row, then after pauses that grow like those after failures.
    pub(super) fn conflicted(&mut self, now: Micros, soon: Duration, share: f64) -> Duration {
        /// Conflicts in a row that are followed by a look at once.
        const QUICK: u32 = 3;
        let earlier = self.conflicts;
        self.succeeded();
        self.conflicts = earlier.saturating_add(1);
        let Some(slow) = earlier.checked_sub(QUICK) else { return soon };
        let pause = pause(slow, share);
        self.next_retry = Some(now + pause);
        pause
    }

    /// The provider failed: it is called again after a pause, which doubles with each failure in a row from one second to
    /// five minutes. `share` is a random number of 0 to 1, so that workers do not come back together; `after` is the pause
    /// that the provider asked for.
    pub(super) fn failed(&mut self, now: Micros, after: Option<Duration>, share: f64) {
        let pause = pause(self.failures, share).max(after.unwrap_or_default());
        self.failures = self.failures.saturating_add(1);
        self.next_retry = Some(now + pause);
    }
}

/// The pause after `earlier` others: one second, which doubles up to five minutes, less up to half by `share`, a random number
/// of 0 to 1.
fn pause(earlier: u32, share: f64) -> Duration {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_mins(5);
    FIRST.saturating_mul(1 << earlier.min(16)).min(LONGEST).mul_f64(0.5 + 0.5 * share)
}
