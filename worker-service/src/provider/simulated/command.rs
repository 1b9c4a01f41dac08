//! What each call does to a machine in each state.

use platform::clock::Micros;
use strum::{EnumString, IntoStaticStr};

use super::knobs::Knobs;
use super::machine::{End, Phase};
use super::settings::SimulatedSettings;
use crate::provider::MachineState;

/// A call that changes something, as the journal names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(super) enum Call {
    Create,
    Start,
    Stop,
    Terminate,
    Tag,
}

/// A request to bring a machine into another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Start,
    Stop {
        /// Cuts the power of a machine that does not stop.
        force: bool,
    },
    Terminate,
}

impl Command {
    pub(super) fn call(self) -> Call {
        match self {
            Self::Start => Call::Start,
            Self::Stop { .. } => Call::Stop,
            Self::Terminate => Call::Terminate,
        }
    }

    /// Returns the phase of a machine after this command; the error is the state in which it is not possible.
    pub(super) fn apply(
        self,
        phase: Phase,
        knobs: &Knobs,
        settings: &SimulatedSettings,
        now: Micros,
    ) -> Result<Phase, MachineState> {
        use MachineState::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};
        let end = |by_tag, by_setting| End::of(now, by_tag, by_setting, settings.transitions);
        let stopping = |end| phase.then(Stopping, now, None, end);
        match (self, phase.state) {
            (Self::Start, Pending | Running)
            | (Self::Stop { force: false }, Stopping)
            | (Self::Stop { .. }, Stopped)
            | (Self::Terminate, ShuttingDown | Terminated) => Ok(phase),
            (Self::Start, Stopped) => {
                Ok(phase.then(Pending, now, None, end(knobs.start_delay, settings.start_delay)))
            }
            (Self::Stop { force: false }, Running) if knobs.stuck_in_stopping => Ok(stopping(End::None)),
            (Self::Stop { .. }, Running) => Ok(stopping(end(knobs.stop_delay, settings.stop_delay))),
            (Self::Stop { force: true }, Stopping) => match phase.end {
                End::None => Ok(Phase { end: end(knobs.stop_delay, settings.stop_delay), ..phase }),
                End::At(_) | End::AfterReads(_) => Ok(phase),
            },
            (Self::Terminate, Pending | Running | Stopping | Stopped) => {
                Ok(phase.then(ShuttingDown, now, None, end(None, settings.terminate_delay)))
            }
            (Self::Start, state @ (Stopping | ShuttingDown | Terminated))
            | (Self::Stop { .. }, state @ (Pending | ShuttingDown | Terminated)) => Err(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use MachineState::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};

    use super::*;

    const NOW: Micros = Micros(10_000_000);
    const SINCE: Micros = Micros(9_000_000);

    fn phase(state: MachineState, end: End) -> Phase {
        Phase { state, since: SINCE, reason: None, end, first_ran_at: None }
    }

    fn apply(command: Command, before: Phase) -> Result<Phase, MachineState> {
        command.apply(before, &Knobs::default(), &SimulatedSettings::default(), NOW)
    }

    #[test]
    fn each_command_does_in_each_state_what_the_table_says() {
        let (stop, force) = (Command::Stop { force: false }, Command::Stop { force: true });
        // Columns: start, stop, forced stop, terminate.
        let table = [
            (Pending, [Ok(Pending), Err(Pending), Err(Pending), Ok(ShuttingDown)]),
            (Running, [Ok(Running), Ok(Stopping), Ok(Stopping), Ok(ShuttingDown)]),
            (Stopping, [Err(Stopping), Ok(Stopping), Ok(Stopping), Ok(ShuttingDown)]),
            (Stopped, [Ok(Pending), Ok(Stopped), Ok(Stopped), Ok(ShuttingDown)]),
            (ShuttingDown, [Err(ShuttingDown), Err(ShuttingDown), Err(ShuttingDown), Ok(ShuttingDown)]),
            (Terminated, [Err(Terminated), Err(Terminated), Err(Terminated), Ok(Terminated)]),
        ];
        for (state, expected) in table {
            let before = phase(state, End::At(NOW));
            let after = [Command::Start, stop, force, Command::Terminate].map(|it| apply(it, before));
            assert_eq!(after.map(|it| it.map(|it| it.state)), expected, "{state:?}");
            for it in after.into_iter().flatten().filter(|it| it.state == state) {
                assert_eq!(it, before, "what is already so is left as it is");
            }
        }
    }

    #[test]
    fn a_stuck_machine_stops_only_by_force() {
        let knobs = Knobs { stuck_in_stopping: true, ..Knobs::default() };
        let settings = SimulatedSettings::default();
        let apply = |phase, force| Command::Stop { force }.apply(phase, &knobs, &settings, NOW).unwrap();
        let stuck = apply(phase(Running, End::None), false);
        assert_eq!((stuck.state, stuck.end), (Stopping, End::None));
        assert_eq!(apply(stuck, false), stuck);
        assert_eq!(apply(stuck, true).end, End::At(NOW + settings.stop_delay));
        assert_eq!(apply(phase(Running, End::None), true).end, End::At(NOW + settings.stop_delay));
    }
}
