//! Where the time of a trace went: the self time of a span, and the critical path. Clocks of different machines differ, and
//! work that was left for later outlives its parent, so no child is trusted to lie within its parent.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use telemetry::otlp::{Span, SpanKind};

use super::store::{is_lifecycle, is_request};

/// The spans of a trace and their children.
pub(super) struct Tree<'a> {
    spans: &'a [Span],
    /// The places of the children by the span id of the parent.
    children: HashMap<&'a str, Vec<usize>>,
}

/// A part of the critical path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The place of the span among the spans of the tree.
    pub(super) span: usize,
    /// When the path went through the span, in nanoseconds since 1970; not empty.
    pub(super) at: Range<u64>,
}

/// A span whose part of the path is being found, from its end backwards.
struct Open {
    span: usize,
    from: u64,
    until: u64,
    /// The children that can be on the path, the one that ended last at the end.
    children: Vec<(usize, Range<u64>)>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(spans: &'a [Span]) -> Self {
        let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, span) in spans.iter().enumerate().filter(|(_, it)| it.parent_id != it.span_id) {
            children.entry(&span.parent_id).or_default().push(at);
        }
        Self { spans, children }
    }

    fn children(&self, span: &Span) -> impl Iterator<Item = usize> {
        self.children.get(span.span_id.as_str()).into_iter().flatten().copied()
    }

    /// The time in which none of the span's children ran, in nanoseconds. Only the time of a child within the span counts.
    pub(super) fn self_time(&self, span: &Span) -> u64 {
        let mut ran: Vec<_> =
            self.children(span).map(|it| clipped(&interval(&self.spans[it]), span)).collect();
        ran.sort_by_key(|it| it.start);
        let (mut from, mut own) = (span.start, 0);
        for it in ran {
            own += it.start.saturating_sub(from);
            from = from.max(it.end);
        }
        own + span.end.saturating_sub(from)
    }

    /// The chain of work that decided when the span at `root` ended, in the order of time: parts that cover the whole span and
    /// do not overlap. From the end of a span backwards, the path goes through the child that ended last before that time. A
    /// child that outlives its parent was not waited for and is left out, unless it is the server's side of a call.
    pub(super) fn critical_path(&self, root: usize) -> Vec<Part> {
        let (mut parts, mut seen) = (Vec::new(), HashSet::from([root]));
        let mut add = |span: usize, at: Range<u64>| {
            if !at.is_empty() {
                parts.push(Part { span, at });
            }
        };
        let mut open = vec![self.open(root, interval(&self.spans[root]))];
        while let Some(current) = open.last_mut() {
            let Some((child, at)) = current.children.pop() else {
                add(current.span, current.from..current.until);
                open.pop();
                continue;
            };
            // A child that was still running cannot be what the next part of the path waited for.
            if at.end <= current.until && seen.insert(child) {
                add(current.span, at.end..current.until);
                current.until = at.start;
                open.push(self.open(child, at));
            }
        }
        parts.reverse();
        parts
    }

    /// A span whose part of the path lies within `at`.
    fn open(&self, span: usize, at: Range<u64>) -> Open {
        let parent = &self.spans[span];
        let was_awaited = |it: &usize| {
            let child = &self.spans[*it];
            let is_call = (parent.kind, child.kind) == (SpanKind::Client, SpanKind::Server);
            child.end <= parent.end || is_call
        };
        let awaited = self.children(parent).filter(was_awaited);
        let within = |it: usize| {
            let child = clipped(&interval(&self.spans[it]), parent);
            (it, child.start.clamp(at.start, at.end)..child.end.clamp(at.start, at.end))
        };
        let mut children: Vec<_> = awaited.map(within).filter(|it| !it.1.is_empty()).collect();
        children.sort_by_key(|it| (it.1.end, Reverse(it.1.start)));
        Open { span, from: at.start, until: at.end, children }
    }
}

/// The place of the span at the head of a trace: its first request, else the first span that has no parent here.
pub(super) fn root(spans: &[Span], ids: &HashSet<&str>) -> Option<usize> {
    let rank = |it: &Span| (is_lifecycle(it), !is_request(it), ids.contains(it.parent_id.as_str()), it.start);
    (0..spans.len()).min_by_key(|it| rank(&spans[*it]))
}

/// The ids of all spans.
pub(super) fn ids(spans: &[Span]) -> HashSet<&str> {
    spans.iter().map(|it| it.span_id.as_str()).collect()
}

/// The time of a span; empty if it ended before it began.
fn interval(span: &Span) -> Range<u64> {
    span.start..span.end.max(span.start)
}

/// The part of the time that lies within the span.
fn clipped(time: &Range<u64>, span: &Span) -> Range<u64> {
    let Range { start, end } = interval(span);
    time.start.clamp(start, end)..time.end.clamp(start, end)
}

#[cfg(test)]
mod tests;
