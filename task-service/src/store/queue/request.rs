//! Requests for actions, for new runs, and for their end, under the rule that a worker has at most one live action.

use std::time::Duration;

use access::Visibility;
use events::NewEvent;
use platform::clock::Micros;
use prost::Message;
use service::request_key::{self, Done, Once, RequestKey};
use storage::{Statements as _, StorageError, Transaction};
use telemetry::propagation::Cause;
use telemetry::semconv::CCM_TASK_ID;
use telemetry::span::set_on_current;
use uuid::Uuid;

use super::{Ended, Live, QueueRow, commit, sql};
use crate::error::TaskError;
use crate::metrics;
use crate::store::{TaskStore, change, values};
use crate::task::verb::{Ruling, listed};
use crate::task::{Action, DomainError, NewRun, Task, Verb};

/// A run that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct NewAction {
    /// The run, without its number and without what it replaces.
    pub(crate) run: NewRun,
    /// How long the run may take.
    pub(crate) time: Duration,
    /// `sub` of the person who asks.
    pub(crate) asked_by: String,
    pub(crate) cause: Cause,
    pub(crate) now: Micros,
    /// If the worker is in the state already: the number of the last action on it. A later one may have changed the state.
    pub(crate) reached_after: Option<i64>,
}

/// What a request for an action has led to.
#[derive(Clone, Debug)]
pub(crate) struct Requested {
    pub(crate) task: Task,
    /// Whether the task is that of a live action, and nothing was created.
    pub(crate) existing: bool,
    /// The action that was replaced.
    pub(crate) replaced: Option<Ended>,
}

/// What a request to cancel a task has led to.
#[derive(Clone, Debug)]
pub(crate) struct Cancelled {
    pub(crate) task: Task,
    /// The action that has ended.
    pub(crate) live: Option<Live>,
}

/// Makes the event of a task, from its state before, if there was one, and after the change.
pub(crate) trait MakeEvent: Fn(Option<&Task>, &Task) -> NewEvent + Send + 'static {}

impl<F: Fn(Option<&Task>, &Task) -> NewEvent + Send + 'static> MakeEvent for F {}

/// The number of a new run, and the action that it replaces.
enum Admission {
    Existing(Task),
    New { seq: i64, replaces: Option<Task> },
}

/// Decides about a request for an action on a worker, and locks out other requests for it until the transaction ends.
async fn admit(on: &mut Transaction, worker: Uuid, verb: Verb) -> Result<Admission, TaskError> {
    let drawn: Option<(i64,)> = on.fetch_optional(&sql::DRAW_SEQ, [worker.into()]).await?;
    let missing = || StorageError::Corrupt { table: "worker_action_seqs", what: "no number".to_owned() };
    let seq = drawn.ok_or_else(missing)?.0;
    let row: Option<QueueRow> = on.fetch_optional(&sql::LIVE_OF_WORKER, [worker.into()]).await?;
    let task = match row {
        Some(row) => change::locked(on, row.task_id).await?,
        None => None,
    };
    // The action may have ended before its task was locked.
    let Some((task, live)) = task.as_ref().and_then(|it| Some((it, it.live_action()?.verb))) else {
        return Ok(Admission::New { seq, replaces: None });
    };
    match Verb::ruling(live, verb) {
        Ruling::Return => Ok(Admission::Existing(task.clone())),
        Ruling::Supersede => Ok(Admission::New { seq, replaces: Some(task.clone()) }),
        Ruling::Refuse => {
            let text = format!(
                "task {} is going to {} this worker; possible: {}",
                task.id,
                live.into_str(),
                listed(&live.legal_while_live())
            );
            Err(DomainError::IllegalAction(text).into())
        }
    }
}

/// Ends the action that a new one replaces.
async fn replace(
    on: &mut Transaction,
    replaced: &Task,
    (by, verb): (Uuid, Verb),
    now: Micros,
) -> Result<Option<Ended>, StorageError> {
    let Some(action) = replaced.live_action() else { return Ok(None) };
    let Some(live) = commit::remove(on, replaced.id, action.seq).await? else { return Ok(None) };
    let task = replaced.superseded(by, verb, now);
    change::write(on, &task).await?;
    count_end(on, &task, &live);
    Ok(Some(Ended { task, live }))
}

/// Counts the end of a run once it is committed.
fn count_end(on: &mut Transaction, task: &Task, live: &Live) {
    let (task, live) = (task.clone(), live.clone());
    on.once_committed(move || metrics::run_ended(&task, &live));
}

fn has_begun(replaced: Option<&Task>) -> bool {
    let run = replaced.and_then(Task::live_action).map(|it| &it.run);
    run.is_some_and(|it| it.has_begun || it.has_replaced_begun)
}

/// Inserts the row of a task whose action has begun a run.
async fn enqueue(on: &mut Transaction, task: &Task, new: &NewAction) -> Result<(), StorageError> {
    let Some(Action { verb, worker_id, seq, run, .. }) = &task.action else { return Ok(()) };
    let values = [
        task.id.into(),
        (*worker_id).into(),
        (*seq).into(),
        verb.into_str().into(),
        task.priority.rank().into(),
        task.priority.due_key(new.now).into(),
        new.now.0.into(),
        i64::try_from(new.time.as_micros()).unwrap_or(i64::MAX).into(),
        i64::from(run.number).into(),
        new.asked_by.as_str().into(),
        new.cause.traceparent.clone().into(),
        new.cause.tracestate.clone().into(),
    ];
    on.execute(sql::INSERT.of(on.system()), values).await
}

