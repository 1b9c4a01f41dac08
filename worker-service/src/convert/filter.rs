//! The filters of a list.

use platform::violation::Violations;
use proto::worker::v1 as wire;
use proto::worker::v1::WorkerObservedState;

use crate::store::Filter;
use crate::worker::ObservedState;

/// Which workers only. A value that no worker can have is wrong, not a default.
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
            violations.add("status", "must be a state that workers are seen in");
            None
        }
    };
    if request.region.as_ref().is_some_and(|it| it.trim().is_empty() || it.contains('\0')) {
        violations.add("region", "must not be empty, nor contain control characters");
    }
    let tag = request.tag.map(|it| (it.key, it.value));
    if let Some((key, value)) = &tag {
        if key.is_empty() || key.contains('\0') {
            violations.add("tag.key", "must not be empty, nor contain control characters");
        }
        if value.contains('\0') {
            violations.add("tag.value", "must not contain control characters");
        }
    }
    let provider = super::provider(request.provider, "provider", violations);
    Filter { status, region: request.region, provider, tag }
}
