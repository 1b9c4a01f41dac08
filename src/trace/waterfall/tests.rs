use telemetry::otlp::{Link, Span, SpanKind};
use telemetry::semconv::{CCM_TASK_ID, CCM_WAIT_REASON};

use super::label::{GRPC_STATUS, HTTP_STATUS};
use super::text::columns;
use super::*;
use crate::trace::samples::{failed, named, request, span, with};

const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OTHER: &str = "0af7651916cd43dd8448eb211c80319c";

fn grpc(span: Span, service: &str, kind: SpanKind, name: &str) -> Span {
    with(named(span, service, kind, name), "rpc.system.name", "grpc")
}

fn db(parent: &str, service: &str, name: &str, at: std::ops::Range<u64>) -> Span {
    let span = span(ID, &format!("{parent} {name}"), parent, at);
    let kind = if name.starts_with("acquire") { SpanKind::Internal } else { SpanKind::Client };
    with(named(span, service, kind, name), "db.system.name", "sqlite")
}

fn created() -> Trace {
    let (create, get) = ("ccm.task.v1.TaskService/CreateTask", "ccm.worker.v1.WorkerService/GetWorker");
    let spans = vec![
        with(request(ID, 0..23_440), HTTP_STATUS, 201),
        grpc(span(ID, "create", "request", 1_120..22_900), "gateway", SpanKind::Client, create),
        grpc(span(ID, "creating", "create", 2_010..22_300), "task-service", SpanKind::Server, create),
        grpc(span(ID, "get", "creating", 2_400..9_980), "task-service", SpanKind::Client, get),
        grpc(span(ID, "getting", "get", 3_300..9_240), "worker-service", SpanKind::Server, get),
        db("getting", "worker-service", "acquire connection", 3_420..3_431),
        db("getting", "worker-service", "SELECT workers", 3_500..8_700),
        db("creating", "task-service", "acquire connection", 10_100..10_900),
        db("creating", "task-service", "BEGIN", 10_950..11_200),
        db("creating", "task-service", "INSERT tasks", 11_250..14_800),
        db("creating", "task-service", "INSERT events", 14_850..16_300),
        db("creating", "task-service", "COMMIT", 16_320..22_050),
    ];
    Trace { spans, dropped: 0 }
}

fn refused() -> Trace {
    let method = "ccm.task.v1.TaskService/CreateTask";
    let answered = failed(with(request(ID, 0..2_031_000), HTTP_STATUS, 503));
    let called = grpc(span(ID, "create", "request", 900..2_030_000), "gateway", SpanKind::Client, method);
    let called = failed(with(with(called, GRPC_STATUS, "UNAVAILABLE"), "error.type", "UNAVAILABLE"));
    Trace { spans: vec![with(answered, "error.type", "503"), called], dropped: 0 }
}

fn view(width: usize, colour: bool) -> View {
    View { width, colour, timing: false }
}

fn timed(trace: &Trace, width: usize) -> String {
    render(trace, &Lines::default(), View { timing: true, ..view(width, false) })
}

fn plain(spans: Vec<Span>) -> String {
    render(&Trace { spans, dropped: 0 }, &Lines::default(), view(100, false))
}

#[test]
fn a_trace_is_drawn_as_a_tree_on_a_time_line() {
    let drawn = render(&created(), &Lines::default(), view(100, false));
    assert_eq!(drawn, include_str!("created.txt"), "\n{drawn}");
}

#[test]
fn a_failure_says_what_it_ended_with() {
    let drawn = render(&refused(), &Lines::default(), view(100, false));
    assert_eq!(drawn, include_str!("refused.txt"), "\n{drawn}");
}

#[test]
fn with_timing_the_self_times_and_the_critical_path_are_shown() {
    let mut trace = created();
    // The first one ran beside others that took longer, and the second one was not waited for.
    trace.spans.push(span(ID, "beside", "creating", 10_100..12_000));
    trace.spans.push(turn("later", "getting", 8_000, "describe", "").remove(0));
    let drawn = timed(&trace, 100);
    assert_eq!(drawn, include_str!("timed.txt"), "\n{drawn}");
    let widest = timed(&trace, 80).lines().map(columns).max();
    assert_eq!(widest, Some(80));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let mut trace = created();
    trace.spans.extend(refused().spans.into_iter().map(|it| Span { parent_id: "lost".to_owned(), ..it }));
    for depth in 0..40 {
        let name = "a name that goes on and on ".repeat(depth);
        let below =
            span(ID, &format!("deep{depth}"), &format!("deep{}", depth.max(1) - 1), 5..u64::from(u32::MAX));
        let below = failed(with(below, "error.type", name.as_str()));
        trace.spans.push(named(below, &"service".repeat(depth), SpanKind::Consumer, &name));
    }
    for width in [0, 60, 61, 79, 100, 237] {
        let drawn = render(&trace, &Lines::default(), view(width, false));
        for drawn in [drawn, timed(&trace, width)] {
            let widest = drawn.lines().map(columns).max();
            assert_eq!(widest, Some(width.max(60)), "{drawn}");
        }
    }
}

