//! The metrics of tasks and actions. What happens is counted after the commit of its transaction, by the store.

use std::time::Duration;

use strum::{IntoStaticStr, VariantArray};
use telemetry::metrics::{
    ACTION_SECONDS, Counter, Definition, Histogram, KeyValue, Kind, Latest, Observable,
};
use telemetry::semconv::{
    CCM_ATTEMPT_OUTCOME, CCM_QUEUE_STATE, CCM_TASK_KIND, CCM_TASK_OUTCOME, CCM_TASK_VERB,
};

use crate::store::queue::{Depth, Live};
use crate::task::{Status, Task, Verb};

static CREATED: Counter = Counter::new(
    "cml_cloud_manager.tasks.created",
    "{task}",
    "Tasks that were created. A replayed request creates none.",
    &[CCM_TASK_KIND],
);
static COMPLETED: Counter = Counter::new(
    "cml_cloud_manager.tasks.completed",
    "{task}",
    "Changes of a task to completed, by a person or by the end of a run.",
    &[CCM_TASK_KIND],
);
static FAILED: Counter = Counter::new(
    "cml_cloud_manager.tasks.failed",
    "{task}",
    "Changes of a task to failed. Only actions fail.",
    &[CCM_TASK_KIND],
);
static CANCELLED: Counter = Counter::new(
    "cml_cloud_manager.tasks.cancelled",
    "{task}",
    "Changes of a task to cancelled, by a person or because another action replaced it.",
    &[CCM_TASK_KIND],
);
static RETRIED: Counter = Counter::new(
    "cml_cloud_manager.tasks.retried",
    "{task}",
    "Runs that were asked for after an action had failed or was cancelled.",
    &[],
);
static DURATION: Histogram = Histogram::new(
    "cml_cloud_manager.task.duration",
    "Duration of the runs of actions, from the request to the end. A run that had nothing to do is not counted.",
    ACTION_SECONDS,
    &[CCM_TASK_VERB, CCM_TASK_OUTCOME],
);
static ATTEMPTS: Counter = Counter::new(
    "cml_cloud_manager.action.attempts",
    "{attempt}",
    "Calls of worker-service for actions. One that was handed back at a shutdown is not counted.",
    &[CCM_TASK_VERB, CCM_ATTEMPT_OUTCOME],
);
static QUEUE_DEPTH: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.action_queue.depth",
    "{action}",
    "Live actions, by what they wait for.",
    &[CCM_QUEUE_STATE],
);
static QUEUE_AGE: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.action_queue.age",
    "s",
    "Time since when the oldest ready action could be executed; 0 if none is ready.",
    &[],
);

/// The instruments of this crate, in the order of docs/metrics.md.
#[must_use]
pub fn definitions() -> Vec<&'static Definition> {
    vec![
        CREATED.definition(),
        COMPLETED.definition(),
        FAILED.definition(),
        CANCELLED.definition(),
        RETRIED.definition(),
        DURATION.definition(),
        ATTEMPTS.definition(),
        QUEUE_DEPTH.definition(),
        QUEUE_AGE.definition(),
    ]
}

/// How a call of worker-service for an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum AttemptOutcome {
    /// worker-service has accepted the action.
    Accepted,
    /// The call failed and is made again.
    Repeated,
    /// The call failed, and so has the run.
    Failed,
    /// The answer could not be stored: the lease was lost, or the database failed.
    NotStored,
}

/// Makes the counters with 0, and observes the queue until the process ends.
pub(crate) fn start(depth: &Latest<Depth>) {
    for kind in ["human", "action"] {
        for counter in [&CREATED, &COMPLETED, &CANCELLED] {
            counter.add(0, &[KeyValue::new(CCM_TASK_KIND, kind)]);
        }
    }
    FAILED.add(0, &[KeyValue::new(CCM_TASK_KIND, "action")]);
    RETRIED.add(0, &[]);
    for verb in Verb::VARIANTS {
        for outcome in AttemptOutcome::VARIANTS {
            ATTEMPTS.add(0, &attempt(*verb, *outcome));
        }
    }
    let of = depth.clone();
    QUEUE_DEPTH.observe(move |to| {
        of.read(|it| {
            let states = [
                ("ready", it.ready),
                ("claimed", it.claimed),
                ("paused", it.paused),
                ("waiting", it.waiting),
            ];
            for (state, count) in states {
                to.observe(count, &[KeyValue::new(CCM_QUEUE_STATE, state)]);
            }
        });
    });
    let of = depth.clone();
    QUEUE_AGE.observe_seconds(move |to| of.read(|it| to.observe(it.oldest.as_secs_f64(), &[])));
}

fn kind_of(task: &Task) -> [KeyValue; 1] {
    [KeyValue::new(CCM_TASK_KIND, if task.action.is_some() { "action" } else { "human" })]
}

fn attempt(verb: Verb, outcome: AttemptOutcome) -> [KeyValue; 2] {
    [KeyValue::new(CCM_TASK_VERB, verb.into_str()), KeyValue::new(CCM_ATTEMPT_OUTCOME, outcome.into_str())]
}

/// A task was created, perhaps in a final status.
pub(crate) fn created(task: &Task) {
    CREATED.add(1, &kind_of(task));
    changed(task);
}

/// The status of a task has changed to this one; counts it if it is a final one.
pub(crate) fn changed(task: &Task) {
    let counter = match task.status {
        Status::Completed => &COMPLETED,
        Status::Failed => &FAILED,
        Status::Cancelled => &CANCELLED,
        Status::Pending | Status::InProgress => return,
    };
    counter.add(1, &kind_of(task));
}

/// The run of an action has ended.
pub(crate) fn run_ended(task: &Task, live: &Live) {
    changed(task);
    let ended_at = task.action.as_ref().and_then(|it| it.run.ended_at);
    let duration: Duration = ended_at.map(|it| it - live.asked_at).unwrap_or_default();
    let attributes = [
        KeyValue::new(CCM_TASK_VERB, live.verb.into_str()),
        KeyValue::new(CCM_TASK_OUTCOME, task.status.into_str()),
    ];
    DURATION.record(duration, &attributes);
}

/// A new run of an action was asked for.
pub(crate) fn retried() {
    RETRIED.add(1, &[]);
}

/// worker-service was asked for an action.
pub(crate) fn attempted(verb: Verb, outcome: AttemptOutcome) {
    ATTEMPTS.add(1, &attempt(verb, outcome));
}
