//! Tests of the spans of an execution.

use std::time::{Duration, Instant};

use net::grpc::status::{self, Reason};
use storage::testing::Fresh;
use telemetry::otlp::{AttributeValue, Span, SpanKind};
use telemetry::span::SpanBuilder;
use telemetry::testing::{ended_spans, record_spans};

use super::*;
use crate::store::queue::Guard;
use crate::task::execution::Outcome;

storage::conformance!(
    an_execution_is_in_the_trace_of_the_request,
    a_repeated_call_is_a_trace_of_its_own_with_a_link,
    of_all_processes_that_learn_an_outcome_the_one_that_ends_the_action_has_a_span,
);

/// The spans of a trace, once there is one with this name.
async fn spans(trace_id: &str, name: &str) -> Vec<Span> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let spans = ended_spans(trace_id);
        if spans.iter().any(|it| it.name == name) {
            return spans;
        }
        assert!(Instant::now() < deadline, "no span {name}: {spans:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn named<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let mut found = spans.iter().filter(|it| it.name == name);
    let span = found.next().unwrap_or_else(|| panic!("no span {name}: {spans:?}"));
    assert!(found.next().is_none(), "several spans {name}");
    span
}

/// Asks for an action within a span, and returns the span's ids.
async fn ask_traced(store: &TaskStore) -> (Task, String, String) {
    record_spans();
    let span = SpanBuilder::new(telemetry::span::SpanKind::Server).start(|it| it.name("request"));
    let task = span.run(ask(store)).await;
    span.end();
    let ids = span.span_context();
    (task, ids.trace_id().to_string(), ids.span_id().to_string())
}

async fn an_execution_is_in_the_trace_of_the_request(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Accepted(5));
    let running = Running::start(&store, &fake, settings());
    fake.watched().await;
    let (task, trace_id, request) = ask_traced(&store).await;
    fake.asked(1).await;
    parked(&store, task.id).await;
    spans(&trace_id, "task.execute").await;
    fake.end_generation(5);
    fake.tell(Uuid::from_u128(1));
    let spans = spans(&trace_id, "task.lifecycle").await;
    let execute = named(&spans, "task.execute");
    assert_eq!((execute.kind, execute.parent_id.as_str()), (SpanKind::Consumer, request.as_str()));
    assert_eq!(execute.links[0].span_id, request);
    assert_eq!(execute.attributes["ccm.task.attempt"], AttributeValue::Integer(1));
    assert_eq!(execute.attributes["ccm.task.outcome"], "in_progress");
    assert_eq!(execute.attributes["ccm.task.verb"], "stop");
    assert_eq!(execute.attributes["messaging.destination.name"], "action_queue");
    for name in ["SetDesiredState", "GetOutcomes"] {
        let call = named(&spans, &format!("ccm.worker.v1.WorkerService/{name}"));
        assert_eq!((call.kind, &call.parent_id), (SpanKind::Client, &execute.span_id));
    }
    for name in ["task.complete", "task.lifecycle"] {
        let span = named(&spans, name);
        assert_eq!((span.kind, span.parent_id.as_str()), (SpanKind::Internal, request.as_str()));
        assert_eq!(span.attributes["ccm.task.outcome"], "completed");
    }
    let ids: Vec<&str> = spans.iter().map(|it| it.span_id.as_str()).collect();
    let orphans: Vec<_> =
        spans.iter().filter(|it| !it.parent_id.is_empty() && !ids.contains(&it.parent_id.as_str())).collect();
    assert!(orphans.is_empty(), "{orphans:?}");
    running.stop().await;
}

async fn a_repeated_call_is_a_trace_of_its_own_with_a_link(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Status(status::with_retry(Reason::Overloaded, "busy", Duration::from_millis(10))));
    fake.reply(Reply::Converged(5));
    let running = Running::start(&store, &fake, settings());
    let (task, trace_id, request) = ask_traced(&store).await;
    let done = ended(&store, task.id).await;
    let traces: Vec<String> = run(&done).attempts.iter().filter_map(|it| it.trace_id.clone()).collect();
    assert_eq!((traces.len(), &traces[0]), (2, &trace_id));
    assert_ne!(traces[1], trace_id);
    let first = spans(&trace_id, "task.execute").await;
    let failed = named(&first, "task.execute");
    assert!(failed.failed() && failed.attributes["error.type"] == *"UNAVAILABLE", "{failed:?}");
    let again = spans(&traces[1], "task.execute").await;
    let execute = named(&again, "task.execute");
    assert_eq!((execute.parent_id.as_str(), execute.links[0].span_id.as_str()), ("", request.as_str()));
    assert_eq!(execute.attributes["ccm.task.attempt"], AttributeValue::Integer(2));
    running.stop().await;
}

async fn of_all_processes_that_learn_an_outcome_the_one_that_ends_the_action_has_a_span(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Accepted(5));
    let running = Running::start(&store, &fake, settings());
    let (task, trace_id, request) = ask_traced(&store).await;
    parked(&store, task.id).await;
    running.stop().await;
    let live = store.parked_of(Uuid::from_u128(1)).await.unwrap().unwrap();
    let by = caller("task-service", &[Role::Service], None);
    for _ in 0..3 {
        let dispatcher = dispatcher(&store, &fake);
        let end =
            dispatcher.complete(&live, Guard::Parked(5), &by, |it, now| it.finished(Outcome::Converged, now));
        end.await.unwrap();
    }
    let spans = spans(&trace_id, "task.complete").await;
    let complete = named(&spans, "task.complete");
    assert_eq!(
        (&complete.parent_id, &complete.attributes["ccm.task.outcome"]),
        (&request, &"completed".into())
    );
    let events = events::testing::events(store.database()).await.unwrap();
    let cause = events.last().unwrap().traceparent.clone().unwrap();
    assert!(cause.contains(&complete.span_id), "{cause}");
}