#[test]
fn a_narrow_terminal_gets_the_title_in_two_lines() {
    let drawn = render(&created(), &Lines::default(), view(60, false));
    let mut lines = drawn.lines();
    assert_eq!(lines.next(), Some(ID));
    assert_eq!(lines.next(), Some("POST /api/tasks  201  23.4 ms  12 spans, 3 services"));
}

#[test]
fn a_missing_parent_is_said_unless_it_is_the_callers() {
    let mut outside = request(ID, 0..9);
    outside.parent_id = "00f067aa0ba902b7".to_owned();
    let drawn = plain(vec![outside, span(ID, "child", "request", 1..2), span(ID, "orphan", "lost", 2..3)]);
    let after = |name: &str| drawn.lines().skip_while(|it| !it.contains(name)).nth(1).map(str::trim);
    assert_eq!(after("task-service"), drawn.lines().find(|it| it.contains("orphan")), "{drawn}");
    assert_eq!(after(" orphan"), Some("(parent not received)"), "{drawn}");
    assert!(drawn.contains("│ continues 00f067aa0ba902b7\n"), "{drawn}");
    assert_eq!(drawn.matches("not received").count(), 1, "{drawn}");
}

#[test]
fn links_name_the_other_trace_and_leave_out_the_parent() {
    let link = |trace_id: &str, span_id: &str| Link {
        trace_id: trace_id.to_owned(),
        span_id: span_id.to_owned(),
        ..Link::default()
    };
    let mut execute = span(ID, "task.execute", "request", 5..9);
    execute.links =
        vec![link(ID, "request"), link(ID, "sibling"), link(OTHER, "x"), link(OTHER, "y"), link(OTHER, "z")];
    let drawn = plain(vec![request(ID, 0..9), execute]);
    let links: Vec<_> = drawn.lines().filter(|it| it.contains('→')).map(str::trim).collect();
    let other = format!("→ links to {OTHER}");
    assert_eq!(links, ["→ links to span sibling of this trace", &other, &other, "→ and 1 link more"]);
}

#[test]
fn an_answer_that_refuses_is_told_though_it_is_no_failure() {
    let drawn = plain(vec![
        with(request(ID, 0..9), HTTP_STATUS, 404),
        with(span(ID, "answered", "request", 1..2), GRPC_STATUS, "NOT_FOUND"),
        with(span(ID, "fine", "request", 3..4), GRPC_STATUS, "OK"),
        failed(with(span(ID, "broken", "request", 5..6), "error.type", "sqlx_core::error::Error")),
        failed(span(ID, "silent", "request", 7..8)),
    ]);
    let said: Vec<_> = drawn.lines().skip(3).filter(|it| it.starts_with("   ")).map(str::trim).collect();
    assert_eq!(said, ["│ HTTP 404", "│   NOT_FOUND", "│   ✗ sqlx_core::error::Error", "✗ failed"], "{drawn}");
    assert!(drawn.contains("├ ✗ broken"), "{drawn}");
}

#[test]
fn names_from_outside_cannot_steer_the_terminal() {
    let hostile = "\x1b]0;owned\x07\r\n\u{202e}";
    let mut span = failed(named(span(hostile, hostile, hostile, 0..9), hostile, SpanKind::Server, hostile));
    for key in [HTTP_STATUS, GRPC_STATUS, "error.type", "db.system.name"] {
        span = with(span, key, hostile);
    }
    let link = |trace_id: &str| Link {
        trace_id: trace_id.to_owned(),
        span_id: hostile.to_uppercase(),
        ..Link::default()
    };
    span.links = vec![link(hostile), link(&hostile.repeat(2))];
    let outside = named(span.clone(), "gateway", SpanKind::Server, hostile);
    let drawn = plain(vec![span, outside]);
    assert!(!drawn.chars().any(|it| (it.is_control() && it != '\n') || it == '\u{202e}'), "{drawn:?}");
}

