//! Where the time of a trace went, of the same computation that the page in the browser shows: the self time of each span
//! behind its duration, and the critical path as the full part of the bars, with a list of what it went through.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use telemetry::otlp::Span;

use super::label::{count, label, system};
use super::page::GAP;
use super::text::{Paint, clean, columns, cut, duration};
use super::timeline::Timeline;
use crate::trace::store::Trace;
use crate::trace::timing::{Tree, ids, root};

/// How many places of a critical path are listed; the others are summed up.
const MAX_PLACES: usize = 5;
/// What a bar consists of where the critical path does not go through the span.
const ASIDE: char = '─';

pub(super) struct Timing {
    /// By the address of the span, because two spans may have the same id.
    spans: HashMap<*const Span, Own>,
    /// Width of the self times.
    pub(super) columns: usize,
}

struct Own {
    self_time: u64,
    /// When the critical path went through the span, in nanoseconds since 1970.
    path: Vec<Range<u64>>,
}

/// The spans of one service and name on a critical path: how many there are, and how long they were on it.
#[derive(Default)]
struct Place {
    spans: usize,
    took: u64,
}

impl Timing {
    pub(super) fn of(traces: &[Trace]) -> Self {
        let mut spans = HashMap::new();
        for trace in traces {
            let tree = Tree::new(&trace.spans);
            for span in &trace.spans {
                let own = Own { self_time: tree.self_time(span), path: Vec::new() };
                spans.insert(std::ptr::from_ref(span), own);
            }
            let path = root(&trace.spans, &ids(&trace.spans)).map(|it| tree.critical_path(it));
            for part in path.unwrap_or_default() {
                if let Some(own) = spans.get_mut(&std::ptr::from_ref(&trace.spans[part.span])) {
                    own.path.push(part.at);
                }
            }
        }
        let widths = spans.values().map(|it: &Own| columns(&duration(it.self_time)));
        Self { columns: widths.chain([7]).max().unwrap_or(7), spans }
    }

    fn path(&self, span: &Span) -> &[Range<u64>] {
        self.spans.get(&std::ptr::from_ref(span)).map_or(&[], |it| &it.path)
    }

    /// The self time of a span, right-aligned.
    pub(super) fn own(&self, span: &Span) -> String {
        let own = self.spans.get(&std::ptr::from_ref(span)).map(|it| duration(it.self_time));
        format!("{:>1$}", own.unwrap_or_default(), self.columns)
    }

    /// The bar, with a line in place of its blocks where the critical path does not go through the span.
    pub(super) fn mark(&self, bar: &str, span: &Span, timeline: &Timeline) -> String {
        let mut cells: Vec<char> = bar.chars().map(|it| if it == ' ' { ' ' } else { ASIDE }).collect();
        for part in self.path(span) {
            let full = timeline.bar(part.start, part.end, cells.len());
            for (cell, full) in cells.iter_mut().zip(full.chars()).filter(|it| it.1 != ' ') {
                *cell = full;
            }
        }
        cells.into_iter().collect()
    }

    /// What the critical path of a trace went through, the longest first.
    pub(super) fn path_of(&self, trace: &Trace, width: usize, paint: Paint) -> Vec<String> {
        let mut places: BTreeMap<(&str, String), Place> = BTreeMap::new();
        for span in trace.spans.iter().filter(|it| !self.path(it).is_empty()) {
            let name = format!("{}{}", label(span), system(span));
            let place = places.entry((&span.service, name)).or_default();
            place.spans += 1;
            place.took += self.path(span).iter().map(|it| it.end - it.start).sum::<u64>();
        }
        let total: u64 = places.values().map(|it| it.took).sum();
        if total == 0 {
            return Vec::new();
        }
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_by_key(|it| Reverse(it.1.took));
        let rest = places.split_off(places.len().min(MAX_PLACES));
        let services = places.iter().map(|it| columns(&clean(it.0.0))).max().unwrap_or(0).min(16);
        let line = |took: u64, service: &str, name: &str| {
            let share = u128::from(took) * 100 / u128::from(total);
            let service = cut(&clean(service), services);
            let line =
                format!("{GAP}{share:>3} %{GAP}{:>7}{GAP}{service:<services$}{GAP}{name}", duration(took));
            cut(line.trim_end(), width)
        };
        let of = root(&trace.spans, &ids(&trace.spans)).map(|it| label(&trace.spans[it]));
        let title = format!("█ critical path of {}: {}", of.unwrap_or_default(), duration(total));
        let mut lines = vec![String::new(), paint.bold(&cut(&title, width))];
        for ((service, name), Place { spans, took }) in &places {
            let times = if *spans > 1 { format!(" ×{spans}") } else { String::new() };
            lines.push(line(*took, service, &format!("{name}{times}")));
        }
        if !rest.is_empty() {
            let spans = rest.iter().map(|it| it.1.spans).sum();
            let took = rest.iter().map(|it| it.1.took).sum();
            lines.push(line(took, "", &count(spans, "other span")));
        }
        lines
    }
}
