//! `/api/workers/{id}/explain`: what a worker waits for, in words and as conditions.

use axum::Json;
use axum::extract::State;
use proto::ContractEnum;
use proto::worker::v1 as wire;
use proto::worker::v1::ExplainWorkerRequest;
use serde::Serialize;

use super::Worker;
use crate::api::{answered, rfc3339, rfc3339_or_null};
use crate::error::ApiError;
use crate::input::{Authenticated, PathId};
use crate::services::{Services, WORKERS};

/// Answers what a worker waits for.
pub(crate) async fn get(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Json<Explanation>, ApiError> {
    let answer = services.workers().explain_worker(caller.request(ExplainWorkerRequest { id })).await?;
    let mut answer = answer.into_inner();
    answer.worker = Some(answered(WORKERS, answer.worker)?);
    Ok(Json(answer.into()))
}

/// What a worker waits for, for people and for programs.
#[derive(Serialize)]
pub(crate) struct Explanation {
    worker: Worker,
    /// For people: what is desired, what was observed, what is waited for.
    sentences: Vec<String>,
    /// Ready, Reconciling and Stalled, in this order.
    conditions: Vec<Condition>,
    /// The last provider calls, newest first.
    attempts: Vec<Attempt>,
    /// When the worker is looked at next.
    next_turn: Option<String>,
    /// When a failed provider call is made again.
    next_retry: Option<String>,
    /// How long workers usually take to reach this state; `null` while there is no data.
    usual_duration: Option<UsualDuration>,
}

/// A condition with the members of `metav1.Condition` of Kubernetes, in snake case; `since` is `lastTransitionTime`.
#[derive(Serialize)]
struct Condition {
    r#type: String,
    status: String,
    reason: String,
    message: String,
    observed_generation: i64,
    since: String,
}

/// One call of the provider.
#[derive(Serialize)]
struct Attempt {
    call: String,
    time: String,
    generation: i64,
    result: String,
    message: Option<String>,
    trace_id: Option<String>,
}

/// How long reaching a state took.
#[derive(Serialize)]
struct UsualDuration {
    median_ms: i64,
    p95_ms: i64,
    samples: i32,
}

/// The name of a value as Kubernetes writes types and statuses: `Ready`, `True`. An unspecified value is `Unknown`.
pub(crate) fn camel_case<E: ContractEnum>(value: E) -> String {
    let words = match value.lower_name() {
        "unspecified" => "unknown",
        name => name,
    };
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|it| it.to_uppercase().chain(letters).collect::<String>())
    };
    words.split('_').filter_map(capital).collect()
}

impl From<wire::ExplainWorkerResponse> for Explanation {
    fn from(answer: wire::ExplainWorkerResponse) -> Self {
        Self {
            worker: answer.worker.unwrap_or_default().into(),
            sentences: answer.sentences,
            conditions: answer.conditions.into_iter().map(Condition::from).collect(),
            attempts: answer.attempts.into_iter().map(Attempt::from).collect(),
            next_turn: rfc3339_or_null(answer.next_turn),
            next_retry: rfc3339_or_null(answer.next_retry),
            usual_duration: answer.usual_duration.map(UsualDuration::from),
        }
    }
}

impl From<wire::WorkerCondition> for Condition {
    fn from(condition: wire::WorkerCondition) -> Self {
        Self {
            r#type: camel_case(condition.r#type()),
            status: camel_case(condition.status()),
            reason: condition.reason,
            message: condition.message,
            observed_generation: condition.observed_generation,
            since: rfc3339(condition.since),
        }
    }
}

impl From<wire::ProviderAttempt> for Attempt {
    fn from(attempt: wire::ProviderAttempt) -> Self {
        Self {
            call: attempt.call,
            time: rfc3339(attempt.time),
            generation: attempt.generation,
            result: attempt.result,
            message: attempt.message,
            trace_id: attempt.trace_id,
        }
    }
}

impl From<wire::UsualDuration> for UsualDuration {
    fn from(usual: wire::UsualDuration) -> Self {
        Self { median_ms: usual.median_ms, p95_ms: usual.p95_ms, samples: usual.samples }
    }
}

#[cfg(test)]
mod tests {
    use proto::worker::v1::{WorkerConditionStatus, WorkerConditionType};

    use super::*;

    #[test]
    fn conditions_are_named_as_kubernetes_names_them() {
        assert_eq!(camel_case(WorkerConditionType::Reconciling), "Reconciling");
        assert_eq!(camel_case(WorkerConditionStatus::True), "True");
        assert_eq!(camel_case(WorkerConditionStatus::Unknown), "Unknown");
        assert_eq!(camel_case(WorkerConditionStatus::Unspecified), "Unknown");
    }
}
