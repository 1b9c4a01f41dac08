//! What follows the transaction that ends a run: the span of its whole life.

use platform::clock::Micros;
use telemetry::semconv::{CCM_TASK_ID, CCM_TASK_OUTCOME, CCM_TASK_RUN, CCM_TASK_VERB, CCM_WORKER_ID};
use telemetry::span::{SpanBuilder, SpanKind, Timestamp};

use crate::store::queue::Live;
use crate::task::Task;

/// Tells that a run has ended. Its span begins with the request for the run; it is the only one that covers times of
/// waiting.
pub(crate) fn ended(task: &Task, live: &Live, now: Micros) {
    let end = task.action.as_ref().and_then(|it| it.run.ended_at).unwrap_or(now);
    let span = SpanBuilder::deferred(SpanKind::Internal, &live.cause, now - live.asked_at)
        .started_at(Timestamp::at(live.asked_at))
        .start(|it| {
            it.name("task.lifecycle");
            it.set(CCM_TASK_ID, task.id.to_string());
            it.set(CCM_TASK_OUTCOME, task.status.into_str());
            it.set(CCM_TASK_RUN, live.run);
            it.set(CCM_TASK_VERB, live.verb.into_str());
            it.set(CCM_WORKER_ID, live.worker_id.to_string());
        });
    span.end_at(Timestamp::at(end));
}
