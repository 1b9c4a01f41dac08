//! Reads what worker-service answers.

use net::grpc::status::{self, DOMAIN, Reason, code_name, cut};
use proto::worker::v1::{GenerationOutcome, SetDesiredStateResponse, WorkerOutcome, WorkerOutcomeResult};
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::task::execution::{Answer, Outcome};
use crate::task::retry::Failure;

/// Maximum length in bytes of the text of an error that a task keeps.
const MAX_TEXT: usize = 300;

/// Converts a response of SetDesiredState. One without a generation is a failure: its outcome would be waited for until the
/// deadline.
pub(super) fn accepted(response: &SetDesiredStateResponse) -> Answer {
    let generation = response.generation;
    if generation < 1 {
        let text = "worker-service has accepted the action without a generation";
        return failed(&status::with_reason(Reason::UpstreamFailed, text));
    }
    // An outcome of another generation says nothing about this one.
    let outcome = response.outcome.as_ref().filter(|it| it.generation == generation);
    Answer::Accepted { generation, outcome: outcome.and_then(ended) }
}

/// Converts a status of SetDesiredState.
pub(super) fn failed(status: &Status) -> Answer {
    let details = status.get_error_details();
    let reason = details.error_info().filter(|it| it.domain == DOMAIN).map(|it| it.reason.clone());
    Answer::Failed(Failure {
        code: code_name(status.code()).to_owned(),
        message: cut(status.message(), MAX_TEXT),
        reason,
        retry_after: details.retry_info().and_then(|it| it.retry_delay),
    })
}

/// Returns the number of the action that worker-service accepted before a lower one.
pub(super) fn accepted_seq(status: &Status) -> Option<i64> {
    let info = status.get_details_error_info()?;
    let is_superseded = info.domain == DOMAIN && info.reason == Reason::ActionSuperseded.text();
    info.metadata.get("action_seq").filter(|_| is_superseded)?.parse().ok()
}

/// Converts an entry of GetOutcomes; `None` if the generation has not ended. An outcome of another generation than the one
/// asked for is none.
pub(super) fn outcome(answer: &GenerationOutcome, generation: i64) -> Option<Outcome> {
    if !answer.exists {
        return Some(Outcome::Missing);
    }
    answer.outcome.as_ref().filter(|it| it.generation == generation).and_then(ended)
}

fn ended(outcome: &WorkerOutcome) -> Option<Outcome> {
    match outcome.result() {
        WorkerOutcomeResult::Unspecified => None,
        WorkerOutcomeResult::Converged => Some(Outcome::Converged),
        WorkerOutcomeResult::Superseded => Some(Outcome::Superseded),
        WorkerOutcomeResult::Failed => {
            let message = outcome.message.as_deref().unwrap_or("the provider refused permanently");
            Some(Outcome::Failed { reason: outcome.reason.clone(), message: cut(message, MAX_TEXT) })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic::Code;
    use tonic_types::ErrorDetails;

    use super::*;

    fn of(generation: i64, result: WorkerOutcomeResult) -> WorkerOutcome {
        WorkerOutcome { generation, result: result.into(), ..WorkerOutcome::default() }
    }

    #[test]
    fn an_outcome_counts_only_for_its_own_generation() {
        let answer = |it| GenerationOutcome { outcome: it, exists: true };
        let converged = || Some(of(4, WorkerOutcomeResult::Converged));
        assert_eq!(outcome(&answer(converged()), 4), Some(Outcome::Converged));
        assert_eq!(outcome(&answer(converged()), 5), None);
        assert_eq!(outcome(&answer(None), 4), None);
        assert_eq!(outcome(&GenerationOutcome::default(), 4), Some(Outcome::Missing));
        let response = SetDesiredStateResponse { generation: 5, outcome: converged(), worker: None };
        assert_eq!(accepted(&response), Answer::Accepted { generation: 5, outcome: None });
    }

    #[test]
    fn an_empty_answer_is_a_failure_and_nothing_to_wait_for() {
        let Answer::Failed(failure) = accepted(&SetDesiredStateResponse::default()) else {
            panic!("accepted")
        };
        assert_eq!(failure.reason.as_deref(), Some("UPSTREAM_FAILED"));
    }

    #[test]
    fn a_superseded_action_tells_the_number_that_was_accepted() {
        let status = |reason: &str| {
            let metadata = HashMap::from([("action_seq".to_owned(), "12".to_owned())]);
            let details = ErrorDetails::with_error_info(reason, DOMAIN, metadata);
            Status::with_error_details(Code::FailedPrecondition, "no", details)
        };
        assert_eq!(accepted_seq(&status("ACTION_SUPERSEDED")), Some(12));
        assert_eq!(accepted_seq(&status("ILLEGAL_ACTION")), None);
    }
}
