//! Tests of which traces belong to a story.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use telemetry::otlp::{Link, Span, SpanKind};

use super::*;
use crate::trace::samples::{named, request, span, with};
use crate::trace::store::TraceStore;

const TASK: &str = "01a202a3-2bef-7c31-b2aa-9c8aff224f0b";
const WORKER: &str = "01a202a3-2bd9-730c-8819-6267667c643f";
const OTHER: &str = "01a202a3-2bd9-730c-8819-000000000000";

/// A request with this method and route, and the id in the attribute of `topic`.
fn about(trace: &str, name: &str, topic: Topic, id: &str, at: u64) -> Span {
    let span = named(request(trace, at..at + 5), "gateway", SpanKind::Server, name);
    with(span, topic.attribute(), id)
}

fn called(trace: &str, method: &str, topic: Topic, id: &str) -> Span {
    let span = named(span(trace, method, "request", 2..3), "worker-service", SpanKind::Server, method);
    with(with(span, "rpc.system.name", "grpc"), topic.attribute(), id)
}

/// The root of a trace of deferred work that is linked to another trace.
fn deferred(trace: &str, name: &str, to: &str, at: u64) -> Span {
    let span = named(span(trace, name, "", at..at + 5), "task-service", SpanKind::Consumer, name);
    Span {
        links: vec![Link { trace_id: to.to_owned(), span_id: "request".to_owned(), ..Link::default() }],
        ..span
    }
}

fn told(store: &TraceStore, id: &str) -> Vec<String> {
    store.story(id).map_or(Vec::new(), |it| it.traces.iter().map(|it| it.id().to_owned()).collect())
}

fn kept(spans: impl IntoIterator<Item = Span>) -> TraceStore {
    let store = TraceStore::default();
    store.add(spans.into_iter().collect());
    store
}

#[test]
fn a_task_has_the_traces_of_its_request_and_of_its_later_attempts_in_order() {
    let store = kept([
        deferred("third", "reconcile", "second", 90),
        with(deferred("second", "task.execute", "first", 50), CCM_TASK_ID, TASK),
        about("first", "POST /api/workers/{id}/stop", Topic::Worker, WORKER, 1),
        about("unrelated", "POST /api/tasks", Topic::Task, OTHER, 7),
    ]);
    assert_eq!(told(&store, TASK), ["first", "second", "third"]);
    assert_eq!(store.story(TASK).map(|it| it.topic), Some(Topic::Task));
}

#[test]
fn reads_are_left_out_unless_nothing_else_is_known() {
    let reads = [
        about("get", "GET /api/workers/{id}", Topic::Worker, WORKER, 1),
        about("head", "HEAD /api/workers/{id}", Topic::Worker, WORKER, 11),
        about("refers", "POST /api/tasks", Topic::Task, TASK, 0),
        called("refers", "ccm.worker.v1.WorkerService/GetWorker", Topic::Worker, WORKER),
        called("get", "ccm.worker.v1.WorkerService/ExplainWorker", Topic::Worker, WORKER),
        with(span("get", "sse.fanout", "request", 2..3), "ccm.worker.id", WORKER),
    ];
    let store = kept(reads);
    assert_eq!(told(&store, WORKER), ["refers", "get", "head"]);
    store.add(vec![about("patch", "PATCH /api/workers/{id}", Topic::Worker, WORKER, 1)]);
    assert_eq!(told(&store, WORKER), ["patch"]);
    assert_eq!(told(&store, TASK), ["refers"]);
    assert_eq!(store.story(OTHER), None);
}

#[test]
fn a_worker_has_its_newest_twenty_traces() {
    let store = kept(
        (0..23)
            .map(|it| about(&format!("t{it}"), "PATCH /api/workers/{id}", Topic::Worker, WORKER, 100 - it)),
    );
    let newest = store.story(WORKER).expect("known");
    let starts: Vec<_> = newest.traces.iter().map(Trace::start).collect();
    assert_eq!((newest.left_out, starts.len()), (3, MAX_TRACES));
    assert!(starts.is_sorted());
    assert!(
        newest.traces.iter().all(|it| !["t20", "t21", "t22"].contains(&it.id())),
        "the oldest are left out"
    );
}

#[test]
fn a_link_does_not_lead_into_the_story_of_another_task() {
    let create = |trace: &str, id: &str| about(trace, "POST /api/tasks", Topic::Task, id, 1);
    let sweep = |to: &str| deferred("sweep", &format!("to {to}"), to, 50);
    let shared = Link { trace_id: "other".to_owned(), span_id: "fetch".to_owned(), ..Link::default() };
    let store = kept([create("own", TASK), create("other", OTHER), sweep("own"), sweep("other")]);
    assert_eq!(told(&store, TASK), ["own", "sweep"]);
    let store = kept([Span { links: vec![shared], ..create("own", TASK) }, request("other", 0..1)]);
    assert_eq!(told(&store, TASK), ["own"], "links of calls are not followed");
}

#[test]
fn the_life_of_a_task_and_spans_that_come_late_join_its_trace() {
    let store = kept([about("t", "POST /api/tasks", Topic::Task, TASK, 1)]);
    store.add(vec![with(span("t", "late", "request", 9_000..9_001), CCM_TASK_ID, TASK)]);
    assert_eq!(store.story(TASK).map(|it| it.traces[0].spans.len()), Some(2));
}

const CCM_TASK_ID: &str = semconv::CCM_TASK_ID;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The lists of ids are compared with the spans that are kept, while traces are evicted and come back.
    #[test]
    fn a_story_is_what_the_kept_spans_say(spans in vec((0..9_u8, 0..4_u8, 0..12_u8), 0..60)) {
        let store = TraceStore::with_limits(4, 3, 10);
        let ids: Vec<String> = (0..4).map(|it| format!("01a202a3-2bef-7c31-b2aa-00000000000{it}")).collect();
        for (trace, id, number) in spans {
            let work = span(&trace.to_string(), &number.to_string(), "", u64::from(number)..20);
            store.add(vec![with(work, CCM_TASK_ID, ids[usize::from(id)].as_str())]);
        }
        for id in &ids {
            let names = |it: &Span| it.attributes.get(CCM_TASK_ID).is_some_and(|it| *it == id.as_str());
            let held = (0..9).filter_map(|it| store.get(&it.to_string()));
            let expected: BTreeSet<String> =
                held.filter(|it| it.spans.iter().any(names)).map(|it| it.id().to_owned()).collect();
            prop_assert_eq!(told(&store, id).into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
}
