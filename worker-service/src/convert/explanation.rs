//! Converts an explanation to its message.

use platform::clock::Micros;
use proto::timestamp;
use proto::worker::v1 as wire;

use crate::explain::{Explanation, UsualDuration};
use crate::reconcile::book::Attempt;
use crate::reconcile::conditions::{Condition, Status};

/// Converts an explanation to its message.
pub(crate) fn explanation(explanation: Explanation) -> wire::ExplainWorkerResponse {
    let generation = explanation.worker.desired.generation;
    let types = [
        wire::WorkerConditionType::Ready,
        wire::WorkerConditionType::Reconciling,
        wire::WorkerConditionType::Stalled,
    ];
    let conditions = types.into_iter().zip(explanation.conditions);
    wire::ExplainWorkerResponse {
        worker: Some(super::worker(&explanation.worker)),
        sentences: explanation.sentences,
        conditions: conditions.map(|(of, it)| condition(of, it, generation)).collect(),
        attempts: explanation.attempts.into_iter().map(attempt).collect(),
        next_turn: explanation.next_turn.map(at),
        next_retry: explanation.next_retry.map(at),
        usual_duration: explanation.usual.map(usual),
    }
}

fn condition(of: wire::WorkerConditionType, it: Condition, generation: i64) -> wire::WorkerCondition {
    let status = match it.status {
        Status::True => wire::WorkerConditionStatus::True,
        Status::False => wire::WorkerConditionStatus::False,
        Status::Unknown => wire::WorkerConditionStatus::Unknown,
    };
    wire::WorkerCondition {
        r#type: of.into(),
        status: status.into(),
        reason: it.reason.into_str().to_owned(),
        message: it.message,
        observed_generation: generation,
        since: Some(at(it.since)),
    }
}

fn attempt(it: Attempt) -> wire::ProviderAttempt {
    wire::ProviderAttempt {
        call: it.call,
        time: Some(at(it.at)),
        generation: it.generation,
        result: it.result,
        message: it.message,
        trace_id: it.trace_id,
    }
}

fn usual(it: UsualDuration) -> wire::UsualDuration {
    wire::UsualDuration { median_ms: it.median_ms, p95_ms: it.p95_ms, samples: it.samples }
}

fn at(it: Micros) -> proto::Timestamp {
    timestamp(it.0)
}
