//! Stores a new desired state of a worker.

use access::Caller;
use platform::clock::Micros;
use storage::{Statement, Statements as _};
use telemetry::semconv::CCM_WORKER_ID;
use telemetry::span::set_on_current;
use uuid::Uuid;

use super::row::{Row, values};
use super::{WorkerStore, generation, schedule, sql};
use crate::error::WorkerError;
use crate::event::{self, Actor};
use crate::worker::{Desire, Outcome, Reached, Worker};

const REQUEST: Statement = Statement {
    summary: "SELECT desired_requests",
    sql: "SELECT generation FROM desired_requests WHERE worker_id = $1 AND request_id = $2",
};

const REMEMBER: Statement = Statement {
    summary: "INSERT desired_requests",
    sql: "INSERT INTO desired_requests (worker_id, request_id, generation) VALUES ($1, $2, $3)",
};

/// The answer to a request for a desired state.
pub(crate) struct Answer {
    /// The generation whose outcome tells when the state is reached.
    pub(crate) generation: i64,
    /// Its outcome, if it has ended.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) worker: Worker,
}

impl WorkerStore {
    /// Sets the desired state of a worker, at most once for each `request_id`, and makes the worker due.
    pub(crate) async fn desire(
        &self,
        id: Uuid,
        request_id: String,
        desire: Desire,
        event_id: Uuid,
        now: Micros,
        caller: Caller,
    ) -> Result<Answer, WorkerError> {
        set_on_current(CCM_WORKER_ID, &id);
        let wakes = self.wakes.clone();
        let answer = self.database.write(move |on| {
            Box::pin(async move {
                let row: Option<Row> =
                    on.fetch_optional(sql::GET_LOCKED.of(on.system()), [id.into()]).await?;
                let before = row.ok_or(WorkerError::NotFound)?.into_worker()?;
                let known: Option<(i64,)> =
                    on.fetch_optional(&REQUEST, [id.into(), request_id.as_str().into()]).await?;
                if let Some((number,)) = known {
                    let outcome = generation::get(on, id, number).await?.and_then(|it| it.outcome);
                    return Ok(Answer { generation: number, outcome, worker: before });
                }
                let action_seq = desire.action_seq;
                let (worker, event) = match before.desire(desire, now)? {
                    Reached::Joined(worker) => {
                        on.execute(&sql::UPDATE, values(&worker)).await?;
                        (worker, None)
                    }
                    Reached::Begun { worker, superseded } => {
                        if let Some(outcome) = superseded {
                            generation::end(on, id, &outcome).await?;
                        }
                        on.execute(&sql::UPDATE, values(&worker)).await?;
                        generation::begin(on, &worker, Some(action_seq)).await?;
                        schedule::wake_for_new_generation(on, &worker).await?;
                        let event = event::updated(event_id, &before, &worker, &Actor::from(&caller));
                        (worker, Some(event))
                    }
                };
                let number = worker.desired.generation;
                on.execute(&REMEMBER, [id.into(), request_id.into(), number.into()]).await?;
                if let Some(event) = event {
                    events::append(on, event).await?;
                }
                Ok::<_, WorkerError>(Answer { generation: number, outcome: worker.outcome.clone(), worker })
            })
        });
        let answer = answer.await?;
        wakes.notify_one();
        Ok(answer)
    }
}
