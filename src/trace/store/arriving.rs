//! One trace in the store, and which tasks, workers and other traces its spans name. The lists go with the trace.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use telemetry::otlp::{Span, SpanKind};

use super::{Trace, is_request};
use crate::trace::query::is_uuid;
use crate::trace::story::Topic;

#[derive(Debug)]
pub(in crate::trace) struct Arriving {
    pub(in crate::trace) trace: Trace,
    pub(in crate::trace) mentions: Mentions,
    ids: HashSet<String>,
    latest: Instant,
}

impl Arriving {
    pub(super) fn new() -> Self {
        Self {
            trace: Trace { spans: Vec::new(), dropped: 0 },
            mentions: Mentions::default(),
            ids: HashSet::new(),
            latest: Instant::now(),
        }
    }

    /// Adds the span and returns whether it was kept. One slot is reserved for the span of the request, which ends and
    /// arrives after its children, because `last` finds no trace without it.
    pub(super) fn add(&mut self, span: Span, limit: usize) -> bool {
        if self.ids.contains(&span.span_id) {
            return false;
        }
        self.latest = Instant::now();
        if self.trace.spans.len() + usize::from(!is_request(&span)) >= limit {
            self.trace.dropped += 1;
            return false;
        }
        self.ids.insert(span.span_id.clone());
        self.mentions.add(&span);
        self.trace.spans.push(span);
        true
    }

    /// Whether the parent of each span has arrived. A trace with dropped spans counts as complete.
    pub(super) fn is_complete(&self) -> bool {
        self.has_parents_of_spans_until(u64::MAX)
    }

    /// Whether the trace is complete and no span has arrived for the time `quiet`.
    pub(in crate::trace) fn is_settled(&self, quiet: Duration) -> bool {
        self.is_complete() && self.latest.elapsed() >= quiet
    }

    /// The end of the request if the trace is complete up to there. Deferred work of the request may still be running:
    /// its spans arrive later than those of their children.
    pub(super) fn complete_request_end(&self) -> Option<u64> {
        let requests =
            self.trace.spans.iter().filter(|it| is_request(it) && !self.ids.contains(&it.parent_id));
        requests.map(|it| it.end).max().filter(|it| self.has_parents_of_spans_until(*it))
    }

    fn has_parents_of_spans_until(&self, instant: u64) -> bool {
        let is_placed = |it: &Span| {
            it.parent_id.is_empty()
                || it.start > instant
                || self.ids.contains(&it.parent_id)
                || is_request(it)
        };
        self.trace.dropped > 0 || self.trace.spans.iter().all(is_placed)
    }
}

/// What the spans of a trace name.
#[derive(Debug, Default)]
pub(in crate::trace) struct Mentions {
    /// Whether a task or worker was changed (or refused a change), or only read.
    changed: HashMap<(Topic, String), bool>,
    /// Ids of the traces to which deferred work links.
    pub(in crate::trace) links: HashSet<String>,
    /// There is a request that reads.
    reads: bool,
    /// There is a request that changes something.
    writes: bool,
}

impl Mentions {
    fn add(&mut self, span: &Span) {
        let reads = is_read(span);
        if is_request(span) {
            self.reads |= reads;
            self.writes |= !reads;
        }
        for topic in Topic::ALL {
            let id = span.attributes.get(topic.attribute()).map(ToString::to_string);
            if let Some(id) = id.filter(|it| is_uuid(it)) {
                *self.changed.entry((topic, id)).or_default() |= !reads;
            }
        }
        // Spans of calls link to unrelated requests, whose fetch of a token they shared.
        if !matches!(span.kind, SpanKind::Server | SpanKind::Client) {
            let others = span.links.iter().filter(|it| it.trace_id != span.trace_id);
            self.links.extend(others.map(|it| it.trace_id.clone()));
        }
    }

    /// Whether the trace changed the task or worker; `None` if no span names the id.
    pub(in crate::trace) fn of(&self, topic: Topic, id: &str) -> Option<bool> {
        let changed = self.changed.get(&(topic, id.to_owned()))?;
        Some(*changed && !self.is_read())
    }

    /// Whether a trace that is linked to the story can be a part of it.
    pub(in crate::trace) fn may_belong_to(&self, topic: Topic, id: &str) -> bool {
        let changes_others = || self.changed.iter().any(|it| it.0.0 == topic && *it.1);
        !self.is_read() && (self.of(topic, id).is_some() || !changes_others())
    }

    /// Whether the trace is that of a request with a safe method (RFC 9110, section 9.2.1).
    fn is_read(&self) -> bool {
        self.reads && !self.writes
    }
}

/// Whether the span only reads: a request at the gateway by its HTTP method, a call by the verb of its gRPC method.
fn is_read(span: &Span) -> bool {
    if is_request(span) {
        let method = span.name.split(' ').next().unwrap_or_default();
        return matches!(method, "GET" | "HEAD" | "OPTIONS");
    }
    let method = span.name.rsplit_once('/').map_or("", |it| it.1);
    span.attributes.contains_key("rpc.system.name")
        && ["Get", "List", "Watch", "Explain"].iter().any(|it| method.starts_with(it))
}
