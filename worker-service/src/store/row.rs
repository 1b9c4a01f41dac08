//! Rows of the table `workers`.

use std::collections::BTreeMap;
use std::str::FromStr;

use platform::clock::Micros;
use serde_json::json;
use sqlx::types::Json;
use storage::{StorageError, Value, record};
use uuid::Uuid;

use crate::worker::{Desired, Failure, Observed, Outcome, Report, Worker};

record! {
    pub(super) struct Row {
        id: Uuid,
        name: String,
        region: String,
        instance_type: String,
        provider: String,
        tags: Json<BTreeMap<String, String>>,
        created_by: String,
        created_at: i64,
        updated_at: i64,
        version: i64,
        revision: i64,
        desired_state: String,
        desired_generation: i64,
        desired_set_by: String,
        observed_state: String,
        observed_generation: i64,
        observed_since: i64,
        instance_id: Option<String>,
        deleted_at: Option<i64>,
        desired_reason: Option<String>,
        desired_set_at: i64,
        observed_address: Option<String>,
        outcome_result: Option<String>,
        outcome_at: Option<i64>,
        outcome_reason: Option<String>,
        outcome_message: Option<String>,
        converged_at: Option<i64>,
        failure_reason: Option<String>,
        failure_message: Option<String>,
        action_seq: i64,
        incarnation: i64,
        is_machine_lost: bool,
        utilization: Option<Json<Report>>,
    }
}

/// Returns the values of a row, in the order of the columns of the table.
pub(super) fn values(worker: &Worker) -> [Value; 32] {
    let outcome = worker.outcome.as_ref();
    let outcome_failure = outcome.and_then(|it| it.failure.as_ref());
    let failure = worker.failure.as_ref();
    [
        worker.id.into(),
        worker.name.as_str().into(),
        worker.region.as_str().into(),
        worker.instance_type.as_str().into(),
        worker.provider.into_str().into(),
        json!(worker.tags).into(),
        worker.created_by.as_str().into(),
        worker.created_at.0.into(),
        worker.updated_at.0.into(),
        worker.version.into(),
        worker.revision.into(),
        worker.desired.state.into_str().into(),
        worker.desired.generation.into(),
        worker.desired.set_by.as_str().into(),
        worker.observed.state.into_str().into(),
        worker.observed.generation.into(),
        worker.observed.since.0.into(),
        worker.instance_id.clone().into(),
        worker.deleted_at.map(|it| it.0).into(),
        worker.desired.reason.clone().into(),
        worker.desired.set_at.0.into(),
        worker.observed.address.clone().into(),
        outcome.map(|it| it.result.into_str().to_owned()).into(),
        outcome.map(|it| it.at.0).into(),
        outcome_failure.map(|it| it.reason.clone()).into(),
        outcome_failure.map(|it| it.message.clone()).into(),
        worker.converged_at.map(|it| it.0).into(),
        failure.map(|it| it.reason.clone()).into(),
        failure.map(|it| it.message.clone()).into(),
        worker.action_seq.into(),
        worker.incarnation.into(),
        worker.is_machine_lost.into(),
    ]
}

/// Parses the name of a value of an enum in a row of `table`.
pub(super) fn parsed<T: FromStr>(table: &'static str, name: &str) -> Result<T, StorageError> {
    name.parse().map_err(|_| StorageError::Corrupt { table, what: format!("{name:?} is unknown") })
}

/// Joins the two columns of a failure.
pub(super) fn failure(reason: Option<String>, message: Option<String>) -> Option<Failure> {
    Some(Failure { reason: reason?, message: message.unwrap_or_default() })
}

impl Row {
    /// The size of what is long in a row, at most that of the message.
    pub(super) fn bytes(&self) -> usize {
        let texts = [&self.failure_message, &self.outcome_message, &self.desired_reason];
        let tags = self.tags.iter().map(|(key, value)| key.len() + value.len());
        tags.sum::<usize>() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    pub(super) fn into_worker(self) -> Result<Worker, StorageError> {
        let outcome = match (&self.outcome_result, self.outcome_at) {
            (Some(result), Some(at)) => Some(Outcome {
                generation: self.desired_generation,
                result: parsed("workers", result)?,
                at: Micros(at),
                failure: failure(self.outcome_reason, self.outcome_message),
            }),
            _ => None,
        };
        Ok(Worker {
            id: self.id,
            provider: parsed("workers", &self.provider)?,
            desired: Desired {
                state: parsed("workers", &self.desired_state)?,
                generation: self.desired_generation,
                set_by: self.desired_set_by,
                reason: self.desired_reason,
                set_at: Micros(self.desired_set_at),
            },
            observed: Observed {
                state: parsed("workers", &self.observed_state)?,
                generation: self.observed_generation,
                since: Micros(self.observed_since),
                address: self.observed_address,
                utilization: self.utilization.map(|it| it.0),
            },
            outcome,
            converged_at: self.converged_at.map(Micros),
            failure: failure(self.failure_reason, self.failure_message),
            action_seq: self.action_seq,
            incarnation: self.incarnation,
            is_machine_lost: self.is_machine_lost,
            instance_id: self.instance_id,
            deleted_at: self.deleted_at.map(Micros),
            name: self.name,
            region: self.region,
            instance_type: self.instance_type,
            tags: self.tags.0,
            created_by: self.created_by,
            created_at: Micros(self.created_at),
            updated_at: Micros(self.updated_at),
            version: self.version,
            revision: self.revision,
        })
    }
}
