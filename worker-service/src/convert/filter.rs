//! Converts the filters of ListWorkers.

use platform::violation::{Lines, Violations};
use proto::worker::v1 as wire;
use proto::worker::v1::WorkerObservedState;

use crate::store::Filter;
use crate::worker::{IDENTIFIER_LENGTH, ObservedState, TAG_KEY_LENGTH, TAG_VALUE_LENGTH};

/// Returns the filter of a request. Unknown enum values are violations.
pub(crate) fn filter(request: wire::ListWorkersRequest, violations: &mut Violations) -> Filter {
    let status = match WorkerObservedState::try_from(request.status) {
        Ok(WorkerObservedState::Unspecified) => None,
        Ok(WorkerObservedState::Pending) => Some(ObservedState::Pending),
        Ok(WorkerObservedState::Running) => Some(ObservedState::Running),
        Ok(WorkerObservedState::Stopping) => Some(ObservedState::Stopping),
        Ok(WorkerObservedState::Stopped) => Some(ObservedState::Stopped),
        Ok(WorkerObservedState::ShuttingDown) => Some(ObservedState::ShuttingDown),
        Ok(WorkerObservedState::Terminated) => Some(ObservedState::Terminated),
        Ok(WorkerObservedState::Failed) => Some(ObservedState::Failed),
        Ok(WorkerObservedState::Unknown) => Some(ObservedState::Unknown),
        Err(_) => {
            violations.add("status", "must be one of pending, running, stopping, stopped, shutting_down, terminated, failed, unknown");
            None
        }
    };
    if let Some(region) = &request.region {
        violations.identifier("region", region, IDENTIFIER_LENGTH, "-");
    }
    let tag = request.tag.map(|it| (it.key, it.value));
    if let Some((key, value)) = &tag {
        if key.is_empty() {
            violations.add("tag.key", "must not be empty");
        }
        violations.text("tag.key", key, 0..=TAG_KEY_LENGTH, Lines::One);
        violations.text("tag.value", value, 0..=TAG_VALUE_LENGTH, Lines::One);
    }
    let provider = super::provider(request.provider, "provider", violations);
    Filter { status, region: request.region, provider, tag }
}
