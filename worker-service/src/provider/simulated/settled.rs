//! The state of a machine at an instant, as a pure function of what is stored, the settings and the instant. Nothing runs
//! in the background, so a restart changes nothing.

use std::time::Duration;

use platform::clock::Micros;

use super::knobs::{Capacity, Knobs};
use super::machine::{End, Phase, StateReason, Stored};
use super::settings::SimulatedSettings;
use crate::provider::MachineState::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};

/// Returns the phase of a machine at `now`; `None` once the provider does not know it any more.
pub(super) fn settled(machine: &Stored, settings: &SimulatedSettings, now: Micros) -> Option<Phase> {
    let timeline = Timeline { machine, knobs: Knobs::of_stored(&machine.tags), settings };
    let last = timeline.last(now);
    timeline.gone_at(last).is_none_or(|it| it > now).then_some(last)
}

/// Returns from when on the provider does not know the machine, if no call comes between and this is certain by now.
pub(super) fn gone_at(machine: &Stored, settings: &SimulatedSettings) -> Option<Micros> {
    let timeline = Timeline { machine, knobs: Knobs::of_stored(&machine.tags), settings };
    timeline.gone_at(timeline.last(Micros(i64::MAX)))
}

/// Counts a read of a machine whose state ends after a number of reads. Returns whether something changed.
pub(super) fn count_read(machine: &mut Stored) -> bool {
    match &mut machine.phase.end {
        End::AfterReads(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}

/// What becomes of a machine if no call comes.
struct Timeline<'a> {
    machine: &'a Stored,
    knobs: Knobs,
    settings: &'a SimulatedSettings,
}

impl Timeline<'_> {
    /// Returns the phase at `now`.
    fn last(&self, now: Micros) -> Phase {
        let mut phase = self.machine.phase;
        while let Some(next) = self.next(phase, now) {
            phase = next;
        }
        phase
    }

    /// Returns the phase that followed this one by `now`.
    fn next(&self, phase: Phase, now: Micros) -> Option<Phase> {
        match phase.state {
            Pending => ended(phase, now).map(|at| self.started(phase, at)),
            Running => self.unasked(phase).filter(|it| it.since <= now),
            Stopping => ended(phase, now).map(|at| phase.then(Stopped, at, phase.reason, End::None)),
            ShuttingDown => ended(phase, now).map(|at| phase.then(Terminated, at, phase.reason, End::None)),
            Stopped | Terminated => None,
        }
    }

    /// Returns what becomes of a pending machine.
    fn started(&self, phase: Phase, at: Micros) -> Phase {
        let reason = Some(StateReason::InsufficientCapacity);
        match self.knobs.capacity {
            Some(Capacity::Create) if self.machine.starts == 1 => {
                phase.then(Terminated, at, reason, End::None)
            }
            Some(Capacity::Start) if self.machine.starts > 1 => phase.then(Stopped, at, reason, End::None),
            _ => phase.then(Running, at, None, End::None),
        }
    }

    /// Returns the phase into which the provider brings a running machine by itself.
    fn unasked(&self, phase: Phase) -> Option<Phase> {
        let (settings, knobs) = (self.settings, &self.knobs);
        // Each delay counts once: one that ended before this phase had its effect, or found the machine not running.
        let due = |delay| self.due_at(phase, delay).filter(|it| *it >= phase.since);
        let stopped = due(knobs.stop_after).map(|at| {
            let stops = End::At(at + knobs.stop_delay.unwrap_or(settings.stop_delay));
            let end = if knobs.stuck_in_stopping { End::None } else { stops };
            phase.then(Stopping, at, Some(StateReason::Retirement), end)
        });
        let interrupted = due(knobs.interrupt_after).map(|at| {
            let end = End::At(at + settings.terminate_delay);
            phase.then(ShuttingDown, at, Some(StateReason::SpotInterruption), end)
        });
        [interrupted, stopped].into_iter().flatten().min_by_key(|it| it.since)
    }

    /// Returns the instant so long after the machine first ran, or after its tags asked for it if that was later.
    fn due_at(&self, phase: Phase, delay: Option<Duration>) -> Option<Micros> {
        Some(phase.first_ran_at?.max(self.machine.knobs_since) + delay?)
    }

    /// Returns when the provider stops knowing a machine whose last phase is this.
    fn gone_at(&self, last: Phase) -> Option<Micros> {
        let forgotten = (last.state == Terminated).then(|| last.since + self.settings.terminated_visible);
        let vanished = self.due_at(last, self.knobs.vanish);
        forgotten.into_iter().chain(vanished).min()
    }
}

/// Returns when a phase ended, if it did by `now`.
fn ended(phase: Phase, now: Micros) -> Option<Micros> {
    match phase.end {
        End::At(at) => (at <= now).then_some(at),
        End::AfterReads(left) => (left <= 0).then_some(now),
        End::None => None,
    }
}

#[cfg(test)]
mod tests;
