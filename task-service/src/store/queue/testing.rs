//! Actions for tests of the queue and of the dispatcher.

use std::time::Duration;

use access::testing::caller;
use access::{Role, Visibility};
use events::NewEvent;
use platform::clock::Clock;
use platform::violation::Violations;
use proto::task::v1::{CreateTaskResponse, RetryTaskResponse};
use service::request_key::Once;
use storage::{Statement, Statements as _};
use telemetry::propagation::Cause;
use uuid::Uuid;

use super::claim::Claimed;
use super::request::MakeEvent;
use super::{Claim, Floor, Guard, Lease, Live, NewAction, Requested};
use crate::error::TaskError;
use crate::event;
use crate::store::TaskStore;
use crate::task::action::{ActionDraft, Phase, Run};
use crate::task::execution::{Answer, Outcome};
use crate::task::{Creator, Draft, NewRun, Priority, Task, Verb};

pub(crate) const LEASE: Duration = Duration::from_mins(1);

/// A lease of a new owner.
pub(crate) fn lease(duration: Duration) -> Lease {
    Lease { owner: Clock::system().new_id(), duration }
}

pub(crate) fn worker(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A request for an action, with defaults that a test changes.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) verb: Verb,
    pub(crate) worker: Uuid,
    pub(crate) priority: Priority,
    /// How long ago it is asked for.
    pub(crate) age: Duration,
    pub(crate) time: Duration,
    pub(crate) reached_after: Option<i64>,
}

impl Ask {
    pub(crate) fn new(verb: Verb, number: u128) -> Self {
        let (age, time) = (Duration::ZERO, Duration::from_mins(30));
        Self { verb, worker: worker(number), priority: Priority::Medium, age, time, reached_after: None }
    }

    fn run(&self) -> NewAction {
        let mut now = Clock::system().now();
        now.0 -= i64::try_from(self.age.as_micros()).unwrap();
        NewAction {
            run: NewRun {
                seq: 0,
                max_attempts: 3,
                deadline: now + self.time,
                trace_id: None,
                has_replaced_begun: false,
            },
            time: self.time,
            asked_by: "ada".to_owned(),
            cause: Cause::current(),
            now,
            reached_after: self.reached_after,
        }
    }

    /// Asks for the action as an admin.
    pub(crate) async fn send(&self, store: &TaskStore) -> Result<Requested, TaskError> {
        let (clock, new) = (Clock::system(), self.run());
        let action = ActionDraft { verb: self.verb, worker_id: self.worker, reason: None };
        let draft = Draft {
            title: self.verb.title("lab"),
            priority: Some(self.priority),
            action: Some(action),
            ..Draft::default()
        };
        let creator = Creator { sub: "ada", department: None };
        let checked = draft.check(Violations::default()).unwrap();
        let task = Task::create_action(clock.new_id(), checked, &creator, new.now, new.run.clone());
        let answer = |_: &Requested| CreateTaskResponse::default();
        match store.request(None, task, new, answer, events_of("ada")).await? {
            Once::First((_, requested)) => Ok(requested),
            Once::Repeated(_) => panic!("repeated without a key"),
        }
    }

    /// Begins a new run of a task.
    pub(crate) async fn retry(&self, store: &TaskStore, task: Uuid) -> Result<Requested, TaskError> {
        let decide = |task: &Task| Ok(task.expect_retryable().map(|_| ())?);
        let answer = |_: &Requested| RetryTaskResponse::default();
        let subject = (task, self.worker, self.verb, Visibility::All);
        match store.retry(None, subject, self.run(), decide, answer, events_of("ada")).await? {
            Once::First((_, requested)) => Ok(requested),
            Once::Repeated(_) => panic!("repeated without a key"),
        }
    }
}

fn events_of(sub: &str) -> impl MakeEvent + use<> {
    let by = caller(sub, &[Role::Admin], None);
    move |before, after| event::of(Clock::system().new_id(), before, after, &by)
}

fn event_of(before: &Task, after: &Task) -> NewEvent {
    event::updated(Clock::system().new_id(), before, after, &caller("task-service", &[Role::Service], None))
}

/// Claims one action by due key.
pub(crate) async fn claim(store: &TaskStore, duration: Duration) -> Option<Live> {
    let one = Claim { due: 1, ..Claim::default() };
    claim_all(store, one, duration).await.due.pop()
}

/// Claims actions in several orders.
pub(crate) async fn claim_all(store: &TaskStore, claim: Claim, duration: Duration) -> Claimed {
    let look = store.look(Floor::NONE).await.unwrap();
    store.claim(look, claim, lease(duration)).await.unwrap()
}

/// Returns how long it takes until the next action can be claimed.
pub(crate) async fn next_ready(store: &TaskStore) -> Option<Duration> {
    store.look(Floor::NONE).await.unwrap().wait
}

/// Takes a step under a guard.
pub(crate) async fn step(
    store: &TaskStore,
    live: &Live,
    guard: Guard,
    change: impl FnOnce(&Task) -> Task + Send + 'static,
) -> Option<Task> {
    store.step(live, guard, change, event_of).await.unwrap()
}

pub(crate) async fn apply(store: &TaskStore, live: &Live) -> Option<Task> {
    let now = Clock::system().now();
    step(store, live, Guard::Lease, move |it| it.applying(now, None)).await
}

pub(crate) async fn answer(store: &TaskStore, live: &Live, answer: Answer) -> Option<Task> {
    let now = Clock::system().now();
    step(store, live, Guard::Lease, move |it| it.answered(answer, now, |it| it)).await
}

pub(crate) async fn finish(
    store: &TaskStore,
    live: &Live,
    generation: i64,
    outcome: Outcome,
) -> Option<Task> {
    let now = Clock::system().now();
    step(store, live, Guard::Parked(generation), move |it| it.finished(outcome, now)).await
}

pub(crate) async fn cancel(store: &TaskStore, id: Uuid) -> Result<Task, TaskError> {
    let now = Clock::system().now();
    let decide = move |task: &Task| Ok(task.cancelled(now)?);
    Ok(store.cancel(id, Visibility::All, decide, events_of("ada")).await?.task)
}

pub(crate) async fn get(store: &TaskStore, id: Uuid) -> Task {
    store.get(id, Visibility::All).await.unwrap().unwrap()
}

pub(crate) fn run(task: &Task) -> &Run {
    &task.action.as_ref().unwrap().run
}

pub(crate) fn phase(task: &Task) -> Option<Phase> {
    run(task).phase
}

pub(crate) fn seq(task: &Task) -> i64 {
    task.action.as_ref().unwrap().seq
}

/// Makes the row of a task unreadable.
pub(crate) async fn corrupt(store: &TaskStore, task: Uuid) {
    const CORRUPT: Statement =
        Statement { summary: "UPDATE tasks", sql: "UPDATE tasks SET status = 'odd' WHERE id = $1" };
    store.database().write(move |on| Box::pin(on.execute(&CORRUPT, [task.into()]))).await.unwrap();
}
