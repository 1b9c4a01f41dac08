//! The span that tells how a watch ended. The span of the call ends with the head of its response; this one is short, made
//! at the end, and links to it.

use net::grpc::describe_status;
use net::grpc::status::code_name;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use telemetry::semconv;
use telemetry::span::{SpanBuilder, SpanKind};
use tonic::{Code, Status};

/// Counts what a subscriber was sent, and records it when the watch has ended.
pub(super) struct WatchSpan {
    /// The server span of the call.
    call: SpanContext,
    pub(super) counts: Counts,
    /// The status that the subscriber got; `None` if its connection ended.
    status: Option<Status>,
}

/// What a subscriber was sent.
#[derive(Default)]
pub(super) struct Counts {
    /// Subjects of the snapshot.
    pub(super) subjects: i64,
    /// Events, and removals of subjects that are no longer visible.
    pub(super) events: i64,
    /// Events that the subscriber does not receive, because they do not match or are not visible.
    pub(super) skipped: i64,
}

impl WatchSpan {
    /// Starts counting for the call whose span is the current one.
    pub(super) fn begin() -> Self {
        let call = Context::map_current(|it| it.span().span_context().clone());
        Self { call, counts: Counts::default(), status: None }
    }

    /// Sets the status that the subscriber gets.
    pub(super) fn ended_with(&mut self, status: &Status) {
        self.status = Some(status.clone());
    }
}

impl Drop for WatchSpan {
    fn drop(&mut self) {
        // A trace of its own, if the call was sampled and the sampler of this process keeps the new one.
        if !self.call.is_sampled() {
            return;
        }
        let root = SpanBuilder::new(SpanKind::Internal).child_of(Context::new());
        let span = root.linked_to(self.call.clone()).start(|it| {
            it.name("end of watch");
            it.set(semconv::CCM_WATCH_EVENTS, self.counts.events);
            it.set(semconv::CCM_WATCH_SKIPPED, self.counts.skipped);
            it.set(semconv::CCM_WATCH_SUBJECTS, self.counts.subjects);
            it.set(semconv::RPC_METHOD, "ccm.event.v1.EventService/WatchEvents");
            match &self.status {
                Some(status) => describe_status(it, status),
                None => it.set(semconv::RPC_STATUS_CODE, code_name(Code::Cancelled)),
            }
        });
        span.end();
    }
}
