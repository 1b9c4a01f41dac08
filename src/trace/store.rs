//! The newest traces, which `ccm up` keeps in bounded memory when there is no collector. The spans of a trace arrive
//! out of order from several processes, so whether a trace is complete is decided by its spans alone.

mod arriving;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::clock::Micros;
use serde::{Deserialize, Serialize};
use telemetry::otlp::{Span, SpanKind};

pub(super) use self::arriving::Arriving;
use super::query::is_uuid;
use super::story::{self, Story};

/// The service where requests from outside enter.
const GATEWAY: &str = "gateway";

const LIMITS: Limits = Limits { traces: 1_000, spans_a_trace: 2_000, spans: 50_000 };

/// The spans of a trace that were received so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Trace {
    /// In the order of arrival.
    pub(crate) spans: Vec<Span>,
    /// How many more spans arrived and were dropped.
    pub(crate) dropped: usize,
}

impl Trace {
    /// The trace id; empty when there are no spans.
    pub(crate) fn id(&self) -> &str {
        self.spans.first().map_or("", |it| it.trace_id.as_str())
    }

    /// The spans in which something ran: not the life of a task, unless there is nothing else.
    pub(super) fn work(&self) -> impl Iterator<Item = &Span> {
        let all = self.spans.iter().all(is_lifecycle);
        self.spans.iter().filter(move |it| all || !is_lifecycle(it))
    }

    /// The start of its first work, in nanoseconds since 1970.
    pub(super) fn start(&self) -> u64 {
        self.work().map(|it| it.start).min().unwrap_or_default()
    }
}

/// Whether the span is the server span of a request at the gateway. Its parent, if any, is a span of the caller.
pub(crate) fn is_request(span: &Span) -> bool {
    span.kind == SpanKind::Server && span.service == GATEWAY
}

/// Whether the span covers the whole life of a task, its waits included.
pub(super) fn is_lifecycle(span: &Span) -> bool {
    span.name == "task.lifecycle"
}

/// The newest traces: at most 1,000 with together 50,000 spans. The trace that began to arrive first is evicted first.
#[derive(Debug)]
pub(crate) struct TraceStore {
    /// Since when traces are kept.
    since: Micros,
    limits: Limits,
    kept: Mutex<Kept>,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    traces: usize,
    spans_a_trace: usize,
    spans: usize,
}

#[derive(Debug, Default)]
struct Kept {
    traces: HashMap<String, Arriving>,
    /// Trace ids in the order in which their first spans arrived.
    order: VecDeque<String>,
    spans: usize,
}

#[cfg(test)]
impl Default for TraceStore {
    fn default() -> Self {
        Self::new(Micros(0))
    }
}

impl TraceStore {
    /// An empty store, which keeps the traces that arrive from `since` on.
    pub(crate) fn new(since: Micros) -> Self {
        Self { since, limits: LIMITS, kept: Mutex::default() }
    }

    #[cfg(test)]
    pub(super) fn with_limits(traces: usize, spans_a_trace: usize, spans: usize) -> Self {
        Self { limits: Limits { traces, spans_a_trace, spans }, ..Self::default() }
    }

    /// Since when traces are kept, in RFC 3339.
    pub(super) fn since(&self) -> String {
        self.since.to_rfc3339()
    }

    /// Adds spans. A span that was received before, as after a retry of the exporter, is ignored.
    pub(crate) fn add(&self, spans: Vec<Span>) {
        let mut kept = self.kept();
        for span in spans {
            kept.add(span, self.limits);
        }
    }

    /// The trace with this id, complete or not.
    pub(crate) fn get(&self, trace_id: &str) -> Option<Trace> {
        self.kept().traces.get(trace_id).map(|it| it.trace.clone())
    }

    /// The trace whose request ended last, and which is complete but for work that the request left for later.
    pub(crate) fn last(&self) -> Option<Trace> {
        let kept = self.kept();
        let requests = kept.traces.values().filter_map(|it| Some((it.complete_request_end()?, it)));
        let (_, newest) = requests.max_by_key(|(end, _)| *end)?;
        Some(newest.trace.clone())
    }

    /// The story of the task or worker with this id, complete or not.
    pub(crate) fn story(&self, id: &str) -> Option<Story> {
        story::find(&self.kept().traces, id)
    }

    /// What `read` makes of the trace with this id, or of the traces of the story of this task or worker, in the order of
    /// their start, and of the number of older ones that were left out. `None` if there is none. The store is locked meanwhile.
    pub(super) fn read<T>(&self, id: &str, read: impl FnOnce(&[&Arriving], usize) -> T) -> Option<T> {
        let kept = self.kept();
        if let Some(one) = kept.traces.get(id) {
            return Some(read(&[one], 0));
        }
        let chosen = is_uuid(id).then(|| story::choose(&kept.traces, id)).flatten()?;
        Some(read(&chosen.traces, chosen.left_out))
    }

    /// The ids of all traces, those that began last first.
    pub(super) fn newest_first(&self) -> Vec<String> {
        let mut ids: Vec<_> =
            self.kept().traces.iter().map(|(id, it)| (it.trace.start(), id.clone())).collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.into_iter().map(|it| it.1).collect()
    }