impl TaskStore {
    /// Returns the number of the last action that was asked for on a worker, 0 if there is none; `None` while an action on it
    /// is live.
    pub(crate) async fn last_action(&self, worker: Uuid) -> Result<Option<i64>, StorageError> {
        let mut on = self.database.connection().await?;
        let found: Option<(Option<i64>, i64)> = on.fetch_optional(&sql::LAST_SEQ, [worker.into()]).await?;
        Ok(found.filter(|(_, live)| *live == 0).map(|(last, _)| last.unwrap_or_default()))
    }

    /// Creates a task with an action, at most once per key. `answer` makes the response, `event` the events.
    pub(crate) async fn request<M: Message + Default + 'static>(
        &self,
        key: Option<RequestKey>,
        task: Task,
        new: NewAction,
        answer: impl FnOnce(&Requested) -> M + Send + 'static,
        event: impl MakeEvent,
    ) -> Result<Once<(M, Requested)>, TaskError> {
        let once = request_key::once_with(&self.database, key, new.now, M::default(), move |on| {
            Box::pin(async move {
                let Some((verb, worker)) = task.action.as_ref().map(|it| (it.verb, it.worker_id)) else {
                    return Err(DomainError::NoAction.into());
                };
                let (seq, loser) = match admit(on, worker, verb).await? {
                    Admission::Existing(task) => {
                        let requested = Requested { task, existing: true, replaced: None };
                        let answer = answer(&requested);
                        return Ok(Done { events: Vec::new(), answer: Some(answer), more: requested });
                    }
                    Admission::New { seq, replaces } => (seq, replaces),
                };
                let replaced = match &loser {
                    Some(it) => replace(on, it, (task.id, verb), new.now).await?,
                    None => None,
                };
                let mut task = task.numbered(seq, has_begun(loser.as_ref()));
                let is_done = loser.is_none() && new.reached_after == Some(seq - 1);
                if is_done {
                    task = task.completed_at_once(new.now);
                }
                on.execute(&crate::store::sql::INSERT, values(task.clone())).await?;
                if !is_done {
                    enqueue(on, &task, &new).await?;
                }
                let created = task.clone();
                on.once_committed(move || metrics::created(&created));
                let ended = replaced.as_ref().map(|it| event(loser.as_ref(), &it.task));
                let events = ended.into_iter().chain([event(None, &task)]).collect();
                let requested = Requested { task, existing: false, replaced };
                let answer = answer(&requested);
                Ok::<_, TaskError>(Done { events, answer: Some(answer), more: requested })
            })
        })
        .await?;
        if let Once::First((_, requested)) = &once {
            set_on_current(CCM_TASK_ID, &requested.task.id);
        }
        self.queued.notify_one();
        Ok(once)
    }

    /// Begins a new run of a task's action, at most once per key, unless `decide` fails. The caller has read the task before,
    /// which has put its id on the span; worker and verb of an action never change.
    pub(crate) async fn retry<M: Message + Default + 'static>(
        &self,
        key: Option<RequestKey>,
        (id, worker, verb, visibility): (Uuid, Uuid, Verb, Visibility),
        new: NewAction,
        decide: impl FnOnce(&Task) -> Result<(), TaskError> + Send + 'static,
        answer: impl FnOnce(&Requested) -> M + Send + 'static,
        event: impl MakeEvent,
    ) -> Result<Once<(M, Requested)>, TaskError> {
        let once = request_key::once_with(&self.database, key, new.now, M::default(), move |on| {
            Box::pin(async move {
                let admission = admit(on, worker, verb).await;
                let before = change::seen(on, id, visibility).await?;
                decide(&before)?;
                let (seq, loser) = match admission? {
                    Admission::Existing(live) => {
                        let text = format!("task {} does the same on this worker", live.id);
                        return Err(DomainError::IllegalAction(text).into());
                    }
                    Admission::New { seq, replaces } => (seq, replaces),
                };
                let replaced = match &loser {
                    Some(it) => replace(on, it, (id, verb), new.now).await?,
                    None => None,
                };
                let has_replaced_begun = has_begun(loser.as_ref());
                let run = NewRun { seq, has_replaced_begun, ..new.run.clone() };
                let task = before.retried(run, new.now);
                change::write(on, &task).await?;
                enqueue(on, &task, &new).await?;
                on.once_committed(metrics::retried);
                let ended = replaced.as_ref().map(|it| event(loser.as_ref(), &it.task));
                let events = ended.into_iter().chain([event(Some(&before), &task)]).collect();
                let requested = Requested { task, existing: false, replaced };
                let answer = answer(&requested);
                Ok::<_, TaskError>(Done { events, answer: Some(answer), more: requested })
            })
        })
        .await?;
        self.queued.notify_one();
        Ok(once)
    }

    /// Locks the task and stores the result of `decide`, which cancels it; `None`: nothing is changed.
    pub(crate) async fn cancel(
        &self,
        id: Uuid,
        visibility: Visibility,
        decide: impl FnOnce(&Task) -> Result<Option<Task>, TaskError> + Send + 'static,
        event: impl MakeEvent,
    ) -> Result<Cancelled, TaskError> {
        set_on_current(CCM_TASK_ID, &id);
        self.database
            .write(move |on| {
                Box::pin(async move {
                    let before = change::seen(on, id, visibility).await?;
                    let Some(after) = decide(&before)? else {
                        return Ok(Cancelled { task: before, live: None });
                    };
                    let live = match before.live_action() {
                        Some(action) => commit::remove(on, id, action.seq).await?,
                        None => None,
                    };
                    change::write(on, &after).await?;
                    events::append(on, event(Some(&before), &after)).await?;
                    match &live {
                        Some(live) => count_end(on, &after, live),
                        None => change::count(on, &before, &after),
                    }
                    Ok(Cancelled { task: after, live })
                })
            })
            .await
    }
}