#[test]
fn clocks_that_disagree_break_nothing() {
    let mut backwards = span(ID, "backwards", "request", 0..0);
    (backwards.start, backwards.end) = (u64::MAX, 0);
    let mut early = span(ID, "early", "request", 0..0);
    (early.start, early.end) = (0, u64::MAX);
    let drawn = plain(vec![request(ID, 5..9), backwards, early]);
    assert_eq!(drawn.lines().count(), 6, "{drawn}");
    assert!(plain(Vec::new()).contains("without spans"));
}

#[test]
fn services_differ_in_colour_and_failures_are_red() {
    let drawn = render(&refused(), &Lines::default(), view(100, true));
    assert_eq!(drawn.matches("\x1b[36mgateway").count(), 2, "{drawn:?}");
    assert!(drawn.contains("\x1b[1;31m✗ POST /api/tasks"), "{drawn:?}");
    let drawn = render(&created(), &Lines::default(), view(100, true));
    for lane in ["\x1b[36mgateway", "\x1b[35mtask-service", "\x1b[32mworker-service"] {
        assert!(drawn.contains(lane), "{lane:?}");
    }
    assert!(!drawn.contains("\x1b[1;31m"), "{drawn:?}");
    assert!(!render(&created(), &Lines::default(), view(100, false)).contains('\x1b'));
}

#[test]
fn what_was_not_kept_is_said_in_the_last_line() {
    let drawn = render(&Trace { dropped: 12, ..created() }, &Lines::default(), view(100, false));
    assert_eq!(drawn.lines().last(), Some("12 more spans arrived and were dropped"));
}

/// A turn of the reconciler with its call of the provider.
fn turn(id: &str, parent: &str, at: u64, call: &str, reason: &str) -> Vec<Span> {
    let turn = named(span(ID, id, parent, at..at + 9_000), "worker-service", SpanKind::Consumer, "reconcile");
    let turn = if reason.is_empty() { turn } else { with(turn, CCM_WAIT_REASON, reason) };
    let name = format!("simulated {call}");
    let called = span(ID, &format!("{id} call"), id, at + 1_000..at + 7_000);
    vec![turn, named(called, "worker-service", SpanKind::Client, &name)]
}

fn execute(id: &str, parent: &str, at: std::ops::Range<u64>, reason: &str) -> Span {
    let span = named(span(ID, id, parent, at), "task-service", SpanKind::Consumer, "task.execute");
    with(with(span, CCM_TASK_ID, TASK), CCM_WAIT_REASON, reason)
}

fn lifecycle(outcome: &str, at: std::ops::Range<u64>) -> Span {
    let span = named(span(ID, "life", "request", at), "task-service", SpanKind::Internal, "task.lifecycle");
    with(with(with(span, CCM_TASK_ID, TASK), "ccm.task.verb", "stop"), "ccm.task.outcome", outcome)
}

/// The spans in another trace, without a parent but linked to the request.
fn later(spans: Vec<Span>) -> Trace {
    let link = || vec![Link { trace_id: ID.to_owned(), span_id: "request".to_owned(), ..Link::default() }];
    let moved = |mut it: Span| {
        OTHER.clone_into(&mut it.trace_id);
        if it.parent_id.is_empty() {
            it.links = link();
        }
        it
    };
    Trace { spans: spans.into_iter().map(moved).collect(), dropped: 0 }
}

const TASK: &str = "01a202a3-2bef-7c31-b2aa-9c8aff224f0b";
const STOP: &str = "POST /api/workers/{id}/stop";
const SET: &str = "ccm.worker.v1.WorkerService/SetDesiredState";
const SECOND: u64 = 1_000_000;

/// A stop that is executed at once, while the machine takes its time.
fn stopped() -> Trace {
    let request = named(request(ID, 0..21_000), "gateway", SpanKind::Server, STOP);
    let create = "ccm.task.v1.TaskService/CreateTask";
    let mut spans = vec![
        with(with(request, HTTP_STATUS, 202), CCM_TASK_ID, TASK),
        grpc(span(ID, "create", "request", 1_000..19_000), "task-service", SpanKind::Server, create),
        execute("execute", "create", 24_000..45_000, "outcome"),
        grpc(span(ID, "set", "execute", 26_000..40_000), "worker-service", SpanKind::Server, SET),
        lifecycle("completed", 9_000..4_210_000),
    ];
    spans.extend(turn("first", "set", 41_000, "stop", "stopping"));
    spans.extend(turn("second", "set", 4_180_000, "describe", ""));
    let complete = span(ID, "complete", "create", 4_192_000..4_209_000);
    spans.push(named(complete, "task-service", SpanKind::Consumer, "task.complete"));
    Trace { spans, dropped: 0 }
}

