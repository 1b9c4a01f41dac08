//! The JSON of the column `action`. It is a format of its own, so that renaming a field of the domain changes no row.

use platform::clock::Micros;
use serde::{Deserialize, Serialize};
use storage::{StorageError, sqlx};
use uuid::Uuid;

use crate::task::action::{Action, ActionError, Attempt, Call, Run};

/// An action with its run, as stored. Fields that are not set are left out; a missing field is not set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredAction {
    verb: String,
    worker_id: Uuid,
    seq: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    run: StoredRun,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredRun {
    number: i32,
    attempt: i32,
    max_attempts: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run_after: Option<Micros>,
    deadline: Micros,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    applied_generation: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_error: Option<StoredError>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<StoredAttempt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Micros>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<StoredCall>,
    #[serde(default)]
    has_begun: bool,
    #[serde(default)]
    has_replaced_begun: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredError {
    code: String,
    message: String,
    retryable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredAttempt {
    run: i32,
    number: i32,
    started_at: Micros,
    code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredCall {
    started_at: Micros,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

/// Returns the value of the column; NULL for a task without an action.
pub(super) fn column(action: Option<&Action>) -> Option<serde_json::Value> {
    action.and_then(|it| serde_json::to_value(StoredAction::from(it)).ok())
}

/// Reads the column.
pub(super) fn read(column: Option<sqlx::types::Json<StoredAction>>) -> Result<Option<Action>, StorageError> {
    column.map(|it| Action::try_from(it.0)).transpose()
}

impl From<&Action> for StoredAction {
    fn from(action: &Action) -> Self {
        let run = action.run.clone();
        Self {
            verb: action.verb.into_str().to_owned(),
            worker_id: action.worker_id,
            seq: action.seq,
            reason: action.reason.clone(),
            run: StoredRun {
                number: run.number,
                attempt: run.attempt,
                max_attempts: run.max_attempts,
                phase: run.phase.map(|it| it.into_str().to_owned()),
                run_after: run.run_after,
                deadline: run.deadline,
                applied_generation: run.applied_generation,
                last_error: run.last_error.map(|it| StoredError {
                    code: it.code,
                    message: it.message,
                    retryable: it.retryable,
                    reason: it.reason,
                }),
                attempts: run.attempts.into_iter().map(StoredAttempt::from).collect(),
                trace_id: run.trace_id,
                ended_at: run.ended_at,
                call: run.call.map(|it| StoredCall { started_at: it.started_at, trace_id: it.trace_id }),
                has_begun: run.has_begun,
                has_replaced_begun: run.has_replaced_begun,
            },
        }
    }
}

impl From<Attempt> for StoredAttempt {
    fn from(it: Attempt) -> Self {
        let Attempt { run, number, started_at, code, message, trace_id } = it;
        Self { run, number, started_at, code, message, trace_id }
    }
}

impl From<StoredAttempt> for Attempt {
    fn from(it: StoredAttempt) -> Self {
        let StoredAttempt { run, number, started_at, code, message, trace_id } = it;
        Self { run, number, started_at, code, message, trace_id }
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, StorageError> {
    text.parse().map_err(|_| StorageError::Corrupt { table: "tasks", what: format!("{text:?} is unknown") })
}

impl TryFrom<StoredAction> for Action {
    type Error = StorageError;

    fn try_from(stored: StoredAction) -> Result<Self, StorageError> {
        let run = stored.run;
        Ok(Self {
            verb: parsed(&stored.verb)?,
            worker_id: stored.worker_id,
            seq: stored.seq,
            reason: stored.reason,
            run: Run {
                number: run.number,
                attempt: run.attempt,
                max_attempts: run.max_attempts,
                phase: run.phase.as_deref().map(parsed).transpose()?,
                run_after: run.run_after,
                deadline: run.deadline,
                applied_generation: run.applied_generation,
                last_error: run.last_error.map(|it| ActionError {
                    code: it.code,
                    message: it.message,
                    retryable: it.retryable,
                    reason: it.reason,
                }),
                attempts: run.attempts.into_iter().map(Attempt::from).collect(),
                trace_id: run.trace_id,
                ended_at: run.ended_at,
                call: run.call.map(|it| Call { started_at: it.started_at, trace_id: it.trace_id }),
                has_begun: run.has_begun,
                has_replaced_begun: run.has_replaced_begun,
            },
        })
    }
}
