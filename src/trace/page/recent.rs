//! The answer to `GET /api/traces`: the newest traces that match a filter.

use gateway::supervisor::{TraceFilter, TraceStatus};
use platform::clock::Micros;
use serde::Serialize;
use telemetry::otlp::Span;
use telemetry::semconv;

use super::super::lines::LineStore;
use super::super::store::{Arriving, TraceStore, is_request};
use super::super::story::Topic;
use super::super::timing::{ids, root};
use super::document::kind;
use super::{QUIET, milliseconds};

/// With fewer digits, a text is not looked for in trace ids: it would match traces by chance.
const MIN_ID_DIGITS: usize = 4;
/// Most ids of tasks, and of workers, that are listed of one trace.
const MAX_IDS: usize = 20;

#[derive(Debug, Serialize)]
pub(super) struct Recent {
    pub(super) items: Vec<Item>,
    /// Since when traces are kept.
    since: String,
    /// Where the spans go instead of here. A list always comes from here.
    destination: Option<String>,
}

/// A trace in the list.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    pub(super) trace_id: String,
    root: Root,
    /// When its first work began.
    start: String,
    /// From the start of its first work to the end of its last.
    duration_ms: f64,
    spans: usize,
    /// In the order in which they first had a span.
    services: Vec<String>,
    /// Number of spans that failed.
    errors: usize,
    status: TraceStatus,
    complete: bool,
    task_ids: Vec<String>,
    worker_ids: Vec<String>,
}

/// The span at the head of a trace.
#[derive(Debug, Serialize)]
struct Root {
    service: String,
    name: String,
    kind: &'static str,
}

/// The newest traces that match the filter, those that began last first.
pub(super) fn list(filter: &TraceFilter, store: &TraceStore, lines: &LineStore) -> Recent {
    let text = filter.text.as_ref().map(|it| it.to_lowercase());
    // The store is locked for one trace at a time, so that spans can arrive meanwhile.
    let matching = |id: String| {
        let of_trace = |traces: &[&Arriving], _| {
            let [arriving] = traces else { return None };
            let item = Item::new(arriving)?;
            (item.matches(filter, arriving) && has_text(text.as_deref(), arriving, lines)).then_some(item)
        };
        store.read(&id, of_trace).flatten()
    };
    let items = store.newest_first().into_iter().filter_map(matching).take(filter.limit).collect();
    Recent { items, since: store.since(), destination: None }
}

impl Item {
    fn new(arriving: &Arriving) -> Option<Self> {
        let trace = &arriving.trace;
        let root = &trace.spans[root(&trace.spans, &ids(&trace.spans))?];
        let start = trace.start();
        let end = trace.work().map(|it| it.end).max().unwrap_or(start);
        let errors = trace.spans.iter().filter(|it| it.failed()).count();
        let mut by_start: Vec<&Span> = trace.spans.iter().collect();
        by_start.sort_by_key(|it| it.start);
        let distinct = |texts: &mut dyn Iterator<Item = String>| {
            let mut seen: Vec<String> = Vec::new();
            for it in texts {
                if seen.len() < MAX_IDS && !seen.contains(&it) {
                    seen.push(it);
                }
            }
            seen
        };
        let named = |topic: Topic| {
            let id = |it: &&Span| it.attributes.get(topic.attribute()).map(ToString::to_string);
            distinct(&mut by_start.iter().filter_map(id))
        };
        Some(Self {
            trace_id: trace.id().to_owned(),
            root: Root { service: root.service.clone(), name: root.name.clone(), kind: kind(root.kind) },
            start: Micros(i64::try_from(start / 1_000).unwrap_or(i64::MAX)).to_rfc3339(),
            duration_ms: milliseconds(end.saturating_sub(start)),
            spans: trace.spans.len(),
            services: distinct(&mut by_start.iter().map(|it| it.service.clone())),
            errors,
            status: if errors > 0 { TraceStatus::Error } else { TraceStatus::Ok },
            complete: arriving.is_settled(QUIET),
            task_ids: named(Topic::Task),
            worker_ids: named(Topic::Worker),
        })
    }

    fn matches(&self, filter: &TraceFilter, arriving: &Arriving) -> bool {
        let spans = &arriving.trace.spans;
        let takes = |route: &String| {
            let of_span = |it: &Span| it.attributes.get(semconv::HTTP_ROUTE).is_some_and(|it| *it == **route);
            spans.iter().any(|it| it.name == *route || of_span(it))
        };
        #[expect(clippy::cast_precision_loss, reason = "2^53 milliseconds are longer than any trace")]
        let is_long = self.duration_ms >= filter.min_duration_ms as f64;
        is_long
            && filter.service.as_ref().is_none_or(|it| self.services.contains(it))
            && filter.route.as_ref().is_none_or(takes)
            && filter.status.is_none_or(|it| it == self.status)
            && (!filter.requests_only || spans.iter().any(is_request))
    }
}

/// Whether a span's name, an attribute's value or a log message contains the text, which is in lower case, or the trace id begins
/// with it.
fn has_text(text: Option<&str>, arriving: &Arriving, lines: &LineStore) -> bool {
    let Some(text) = text else { return true };
    if is_of_trace_id(text) && arriving.trace.id().starts_with(text) {
        return true;
    }
    let contains = |it: &str| it.to_lowercase().contains(text);
    let in_span =
        |it: &Span| contains(&it.name) || it.attributes.values().any(|it| contains(&it.to_string()));
    arriving.trace.spans.iter().any(in_span)
        || lines.of([arriving.trace.id()]).lines.iter().any(|it| contains(&it.message))
}

/// Whether a text can be meant as a trace id or the beginning of one.
fn is_of_trace_id(text: &str) -> bool {
    text.len() >= MIN_ID_DIGITS && text.bytes().all(|it| it.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::samples::request;

    #[test]
    fn a_trace_is_found_by_its_id_and_by_the_beginning_of_it() {
        let (id, other) = ("4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c");
        let store = TraceStore::default();
        store.add(vec![request(id, 0..10), request(other, 20..30)]);
        let found = |text: &str| {
            let filter = TraceFilter { text: Some(text.to_owned()), limit: 10, ..TraceFilter::default() };
            let items = list(&filter, &store, &LineStore::default()).items.into_iter();
            items.map(|it| it.trace_id).collect::<Vec<_>>()
        };
        for text in [id, &id.to_uppercase(), "4bf9", "4BF92F35"] {
            assert_eq!(found(text), [id], "{text}");
        }
        for text in ["4bf", "77b34da6", "4bf9x", &format!("{id}0")] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