/// A stop whose first attempt fails.
fn retried() -> Story {
    let request = named(request(ID, 0..21_000), "gateway", SpanKind::Server, STOP);
    let attempt = execute("attempt", "request", 24_000..45_000, "retry");
    let attempt = failed(with(attempt, "error.type", "UNAVAILABLE"));
    let first = Trace { spans: vec![with(request, HTTP_STATUS, 202), attempt], dropped: 0 };
    let mut spans = vec![
        execute("again", "", 2 * SECOND..2 * SECOND + 30_000, "outcome"),
        failed(with(lifecycle("failed", 9_000..5_020_000), "ccm.error.reason", "CAPACITY")),
    ];
    spans.extend(turn("first", "again", 2 * SECOND + 20_000, "stop", "stopping"));
    spans.extend(turn("second", "again", 5 * SECOND, "describe", ""));
    Story { topic: Topic::Task, id: TASK.to_owned(), traces: vec![first, later(spans)], left_out: 0 }
}

#[test]
fn the_waits_of_deferred_work_are_pauses_that_say_what_was_waited_for() {
    let drawn = render(&stopped(), &Lines::default(), view(100, false));
    assert_eq!(drawn, include_str!("stopped.txt"), "\n{drawn}");
}

#[test]
fn the_traces_of_a_story_follow_each_other_on_one_time_line() {
    let drawn = render_story(&retried(), &Lines::default(), view(100, false));
    assert_eq!(drawn, include_str!("retried.txt"), "\n{drawn}");
}

#[test]
fn the_story_of_a_worker_says_that_older_traces_are_left_out_and_names_the_tasks() {
    let story = Story { topic: Topic::Worker, left_out: 3, ..retried() };
    let drawn = render_story(&story, &Lines::default(), view(100, false));
    let mut lines = drawn.lines();
    assert!(lines.next().is_some_and(|it| it.starts_with(&format!("worker {TASK}  "))), "{drawn}");
    assert_eq!(lines.next(), Some("3 older traces are not shown"));
    assert_eq!(lines.next(), Some(format!("stop · failed · 5.01 s  task {TASK}  ✗ CAPACITY").as_str()));
}

#[test]
fn no_line_of_a_story_is_wider_than_the_terminal() {
    let mut story = retried();
    let mut number = 0;
    for trace in &mut story.traces {
        for span in &mut trace.spans {
            number += 1;
            span.attributes.insert(CCM_WAIT_REASON.to_owned(), "on_and_".repeat(30).as_str().into());
            span.attributes.insert("ccm.task.verb".to_owned(), "stop ".repeat(40).as_str().into());
            span.start += number * 200_000_000;
            span.end += number * 200_000_000;
        }
    }
    for width in [0, 60, 61, 79, 100, 237] {
        for drawn in [
            render_story(&story, &Lines::default(), view(width, false)),
            render(&stopped(), &Lines::default(), view(width, false)),
        ] {
            assert!(drawn.lines().all(|it| columns(it) <= width.max(60)), "{drawn}");
        }
    }
}

#[test]
fn traces_that_overlap_have_no_pause_between_them() {
    let mut story = retried();
    let later = turn("third", "request", 3 * SECOND, "describe", "");
    story.traces[0].spans.extend(later);
    let drawn = render_story(&story, &Lines::default(), view(100, false));
    assert!(!drawn.lines().any(|it| it.trim_start().starts_with('⋯')), "{drawn}");
}

#[test]
fn what_is_still_waited_for_is_said_at_the_end_unless_the_task_is_over() {
    let mut trace = stopped();
    trace.spans.retain(|it| it.start < request(ID, SECOND..SECOND).start);
    let last = |trace: &Trace| {
        render(trace, &Lines::default(), view(100, false)).lines().last().map(|it| it.trim().to_owned())
    };
    assert!(last(&trace).is_some_and(|it| it.contains("simulated stop")));
    trace.spans.retain(|it| it.name != "task.lifecycle");
    assert_eq!(last(&trace).as_deref(), Some("⋯ the machine is stopping"));
}
