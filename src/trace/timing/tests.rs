//! Tests of the self time and of the critical path.

use proptest::prelude::*;

use super::*;
use crate::trace::samples::{named, request, span};

const MICROSECOND: u64 = 1_000;

/// The self times in microseconds.
fn self_times(spans: &[Span]) -> Vec<u64> {
    let tree = Tree::new(spans);
    spans.iter().map(|it| tree.self_time(it) / MICROSECOND).collect()
}

/// The critical path through the first span: names, and microseconds since its start.
fn path(spans: &[Span]) -> Vec<(&str, u64, u64)> {
    let since = |it: u64| (it - spans[0].start) / MICROSECOND;
    let parts = Tree::new(spans).critical_path(0);
    parts
        .into_iter()
        .map(|it| (spans[it.span].span_id.as_str(), since(it.at.start), since(it.at.end)))
        .collect()
}

#[test]
fn children_that_overlap_are_subtracted_once() {
    let spans = [
        request("t", 0..100),
        span("t", "a", "request", 10..40),
        span("t", "b", "request", 30..60),
        span("t", "within b", "request", 35..50),
        span("t", "below a", "a", 20..25),
    ];
    assert_eq!(self_times(&spans), [50, 25, 30, 15, 5]);
}

#[test]
fn only_the_time_within_the_parent_counts() {
    let spans = [
        request("t", 50..100),
        span("t", "skewed", "request", 20..60),
        span("t", "left for later", "request", 90..500),
        span("t", "after", "request", 200..300),
        span("t", "no time", "request", 70..70),
    ];
    assert_eq!(self_times(&spans), [30, 40, 410, 100, 0]);
    let backwards = [Span { end: 0, ..request("t", 50..100) }, span("t", "a", "request", 20..60)];
    assert_eq!(self_times(&backwards)[0], 0);
    assert_eq!(Tree::new(&backwards).critical_path(0), []);
}

#[test]
fn the_path_goes_through_what_ended_last() {
    let spans = [
        request("t", 0..100),
        span("t", "first", "request", 5..30),
        span("t", "beside it", "request", 5..20),
        span("t", "query", "first", 10..25),
        span("t", "last", "request", 40..90),
        span("t", "overlaps last", "request", 35..50),
    ];
    let expected = [
        ("request", 0, 5),
        ("first", 5, 10),
        ("query", 10, 25),
        ("first", 25, 30),
        ("request", 30, 40),
        ("last", 40, 90),
        ("request", 90, 100),
    ];
    assert_eq!(path(&spans), expected);
}

#[test]
fn work_that_was_left_for_later_is_not_on_the_path() {
    let later = span("t", "left for later", "request", 50..500);
    assert_eq!(path(&[request("t", 0..100), later]), [("request", 0, 100)]);
}

#[test]
fn the_servers_side_of_a_call_is_on_the_path_although_its_clock_is_ahead() {
    let call = named(span("t", "call", "", 0..100), "gateway", SpanKind::Client, "call");
    let served = named(span("t", "served", "call", 20..110), "task-service", SpanKind::Server, "call");
    let query = span("t", "query", "served", 30..105);
    assert_eq!(path(&[call, served, query]), [("call", 0, 20), ("served", 20, 30), ("query", 30, 100)]);
}

#[test]
fn spans_that_are_each_others_parents_end() {
    let spans = [span("t", "a", "b", 0..10), span("t", "b", "a", 0..10), span("t", "c", "c", 0..5)];
    assert_eq!(path(&spans), [("b", 0, 10)]);
    assert_eq!(self_times(&spans), [0, 0, 5]);
}

#[test]
fn a_deep_chain_does_not_exhaust_the_stack() {
    let below = |it: u64| span("t", &it.to_string(), &(it - 1).to_string(), it..10_000 - it);
    let spans: Vec<_> = (1..2_000).map(below).collect();
    assert_eq!(path(&spans).len(), 2 * 1_998 + 1);
}

prop_compose! {
    /// Spans of which each is a child of an earlier one, at any time.
    fn any_trace()(
        of_spans in prop::collection::vec((any::<prop::sample::Index>(), 0..40_u64, 0..20_u64, 0..3_u8), 1..12),
    ) -> Vec<Span> {
        let kinds = [SpanKind::Internal, SpanKind::Client, SpanKind::Server];
        of_spans.into_iter().enumerate().map(|(at, (parent, start, length, kind))| {
            let parent = if at == 0 { String::new() } else { parent.index(at).to_string() };
            let span = span("t", &at.to_string(), &parent, start..start + length);
            Span { kind: kinds[usize::from(kind)], ..span }
        }).collect()
    }
}

proptest! {
    #[test]
    fn the_path_covers_its_root_without_gaps_and_without_overlaps(spans in any_trace()) {
        let parts = Tree::new(&spans).critical_path(0);
        let mut at = spans[0].start;
        for part in &parts {
            prop_assert_eq!(part.at.start, at);
            prop_assert!(!part.at.is_empty());
            let span = &spans[part.span];
            prop_assert!(span.start <= part.at.start && part.at.end <= span.end, "{:?} of {:?}", part, span);
            at = part.at.end;
        }
        prop_assert_eq!(at, spans[0].end);
    }

    #[test]
    fn the_self_time_is_the_time_in_which_no_child_runs(spans in any_trace()) {
        for (at, own) in self_times(&spans).into_iter().enumerate() {
            let (span, id) = (&spans[at], at.to_string());
            let runs = |it: u64| spans.iter().any(|child| {
                child.parent_id == id && (child.start..child.end).contains(&it)
            });
            let moments = (span.start..span.end).step_by(usize::try_from(MICROSECOND).unwrap());
            prop_assert_eq!(own, moments.filter(|it| !runs(*it)).count() as u64);
        }
    }
}
