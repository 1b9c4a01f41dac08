//! The metrics of workers, of the turns of the reconciler and of the calls of providers. What a provider reports of the
//! utilisation of machines is none of them: it is shown with each worker.

use std::time::Duration;

use strum::{IntoStaticStr, VariantArray};
use telemetry::metrics::{
    ACTION_SECONDS, CALL_SECONDS, Counter, Definition, Histogram, KeyValue, Kind, Latest, Observable,
};
use telemetry::semconv::{
    CCM_CONVERGENCE_OUTCOME, CCM_PROVIDER_CALL, CCM_PROVIDER_NAME, CCM_RECONCILE_OUTCOME,
    CCM_WORKER_DESIRED_STATE, CCM_WORKER_STATE, ERROR_TYPE,
};

use crate::store::Fleet;
use crate::worker::{DesiredState, OutcomeResult};

static WORKERS: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.worker.count",
    "{worker}",
    "Workers by observed state, without deleted ones.",
    &[CCM_WORKER_STATE],
);
static UNCONVERGED: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.worker.unconverged",
    "{worker}",
    "Workers that are not in their desired state, failed ones included.",
    &[CCM_WORKER_DESIRED_STATE],
);
static DRIFT_AGE: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.worker.drift.age",
    "s",
    "Age of the oldest difference between the desired and the observed state of a worker; 0 if there is none. It begins when \
     the desired state is set or, once that was reached, when the observed state leaves it.",
    &[],
);
static CONVERGENCE: Histogram = Histogram::new(
    "cml_cloud_manager.worker.convergence.duration",
    "Time from setting a desired state until it is reached or has failed; not of states that were set anew before.",
    ACTION_SECONDS,
    &[CCM_WORKER_DESIRED_STATE, CCM_CONVERGENCE_OUTCOME],
);
static PROVIDER_CALLS: Histogram = Histogram::new(
    "cml_cloud_manager.provider.call.duration",
    "Duration of calls of the cloud provider.",
    CALL_SECONDS,
    &[CCM_PROVIDER_NAME, CCM_PROVIDER_CALL, ERROR_TYPE],
);
static TURNS: Counter = Counter::new(
    "cml_cloud_manager.reconcile.turns",
    "{turn}",
    "Turns of the reconciler.",
    &[CCM_RECONCILE_OUTCOME],
);
static QUEUE_DEPTH: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.reconcile.queue.depth",
    "{worker}",
    "Workers that are due and whose turn nobody takes; 100,000 at most are counted.",
    &[],
);
static QUEUE_AGE: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.reconcile.queue.age",
    "s",
    "Time since when the first of these workers is due; 0 if there is none.",
    &[],
);

/// The instruments of this crate, in the order of docs/metrics.md.
#[must_use]
pub fn definitions() -> Vec<&'static Definition> {
    vec![
        WORKERS.definition(),
        UNCONVERGED.definition(),
        DRIFT_AGE.definition(),
        CONVERGENCE.definition(),
        PROVIDER_CALLS.definition(),
        TURNS.definition(),
        QUEUE_DEPTH.definition(),
        QUEUE_AGE.definition(),
    ]
}

/// What a turn of the reconciler has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum TurnOutcome {
    /// The desired state is reached.
    Converged,
    /// The desired state will not be reached.
    Failed,
    /// The provider has accepted a call.
    Called,
    /// There was nothing to do, or nothing yet.
    Waiting,
    /// A call of the provider failed.
    ProviderFailed,
    /// Nothing was stored: the lease was lost or nearly over, or the database failed.
    NotStored,
}

/// Makes the counters with 0, and observes the fleet until the process ends.
pub(crate) fn start(fleet: &Latest<Fleet>) {
    for outcome in TurnOutcome::VARIANTS {
        TURNS.add(0, &[KeyValue::new(CCM_RECONCILE_OUTCOME, outcome.into_str())]);
    }
    let of = fleet.clone();
    WORKERS.observe(move |to| {
        of.read(|it| {
            for (state, count) in &it.observed {
                to.observe(*count, &[KeyValue::new(CCM_WORKER_STATE, state.into_str())]);
            }
        });
    });
    let of = fleet.clone();
    UNCONVERGED.observe(move |to| {
        of.read(|it| {
            for (state, count) in &it.unconverged {
                to.observe(*count, &[KeyValue::new(CCM_WORKER_DESIRED_STATE, state.into_str())]);
            }
        });
    });
    let of = fleet.clone();
    DRIFT_AGE.observe_seconds(move |to| of.read(|it| to.observe(it.drift.as_secs_f64(), &[])));
    let of = fleet.clone();
    QUEUE_DEPTH.observe(move |to| of.read(|it| to.observe(it.due, &[])));
    let of = fleet.clone();
    QUEUE_AGE.observe_seconds(move |to| of.read(|it| to.observe(it.due_for.as_secs_f64(), &[])));
}

/// A generation ended, this long after it began.
pub(crate) fn generation_ended(desired: DesiredState, result: OutcomeResult, after: Duration) {
    if result != OutcomeResult::Superseded {
        let attributes = [
            KeyValue::new(CCM_WORKER_DESIRED_STATE, desired.into_str()),
            KeyValue::new(CCM_CONVERGENCE_OUTCOME, result.into_str()),
        ];
        CONVERGENCE.record(after, &attributes);
    }
}

/// A provider was called. `error_type` is the class of the error, or `abandoned` if nobody waited for the answer any more.
pub(crate) fn provider_called(
    provider: &'static str,
    call: &'static str,
    error_type: Option<&'static str>,
    duration: Duration,
) {
    let mut attributes = Vec::with_capacity(3);
    attributes.push(KeyValue::new(CCM_PROVIDER_NAME, provider));
    attributes.push(KeyValue::new(CCM_PROVIDER_CALL, call));
    attributes.extend(error_type.map(|it| KeyValue::new(ERROR_TYPE, it)));
    PROVIDER_CALLS.record(duration, &attributes);
}

/// The reconciler took a turn.
pub(crate) fn turn_taken(outcome: TurnOutcome) {
    TURNS.add(1, &[KeyValue::new(CCM_RECONCILE_OUTCOME, outcome.into_str())]);
}
