//! Spans in the order of reading: each under its parent, siblings by their start. What arrives may lack
//! parents, or name them in a circle; every span is shown once all the same.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use telemetry::otlp::Span;

use crate::trace::store::is_request;

/// A span and its place.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) span: &'a Span,
    pub(super) place: Place,
    /// What stands before its name: the lines from its ancestors.
    pub(super) branch: String,
    /// What stands before text about it in a line of its own.
    pub(super) below: String,
}

/// How a span hangs in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Below its parent.
    Child,
    /// At the top, without a parent.
    Root,
    /// At the top: its parent is a caller's, outside.
    Continued,
    /// At the top: its parent was not received.
    Orphan,
    /// At the top, for it is its own ancestor.
    Circle,
}

/// The rows of all spans. Below `deepest` levels the indentation stays as it is.
pub(super) fn rows(spans: &[Span], deepest: usize) -> Vec<Row<'_>> {
    let ids: HashSet<&str> = spans.iter().map(|it| it.span_id.as_str()).collect();
    let mut children: HashMap<&str, Vec<&Span>> = HashMap::new();
    let mut tops = Vec::new();
    for span in by_start(spans) {
        if ids.contains(span.parent_id.as_str()) {
            children.entry(span.parent_id.as_str()).or_default().push(span);
        } else {
            tops.push((span, top(span)));
        }
    }
    let mut walk = Walk { children, deepest, seen: HashSet::new(), rows: Vec::new() };
    for (span, place) in tops {
        walk.down_from(span, place);
    }
    for span in by_start(spans) {
        walk.down_from(span, Place::Circle);
    }
    walk.rows
}

fn by_start(spans: &[Span]) -> Vec<&Span> {
    let mut sorted: Vec<&Span> = spans.iter().collect();
    sorted.sort_by_key(|it| (it.start, Reverse(it.end)));
    sorted
}

fn top(span: &Span) -> Place {
    match span {
        _ if span.parent_id.is_empty() => Place::Root,
        _ if is_request(span) => Place::Continued,
        _ => Place::Orphan,
    }
}

struct Walk<'a> {
    children: HashMap<&'a str, Vec<&'a Span>>,
    deepest: usize,
    /// By address: an id may be there twice.
    seen: HashSet<*const Span>,
    rows: Vec<Row<'a>>,
}

impl<'a> Walk<'a> {
    fn down_from(&mut self, span: &'a Span, place: Place) {
        let mut open = vec![(span, place, String::new(), String::new(), 0)];
        while let Some((span, place, branch, stem, level)) = open.pop() {
            if !self.seen.insert(std::ptr::from_ref(span)) {
                continue;
            }
            let children = self.children.get(span.span_id.as_str()).map_or(&[][..], Vec::as_slice);
            let below = format!("{stem}{}", if children.is_empty() { "  " } else { "│ " });
            self.rows.push(Row { span, place, branch, below });
            for (behind, child) in children.iter().rev().enumerate() {
                let (knee, line) = if behind == 0 { ("└ ", "  ") } else { ("├ ", "│ ") };
                let further = if level < self.deepest { line } else { "" };
                open.push((
                    child,
                    Place::Child,
                    format!("{stem}{knee}"),
                    format!("{stem}{further}"),
                    level + 1,
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::samples::{request, span};

    fn drawn(spans: &[Span], deepest: usize) -> Vec<String> {
        rows(spans, deepest)
            .iter()
            .map(|it| format!("{}{} {:?}", it.branch, it.span.span_id, it.place))
            .collect()
    }

    #[test]
    fn children_stand_below_their_parent_in_the_order_of_their_start() {
        let spans = [
            span("t", "c", "b", 3..4),
            span("t", "d", "request", 7..8),
            span("t", "b", "request", 2..5),
            request("t", 1..9),
        ];
        assert_eq!(drawn(&spans, 9), ["request Root", "├ b Child", "│ └ c Child", "└ d Child"]);
        let below: Vec<_> = rows(&spans, 9).into_iter().map(|it| it.below).collect();
        assert_eq!(below, ["│ ", "│ │ ", "│     ", "    "]);
    }

    #[test]
    fn a_missing_parent_is_told_from_a_callers_own() {
        let mut outside = request("t", 1..9);
        outside.parent_id = "caller".to_owned();
        let spans = [outside, span("t", "a", "lost", 2..3), span("t", "b", "a", 2..3)];
        assert_eq!(drawn(&spans, 9), ["request Continued", "a Orphan", "└ b Child"]);
    }

    #[test]
    fn spans_in_a_circle_are_shown_once_each() {
        let spans = [
            span("t", "a", "b", 1..2),
            span("t", "b", "a", 2..3),
            span("t", "self", "self", 3..4),
            span("t", "a", "", 9..9),
        ];
        assert_eq!(drawn(&spans, 9), ["a Root", "└ b Child", "  └ a Child", "self Circle"]);
    }

    #[test]
    fn indentation_ends_at_the_deepest_level() {
        let spans: Vec<_> =
            (1..2_000).map(|it| span("t", &format!("{it}"), &format!("{}", it - 1), it..it + 1)).collect();
        let rows = rows(&spans, 3);
        assert_eq!(rows.len(), 1_999);
        assert_eq!(rows.iter().map(|it| it.branch.chars().count()).max(), Some(8));
    }
}
