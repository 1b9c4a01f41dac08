use telemetry::otlp::Link;

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

fn plain(spans: Vec<Span>) -> String {
    render(&Trace { spans, dropped: 0 }, 100, false)
}

#[test]
fn a_trace_is_drawn_as_a_tree_on_a_time_line() {
    let drawn = render(&created(), 100, false);
    assert_eq!(drawn, include_str!("created.txt"), "\n{drawn}");
}

#[test]
fn a_failure_says_what_it_ended_with() {
    let drawn = render(&refused(), 100, false);
    assert_eq!(drawn, include_str!("refused.txt"), "\n{drawn}");
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
        let drawn = render(&trace, width, false);
        let widest = drawn.lines().map(columns).max();
        assert_eq!(widest, Some(width.max(60)), "{drawn}");
    }
}

#[test]
fn a_narrow_terminal_gets_the_title_in_two_lines() {
    let drawn = render(&created(), 60, false);
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
    let link =
        |trace_id: &str, span_id: &str| Link { trace_id: trace_id.to_owned(), span_id: span_id.to_owned() };
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
    let link = |trace_id: &str| Link { trace_id: trace_id.to_owned(), span_id: hostile.to_uppercase() };
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
    let drawn = render(&refused(), 100, true);
    assert_eq!(drawn.matches("\x1b[36mgateway").count(), 2, "{drawn:?}");
    assert!(drawn.contains("\x1b[1;31m✗ POST /api/tasks"), "{drawn:?}");
    let drawn = render(&created(), 100, true);
    for lane in ["\x1b[36mgateway", "\x1b[35mtask-service", "\x1b[32mworker-service"] {
        assert!(drawn.contains(lane), "{lane:?}");
    }
    assert!(!drawn.contains("\x1b[1;31m"), "{drawn:?}");
    assert!(!render(&created(), 100, false).contains('\x1b'));
}

#[test]
fn what_was_not_kept_is_said_in_the_last_line() {
    let drawn = render(&Trace { dropped: 12, ..created() }, 100, false);
    assert_eq!(drawn.lines().last(), Some("12 more spans arrived and were dropped"));
}
