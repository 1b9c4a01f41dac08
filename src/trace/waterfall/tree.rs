//! The tree of spans: each span below its parent, siblings by their start. Parents may be missing or form a cycle;
//! every span is shown exactly once.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use telemetry::otlp::Span;

use crate::trace::store::is_request;

/// A line of the tree.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) span: &'a Span,
    pub(super) relation: Relation,
    /// The tree lines before the name of the span.
    pub(super) branch: String,
    /// The tree lines before remarks below the span.
    pub(super) below: String,
}

/// How a span is related to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// Shown below its parent.
    Child,
    /// Has no parent.
    Root,
    /// Its parent is a span of the caller, outside of this product.
    Continued,
    /// Its parent was not received.
    Orphan,
    /// It is its own ancestor.
    Cycle,
}

/// The rows of all spans. The indentation stops growing at level `deepest`.
pub(super) fn rows<'a>(spans: impl IntoIterator<Item = &'a Span>, deepest: usize) -> Vec<Row<'a>> {
    let sorted = by_start(spans);
    let ids: HashSet<&str> = sorted.iter().map(|it| it.span_id.as_str()).collect();
    let mut children: HashMap<&str, Vec<&Span>> = HashMap::new();
    let mut tops = Vec::new();
    for &span in &sorted {
        if ids.contains(span.parent_id.as_str()) {
            children.entry(span.parent_id.as_str()).or_default().push(span);
        } else {
            tops.push((span, top(span)));
        }
    }
    let mut walk = Walk { children, deepest, seen: HashSet::new(), rows: Vec::new() };
    for (span, relation) in tops {
        walk.down_from(span, relation);
    }
    for span in sorted {
        walk.down_from(span, Relation::Cycle);
    }
    walk.rows
}

/// The spans by their start; of those that start together, the longest first.
pub(super) fn by_start<'a>(spans: impl IntoIterator<Item = &'a Span>) -> Vec<&'a Span> {
    let mut sorted: Vec<&Span> = spans.into_iter().collect();
    sorted.sort_by_key(|it| (it.start, Reverse(it.end)));
    sorted
}

fn top(span: &Span) -> Relation {
    match span {
        _ if span.parent_id.is_empty() => Relation::Root,
        _ if is_request(span) => Relation::Continued,
        _ => Relation::Orphan,
    }
}

struct Walk<'a> {
    children: HashMap<&'a str, Vec<&'a Span>>,
    deepest: usize,
    /// Compared by address, because two spans may have the same id.
    seen: HashSet<*const Span>,
    rows: Vec<Row<'a>>,
}

impl<'a> Walk<'a> {
    fn down_from(&mut self, span: &'a Span, relation: Relation) {
        let mut open = vec![(span, relation, String::new(), String::new(), 0)];
        while let Some((span, relation, branch, stem, level)) = open.pop() {
            if !self.seen.insert(std::ptr::from_ref(span)) {
                continue;
            }
            let children = self.children.get(span.span_id.as_str()).map_or(&[][..], Vec::as_slice);
            let below = format!("{stem}{}", if children.is_empty() { "  " } else { "│ " });
            self.rows.push(Row { span, relation, branch, below });
            for (behind, child) in children.iter().rev().enumerate() {
                let (knee, line) = if behind == 0 { ("└ ", "  ") } else { ("├ ", "│ ") };
                let further = if level < self.deepest { line } else { "" };
                open.push((
                    child,
                    Relation::Child,
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
            .map(|it| format!("{}{} {:?}", it.branch, it.span.span_id, it.relation))
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
    fn a_missing_parent_differs_from_a_span_of_the_caller() {
        let mut outside = request("t", 1..9);
        outside.parent_id = "caller".to_owned();
        let spans = [outside, span("t", "a", "lost", 2..3), span("t", "b", "a", 2..3)];
        assert_eq!(drawn(&spans, 9), ["request Continued", "a Orphan", "└ b Child"]);
    }

    #[test]
    fn spans_in_a_cycle_are_shown_once_each() {
        let spans = [
            span("t", "a", "b", 1..2),
            span("t", "b", "a", 2..3),
            span("t", "self", "self", 3..4),
            span("t", "a", "", 9..9),
        ];
        assert_eq!(drawn(&spans, 9), ["a Root", "└ b Child", "  └ a Child", "self Cycle"]);
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
