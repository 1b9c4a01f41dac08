//! Workers for tests.

use super::{Checked, DesiredState, Draft, ObservedState, Worker};
use platform::clock::Micros;
use uuid::Uuid;

/// All desired states.
pub(crate) const STATES: [DesiredState; 3] =
    [DesiredState::Running, DesiredState::Stopped, DesiredState::Terminated];

/// All observed states.
pub(crate) const OBSERVED: [ObservedState; 8] = [
    ObservedState::Pending,
    ObservedState::Running,
    ObservedState::Stopping,
    ObservedState::Stopped,
    ObservedState::ShuttingDown,
    ObservedState::Terminated,
    ObservedState::Failed,
    ObservedState::Unknown,
];

/// A worker that was just created.
pub(crate) fn worker() -> Worker {
    let draft = Draft {
        name: "lab 1".to_owned(),
        region: "us-east-1".to_owned(),
        instance_type: "m5.metal".to_owned(),
        ..Draft::default()
    };
    Worker::create(Uuid::from_u128(7), Checked(draft), "ada", Micros(1))
}
