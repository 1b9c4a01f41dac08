//! The JSON representation of the execution of an action.

use proto::task::v1 as wire;
use serde::Serialize;

use crate::api::{rfc3339, rfc3339_or_null};
use crate::names::rest_name;

/// The execution of an action.
#[derive(Serialize)]
pub(crate) struct TaskRun {
    /// Number of the run; a retry begins a new one.
    number: i32,
    /// Number of calls of worker-service in this run.
    attempt: i32,
    max_attempts: i32,
    /// `null` once the run has ended.
    phase: Option<&'static str>,
    /// Time before which the next call is not made.
    run_after: Option<String>,
    /// Time after which the run fails.
    deadline: String,
    /// The generation of the worker whose outcome is waited for; `null` until worker-service has accepted the action.
    applied_generation: Option<i64>,
    last_error: Option<RunError>,
    attempts: Vec<Attempt>,
    trace_id: Option<String>,
    ended_at: Option<String>,
}

/// Why the last call failed, or how the run failed.
#[derive(Serialize)]
struct RunError {
    code: String,
    message: String,
    retryable: bool,
    reason: Option<String>,
}

/// One call of worker-service.
#[derive(Serialize)]
struct Attempt {
    run: i32,
    number: i32,
    started_at: String,
    code: String,
    message: Option<String>,
    trace_id: Option<String>,
}

impl From<wire::TaskRun> for TaskRun {
    fn from(run: wire::TaskRun) -> Self {
        let is_ended = run.phase == i32::from(wire::TaskPhase::Unspecified);
        Self {
            number: run.number,
            attempt: run.attempt,
            max_attempts: run.max_attempts,
            phase: (!is_ended).then(|| rest_name(run.phase())),
            run_after: rfc3339_or_null(run.run_after),
            deadline: rfc3339(run.deadline),
            applied_generation: run.applied_generation,
            last_error: run.last_error.map(RunError::from),
            attempts: run.attempts.into_iter().map(Attempt::from).collect(),
            trace_id: run.trace_id,
            ended_at: rfc3339_or_null(run.ended_at),
        }
    }
}

impl From<wire::TaskError> for RunError {
    fn from(error: wire::TaskError) -> Self {
        Self { code: error.code, message: error.message, retryable: error.retryable, reason: error.reason }
    }
}

impl From<wire::TaskAttempt> for Attempt {
    fn from(attempt: wire::TaskAttempt) -> Self {
        Self {
            run: attempt.run,
            number: attempt.number,
            started_at: rfc3339(attempt.started_at),
            code: attempt.code,
            message: attempt.message,
            trace_id: attempt.trace_id,
        }
    }
}
