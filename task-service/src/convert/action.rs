//! Converts actions and their runs.

use net::grpc::status::cut;
use platform::violation::Violations;
use proto::task::v1 as wire;
use proto::timestamp;
use uuid::Uuid;

use crate::task::action::{Action, ActionDraft, ActionError, Attempt, Phase, Run};
use crate::task::verb::Verb;

/// Maximum length in bytes of the text of an error.
const MAX_TEXT: usize = 500;

/// Converts the action of a create request. Missing and unknown values are violations.
pub(crate) fn action_draft(action: wire::TaskAction, violations: &mut Violations) -> Option<ActionDraft> {
    let verb = match wire::TaskVerb::try_from(action.verb) {
        Ok(wire::TaskVerb::Start) => Some(Verb::Start),
        Ok(wire::TaskVerb::Stop) => Some(Verb::Stop),
        Ok(wire::TaskVerb::Terminate) => Some(Verb::Terminate),
        Ok(wire::TaskVerb::Unspecified) | Err(_) => {
            violations.add("task.action.verb", "must be one of start, stop, terminate");
            None
        }
    };
    let worker_id = Uuid::try_parse(&action.worker_id).ok();
    if worker_id.is_none() {
        violations.add("task.action.worker_id", "must be the UUID of a worker");
    }
    Some(ActionDraft {
        verb: verb?,
        worker_id: worker_id?,
        reason: action.reason.filter(|it| !it.trim().is_empty()),
    })
}

/// Converts an action to its message.
pub(super) fn action(action: &Action) -> wire::TaskAction {
    wire::TaskAction {
        verb: match action.verb {
            Verb::Start => wire::TaskVerb::Start,
            Verb::Stop => wire::TaskVerb::Stop,
            Verb::Terminate => wire::TaskVerb::Terminate,
        }
        .into(),
        worker_id: action.worker_id.to_string(),
        action_seq: action.seq,
        confirm: String::new(),
        reason: action.reason.clone(),
    }
}

/// Converts a run to its message.
pub(super) fn run(run: &Run) -> wire::TaskRun {
    wire::TaskRun {
        number: run.number,
        attempt: run.attempt,
        max_attempts: run.max_attempts,
        phase: match run.phase {
            None => wire::TaskPhase::Unspecified,
            Some(Phase::Queued) => wire::TaskPhase::Queued,
            Some(Phase::Applying) => wire::TaskPhase::Applying,
            Some(Phase::Applied) => wire::TaskPhase::Applied,
        }
        .into(),
        run_after: run.run_after.map(|it| timestamp(it.0)),
        deadline: Some(timestamp(run.deadline.0)),
        applied_generation: run.applied_generation,
        last_error: run.last_error.as_ref().map(error),
        attempts: run.attempts.iter().map(attempt).collect(),
        trace_id: run.trace_id.clone(),
        ended_at: run.ended_at.map(|it| timestamp(it.0)),
    }
}

fn error(error: &ActionError) -> wire::TaskError {
    wire::TaskError {
        code: error.code.clone(),
        message: cut(&error.message, MAX_TEXT),
        retryable: error.retryable,
        reason: error.reason.clone(),
    }
}

fn attempt(attempt: &Attempt) -> wire::TaskAttempt {
    wire::TaskAttempt {
        run: attempt.run,
        number: attempt.number,
        started_at: Some(timestamp(attempt.started_at.0)),
        code: attempt.code.clone(),
        message: attempt.message.clone(),
        trace_id: attempt.trace_id.clone(),
    }
}