    /// Whether a trace is complete and no span has arrived for the time `quiet`: a missing span without children shows
    /// in no other way.
    pub(super) fn is_settled(&self, trace_id: &str, quiet: Duration) -> bool {
        let kept = self.kept();
        kept.traces.get(trace_id).is_some_and(|it| it.is_settled(quiet))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn add(&mut self, span: Span, limits: Limits) {
        if !self.traces.contains_key(&span.trace_id) {
            self.order.push_back(span.trace_id.clone());
        }
        let arriving = self.traces.entry(span.trace_id.clone()).or_insert_with(Arriving::new);
        self.spans += usize::from(arriving.add(span, limits.spans_a_trace));
        while self.traces.len() > limits.traces || self.spans > limits.spans {
            let Some(oldest) = self.order.pop_front() else { break };
            self.spans -= self.traces.remove(&oldest).map_or(0, |it| it.trace.spans.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::samples::{request, span};

    fn last(store: &TraceStore) -> Option<String> {
        store.last().map(|it| it.id().to_owned())
    }

    #[test]
    fn the_last_trace_is_that_of_the_request_that_ended_last() {
        let store = TraceStore::default();
        store.add(vec![request("newer", 0..90)]);
        store.add(vec![request("older", 10..80)]);
        store.add(vec![span("sweep", "r", "", 0..1_000)]);
        assert_eq!(last(&store).as_deref(), Some("newer"));
    }

    #[test]
    fn a_trace_is_not_shown_as_the_last_before_all_parents_have_arrived() {
        let store = TraceStore::default();
        store.add(vec![request("whole", 0..10)]);
        store.add(vec![span("t", "leaf", "middle", 30..40), request("t", 20..90)]);
        assert_eq!(last(&store).as_deref(), Some("whole"));
        assert!(!store.is_settled("t", Duration::ZERO));
        store.add(vec![span("t", "middle", "request", 25..50)]);
        assert_eq!(last(&store).as_deref(), Some("t"));
        assert!(store.is_settled("t", Duration::ZERO));
        assert!(!store.is_settled("t", Duration::from_mins(1)), "its last span has only just arrived");
    }

    #[test]
    fn the_last_trace_need_not_have_finished_what_its_request_left_for_later() {
        let store = TraceStore::default();
        store.add(vec![request("older", 0..10)]);
        store.add(vec![request("t", 20..90), span("t", "INSERT", "of a turn that still runs", 95..99)]);
        assert_eq!(last(&store).as_deref(), Some("t"));
        assert!(!store.is_settled("t", Duration::ZERO));
    }

    #[test]
    fn a_callers_own_span_is_not_waited_for() {
        let store = TraceStore::default();
        let mut outside = request("t", 0..10);
        outside.parent_id = "of-the-caller".to_owned();
        store.add(vec![outside, span("t", "child", "request", 1..2)]);
        assert_eq!(last(&store).as_deref(), Some("t"));
    }

    #[test]
    fn the_oldest_trace_goes_first_when_there_are_too_many() {
        let store = TraceStore::with_limits(2, 10, 10);
        for id in ["a", "b", "c"] {
            store.add(vec![request(id, 0..1)]);
            store.add(vec![span("b", &format!("late {id}"), "request", 0..1)]);
        }
        assert_eq!(store.get("a"), None);
        assert_eq!(store.get("b").map(|it| it.spans.len()), Some(4));
        assert_eq!(store.get("c").map(|it| it.spans.len()), Some(1));
    }

    #[test]
    fn the_oldest_trace_goes_first_when_there_are_too_many_spans() {
        let store = TraceStore::with_limits(10, 10, 4);
        store.add(vec![request("a", 0..1), span("a", "x", "request", 0..1), request("b", 0..1)]);
        store.add(vec![span("b", "x", "request", 0..1), span("b", "y", "request", 0..1)]);
        assert_eq!(store.get("a"), None);
        assert_eq!(store.get("b").map(|it| it.spans.len()), Some(3));
        store.add(vec![span("b", "z", "request", 0..1)]);
        assert!(store.get("b").is_some(), "the places of what was evicted are free again");
    }

    #[test]
    fn a_trace_with_too_many_spans_counts_what_it_lost_and_keeps_the_request() {
        let store = TraceStore::with_limits(10, 3, 100);
        store.add((0..5).map(|it| span("t", &format!("s{it}"), "lost", 0..1)).collect());
        store.add(vec![request("t", 0..9), request("t", 0..9)]);
        let trace = store.last().expect("found, although parents are missing");
        assert_eq!((trace.spans.len(), trace.dropped), (3, 3));
    }

    #[test]
    fn a_span_that_is_sent_twice_is_kept_once() {
        let store = TraceStore::default();
        store.add(vec![request("t", 0..1)]);
        store.add(vec![request("t", 0..1)]);
        assert_eq!(store.get("t").map(|it| (it.spans.len(), it.dropped)), Some((1, 0)));
    }
}
