//! Stores the generations of desired states, and how they end.

use std::collections::HashMap;

use platform::clock::Micros;
use serde_json::json;
use storage::{Dialects, Statement, Statements as _, StorageError, Transaction, record};
use telemetry::propagation::Cause;
use uuid::Uuid;

use super::WorkerStore;
use super::row::{failure, parsed};
use crate::worker::{Outcome, Worker};

const INSERT: Statement = Statement {
    summary: "INSERT worker_generations",
    sql: "INSERT INTO worker_generations (worker_id, generation, provider, state, set_by, set_at, action_seq, \
            traceparent, tracestate) \
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
};

const END: Statement = Statement {
    summary: "UPDATE worker_generations",
    sql: "UPDATE worker_generations SET result = $3, ended_at = $4, reason = $5, message = $6 \
          WHERE worker_id = $1 AND generation = $2 AND result IS NULL",
};

macro_rules! columns {
    () => {
        "worker_generations.worker_id, generation, result, ended_at, reason, message, set_at, traceparent, tracestate"
    };
}

const GET: Statement = Statement {
    summary: "SELECT worker_generations",
    sql: concat!("SELECT ", columns!(), " FROM worker_generations WHERE worker_id = $1 AND generation = $2"),
};

/// Reads generations: `$1` is a JSON array of pairs, each a worker's id in hexadecimal digits and a number.
const GET_ALL: Dialects = Dialects {
    sqlite: Statement {
        summary: "SELECT worker_generations",
        sql: concat!(
            "SELECT ",
            columns!(),
            " FROM json_each($1) AS asked JOIN worker_generations \
              ON worker_generations.worker_id = unhex(json_extract(asked.value, '$[0]')) \
             AND generation = json_extract(asked.value, '$[1]')"
        ),
    },
    postgres: Statement {
        summary: "SELECT worker_generations",
        sql: concat!(
            "SELECT ",
            columns!(),
            " FROM jsonb_array_elements($1) AS asked JOIN worker_generations \
              ON worker_generations.worker_id = (asked->>0)::uuid AND generation = (asked->>1)::bigint"
        ),
    },
};

/// How long the last generations took, of one provider and desired state.
const DURATIONS: Statement = Statement {
    summary: "SELECT worker_generations",
    sql: "SELECT ended_at - set_at FROM worker_generations \
          WHERE provider = $1 AND state = $2 AND result = 'converged' ORDER BY ended_at DESC LIMIT 50",
};

record! {
    struct Row {
        worker_id: Uuid,
        generation: i64,
        result: Option<String>,
        ended_at: Option<i64>,
        reason: Option<String>,
        message: Option<String>,
        set_at: i64,
        traceparent: Option<String>,
        tracestate: Option<String>,
    }
}

/// A generation as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Generation {
    /// How it ended; `None` while it has not.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) set_at: Micros,
    /// Trace context of the request that began it.
    pub(crate) cause: Cause,
}

impl Row {
    fn into_generation(self) -> Result<Generation, StorageError> {
        let outcome = match (self.result, self.ended_at) {
            (Some(result), Some(at)) => Some(Outcome {
                generation: self.generation,
                result: parsed("worker_generations", &result)?,
                at: Micros(at),
                failure: failure(self.reason, self.message),
            }),
            _ => None,
        };
        let cause = Cause { traceparent: self.traceparent, tracestate: self.tracestate };
        Ok(Generation { outcome, set_at: Micros(self.set_at), cause })
    }
}

/// Inserts the current generation of a worker, caused by the current span. `action_seq` is the number of the action that
/// began it.
pub(super) async fn begin(
    on: &mut Transaction,
    worker: &Worker,
    action_seq: Option<i64>,
) -> Result<(), StorageError> {
    let cause = Cause::current();
    let values = [
        worker.id.into(),
        worker.desired.generation.into(),
        worker.provider.into_str().into(),
        worker.desired.state.into_str().into(),
        worker.desired.set_by.as_str().into(),
        worker.desired.set_at.0.into(),
        action_seq.into(),
        cause.traceparent.into(),
        cause.tracestate.into(),
    ];
    on.execute(&INSERT, values).await
}

/// Stores how a generation ended, unless it has ended before.
pub(super) async fn end(on: &mut Transaction, worker: Uuid, outcome: &Outcome) -> Result<(), StorageError> {
    let failure = outcome.failure.clone();
    let (reason, message) = failure.map_or((None, None), |it| (Some(it.reason), Some(it.message)));
    let values = [
        worker.into(),
        outcome.generation.into(),
        outcome.result.into_str().into(),
        outcome.at.0.into(),
        reason.into(),
        message.into(),
    ];
    on.execute(&END, values).await
}

/// Reads a generation; `None` if it does not exist.
pub(super) async fn get(
    on: &mut impl storage::Statements,
    worker: Uuid,
    generation: i64,
) -> Result<Option<Generation>, StorageError> {
    let row: Option<Row> = on.fetch_optional(&GET, [worker.into(), generation.into()]).await?;
    row.map(Row::into_generation).transpose()
}

impl WorkerStore {
    /// Returns a generation for each worker and number, in their order; `None` for one that does not exist.
    pub(crate) async fn generations(
        &self,
        asked: &[(Uuid, i64)],
    ) -> Result<Vec<Option<Generation>>, StorageError> {
        let mut on = self.database.connection().await?;
        let pairs: Vec<_> = asked.iter().map(|(worker, number)| json!([worker.simple(), number])).collect();
        let rows: Vec<Row> = on.fetch_all(GET_ALL.of(on.system()), [json!(pairs).into()]).await?;
        let found = rows.into_iter().map(|it| Ok(((it.worker_id, it.generation), it.into_generation()?)));
        let found = found.collect::<Result<HashMap<_, _>, StorageError>>()?;
        Ok(asked.iter().map(|it| found.get(it).cloned()).collect())
    }

    /// Returns how long the last 50 generations took that converged, of workers of the same provider and desired state, in
    /// microseconds.
    pub(crate) async fn usual_durations(&self, worker: &Worker) -> Result<Vec<i64>, StorageError> {
        let mut on = self.database.connection().await?;
        let values = [worker.provider.into_str().into(), worker.desired.state.into_str().into()];
        let rows: Vec<(i64,)> = on.fetch_all(&DURATIONS, values).await?;
        Ok(rows.into_iter().map(|it| it.0).collect())
    }
}
