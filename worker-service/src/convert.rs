//! Converts between the messages of the contract and the types of the domain.

mod change;
mod filter;

pub(crate) use change::{change, etag};
pub(crate) use filter::filter;
use platform::violation::Violations;
use proto::timestamp;
use proto::worker::v1 as wire;

use crate::worker::{DesiredState, Draft, ObservedState, Provider, Worker};

/// Converts the worker of a create or import request. Unknown enum values are violations.
pub(crate) fn draft(worker: wire::Worker, violations: &mut Violations) -> Draft {
    let provider = provider(worker.provider, "worker.provider", violations);
    let wire::Worker { name, region, instance_type, instance_id, tags, .. } = worker;
    Draft { name, region, instance_type, provider, instance_id, tags }
}

/// Converts an enum number to a provider; `None` if it is unspecified.
pub(crate) fn provider(number: i32, field: &str, violations: &mut Violations) -> Option<Provider> {
    match wire::WorkerProvider::try_from(number) {
        Ok(wire::WorkerProvider::Unspecified) => None,
        Ok(wire::WorkerProvider::Simulated) => Some(Provider::Simulated),
        Err(_) => {
            violations.add(field, "must be simulated");
            None
        }
    }
}

/// Converts a worker to its message.
pub(crate) fn worker(worker: &Worker) -> wire::Worker {
    wire::Worker {
        id: worker.id.to_string(),
        name: worker.name.clone(),
        region: worker.region.clone(),
        instance_type: worker.instance_type.clone(),
        instance_id: worker.instance_id.clone(),
        provider: match worker.provider {
            Provider::Simulated => wire::WorkerProvider::Simulated,
        }
        .into(),
        tags: worker.tags.clone(),
        created_by: worker.created_by.clone(),
        created_at: Some(timestamp(worker.created_at.0)),
        updated_at: Some(timestamp(worker.updated_at.0)),
        version: worker.version,
        revision: worker.revision,
        desired: Some(wire::WorkerDesired {
            state: desired_state(worker.desired.state).into(),
            generation: worker.desired.generation,
            set_by: worker.desired.set_by.clone(),
        }),
        observed: Some(wire::WorkerObserved {
            state: observed_state(worker.observed.state).into(),
            generation: worker.observed.generation,
            since: Some(timestamp(worker.observed.since.0)),
        }),
    }
}

fn desired_state(state: DesiredState) -> wire::WorkerDesiredState {
    match state {
        DesiredState::Running => wire::WorkerDesiredState::Running,
        DesiredState::Stopped => wire::WorkerDesiredState::Stopped,
        DesiredState::Terminated => wire::WorkerDesiredState::Terminated,
    }
}

fn observed_state(state: ObservedState) -> wire::WorkerObservedState {
    match state {
        ObservedState::Pending => wire::WorkerObservedState::Pending,
        ObservedState::Running => wire::WorkerObservedState::Running,
        ObservedState::Stopping => wire::WorkerObservedState::Stopping,
        ObservedState::Stopped => wire::WorkerObservedState::Stopped,
        ObservedState::ShuttingDown => wire::WorkerObservedState::ShuttingDown,
        ObservedState::Terminated => wire::WorkerObservedState::Terminated,
        ObservedState::Failed => wire::WorkerObservedState::Failed,
        ObservedState::Unknown => wire::WorkerObservedState::Unknown,
    }
}
