//! Converts between the messages of the contract and the types of the domain.

mod change;
mod desire;
mod explanation;
mod filter;

pub(crate) use change::{change, etag};
pub(crate) use desire::desire;
pub(crate) use explanation::explanation;
pub(crate) use filter::filter;
use platform::violation::{Violation, Violations};
use proto::timestamp;
use proto::worker::v1 as wire;
use uuid::Uuid;

use crate::worker::{DesiredState, Draft, ObservedState, Outcome, OutcomeResult, Provider, Report, Worker};

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
            reason: worker.desired.reason.clone(),
            set_at: Some(timestamp(worker.desired.set_at.0)),
        }),
        observed: Some(wire::WorkerObserved {
            state: observed_state(worker.observed.state).into(),
            generation: worker.observed.generation,
            since: Some(timestamp(worker.observed.since.0)),
            address: worker.observed.address.clone(),
            utilization: utilization_while_running(worker),
        }),
        outcome: worker.outcome.as_ref().map(outcome),
        converged_at: worker.converged_at.map(|it| timestamp(it.0)),
    }
}

/// Converts the utilisation of a machine that runs.
fn utilization_while_running(worker: &Worker) -> Option<wire::WorkerUtilization> {
    let report = worker.observed.utilization.filter(|_| worker.observed.state == ObservedState::Running)?;
    Some(utilization(report))
}

/// Converts a report of utilisation to its message.
pub(crate) fn utilization(report: Report) -> wire::WorkerUtilization {
    wire::WorkerUtilization {
        cpu: report.cpu,
        memory: report.memory,
        storage: report.disk,
        time: Some(timestamp(report.at.0)),
    }
}

/// Converts an outcome to its message.
pub(crate) fn outcome(outcome: &Outcome) -> wire::WorkerOutcome {
    let failure = outcome.failure.clone();
    let (reason, message) = failure.map_or((None, None), |it| (Some(it.reason), Some(it.message)));
    let result = match outcome.result {
        OutcomeResult::Converged => wire::WorkerOutcomeResult::Converged,
        OutcomeResult::Failed => wire::WorkerOutcomeResult::Failed,
        OutcomeResult::Superseded => wire::WorkerOutcomeResult::Superseded,
    };
    wire::WorkerOutcome {
        generation: outcome.generation,
        result: result.into(),
        time: Some(timestamp(outcome.at.0)),
        reason,
        message,
    }
}

/// Converts the generations of a request: 1 to 500.
pub(crate) fn generations(request: wire::GetOutcomesRequest) -> Result<Vec<(Uuid, i64)>, Vec<Violation>> {
    const MOST: usize = 500;
    let mut violations = Violations::default();
    if !(1..=MOST).contains(&request.generations.len()) {
        violations.add("generations", format!("must have 1 to {MOST} entries"));
    }
    let mut asked = Vec::new();
    for it in request.generations.into_iter().take(MOST) {
        match Uuid::try_parse(&it.worker_id) {
            Ok(id) => asked.push((id, it.generation)),
            Err(_) => violations.add("generations.worker_id", "must be the UUID of a worker"),
        }
    }
    if violations.is_empty() { Ok(asked) } else { Err(violations.into_vec()) }
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
