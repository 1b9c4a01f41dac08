//! Setting the desired state of a worker: what is legal, and when a new generation begins.

use platform::clock::Micros;

use super::{DesiredState, DomainError, ObservedState, Outcome, OutcomeResult, Worker};

/// The desired state of a worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Desired {
    pub(crate) state: DesiredState,
    /// Number of changes of the desired state, starting at 1.
    pub(crate) generation: i64,
    /// Token subject of the person who set it.
    pub(crate) set_by: String,
    /// Why it was set.
    pub(crate) reason: Option<String>,
    pub(crate) set_at: Micros,
}

/// A request to set the desired state.
#[derive(Clone, Debug)]
pub(crate) struct Desire {
    pub(crate) state: DesiredState,
    /// Number of the action among those of the worker, at least 1.
    pub(crate) action_seq: i64,
    pub(crate) set_by: String,
    pub(crate) reason: Option<String>,
}

/// The effect of a [`Desire`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reached {
    /// The current generation wants this state already. The worker has the number of the action.
    Joined(Worker),
    /// A new generation began. `superseded` is the outcome of the one before, if it had not ended.
    Begun { worker: Worker, superseded: Option<Outcome> },
}

impl DesiredState {
    /// The observed state of a worker that has reached this state.
    pub(crate) fn reached(self) -> ObservedState {
        match self {
            Self::Running => ObservedState::Running,
            Self::Stopped => ObservedState::Stopped,
            Self::Terminated => ObservedState::Terminated,
        }
    }
}

impl Worker {
    /// Returns the states that can be desired of the worker: every state, until its termination begins.
    /// docs/lifecycle.md draws the table.
    pub(crate) fn legal_states(&self) -> &'static [DesiredState] {
        use ObservedState::{Failed, Pending, Running, ShuttingDown, Stopped, Stopping, Terminated, Unknown};
        if self.desired.state == DesiredState::Terminated {
            return &[DesiredState::Terminated];
        }
        match self.observed.state {
            Terminated | ShuttingDown => &[DesiredState::Terminated],
            Pending | Running | Stopping | Stopped | Failed | Unknown => {
                &[DesiredState::Running, DesiredState::Stopped, DesiredState::Terminated]
            }
        }
    }

    /// Whether the worker is being brought to its desired state.
    pub(crate) fn is_reconciling(&self) -> bool {
        self.outcome.is_none()
    }

    /// Whether the current generation wants this state and either has not ended or has reached it and not left it since. The
    /// state of a failed worker is never reached.
    fn is_under_way(&self, state: DesiredState) -> bool {
        let has_it = self.observed.state == state.reached();
        self.desired.state == state
            && self.outcome.as_ref().is_none_or(|it| it.result == OutcomeResult::Converged && has_it)
    }

    /// Sets the desired state. Fails if a later action was accepted before, or if the state is not legal.
    pub(crate) fn desire(&self, desire: Desire, now: Micros) -> Result<Reached, DomainError> {
        if desire.action_seq <= self.action_seq {
            return Err(DomainError::Superseded(self.action_seq));
        }
        let legal = self.legal_states();
        if !legal.contains(&desire.state) {
            return Err(DomainError::IllegalAction { to: desire.state, legal });
        }
        let action_seq = desire.action_seq;
        if self.is_under_way(desire.state) {
            return Ok(Reached::Joined(Self { action_seq, ..self.clone() }));
        }
        let superseded = self.outcome.is_none().then_some(Outcome {
            generation: self.desired.generation,
            result: OutcomeResult::Superseded,
            at: now,
            failure: None,
        });
        let mut worker = self.clone();
        worker.desired = Desired {
            state: desire.state,
            generation: self.desired.generation + 1,
            set_by: desire.set_by,
            reason: desire.reason,
            set_at: now,
        };
        worker.observed.generation = self.desired.generation;
        worker.outcome = None;
        worker.failure = None;
        if worker.observed.state == ObservedState::Failed {
            let has_machine = worker.instance_id.is_some() && !worker.is_machine_lost;
            let seen = if has_machine { ObservedState::Unknown } else { ObservedState::Pending };
            (worker.observed.state, worker.observed.since) = (seen, now);
        }
        worker.action_seq = action_seq;
        worker.revision += 1;
        worker.updated_at = now.max(self.updated_at);
        Ok(Reached::Begun { worker, superseded })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::worker::testing::{OBSERVED, STATES, worker};

    fn desire(state: DesiredState, action_seq: i64) -> Desire {
        Desire { state, action_seq, set_by: "ada".to_owned(), reason: None }
    }

    #[test]
    fn after_a_termination_nothing_else_is_legal_and_the_error_names_what_is() {
        let Reached::Begun { worker: ending, .. } =
            worker().desire(desire(DesiredState::Terminated, 1), Micros(2)).unwrap()
        else {
            panic!("no new generation")
        };
        let error = ending.desire(desire(DesiredState::Running, 2), Micros(3)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a worker that is terminated or about to be cannot be made running; possible: terminated"
        );
    }

    #[test]
    fn a_failed_worker_is_started_by_a_new_generation() {
        let mut failed = worker();
        failed.observed.state = ObservedState::Failed;
        failed.outcome =
            Some(Outcome { generation: 1, result: OutcomeResult::Failed, at: Micros(2), failure: None });
        let reached = failed.desire(desire(DesiredState::Running, 1), Micros(3)).unwrap();
        let Reached::Begun { worker, superseded: None } = reached else { panic!("{reached:?}") };
        assert_eq!((worker.desired.generation, worker.outcome), (2, None));
    }

    #[test]
    fn a_worker_that_left_its_state_by_itself_gets_a_new_generation() {
        let mut drifted = worker();
        drifted.observed.state = ObservedState::Stopped;
        drifted.outcome =
            Some(Outcome { generation: 1, result: OutcomeResult::Converged, at: Micros(2), failure: None });
        let reached = drifted.desire(desire(DesiredState::Running, 1), Micros(3)).unwrap();
        assert!(matches!(reached, Reached::Begun { .. }), "{reached:?}");
    }

    proptest! {
        #[test]
        fn a_lower_or_equal_number_never_has_an_effect(
            highest in 0_i64..50, number in 1_i64..50, state in select(&STATES), seen in select(&OBSERVED),
        ) {
            let mut worker = worker();
            worker.action_seq = highest;
            worker.observed.state = seen;
            let outcome = worker.desire(desire(state, number), Micros(9));
            prop_assert_eq!(number <= highest, outcome == Err(DomainError::Superseded(highest)));
        }

        #[test]
        fn generations_count_by_one_and_each_is_ended_before_the_next(
            wanted in prop::collection::vec(select(&STATES), 1..20),
        ) {
            let (mut worker, mut ended) = (worker(), Vec::new());
            for (number, state) in (1..).zip(wanted) {
                match worker.desire(desire(state, number), Micros(number)) {
                    Ok(Reached::Joined(same)) => {
                        prop_assert_eq!((same.desired.generation, same.revision), (worker.desired.generation, worker.revision));
                        worker = same;
                    }
                    Ok(Reached::Begun { worker: next, superseded }) => {
                        ended.extend(superseded.map(|it| it.generation));
                        prop_assert_eq!(next.desired.generation, worker.desired.generation + 1);
                        prop_assert_eq!(next.revision, worker.revision + 1);
                        worker = next;
                    }
                    Err(_) => prop_assert!(worker.desired.state == DesiredState::Terminated),
                }
            }
            let expected: Vec<i64> = (1..worker.desired.generation).collect();
            prop_assert_eq!(ended, expected);
        }
    }
}
