//! The columns of a waterfall: service, tree, bar, duration. All traces of a page share one axis.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, UNIX_EPOCH};

use humantime::format_rfc3339_millis;
use telemetry::otlp::Span;

use super::label::{HTTP_STATUS, count, elapsed, label, lifecycle, outcome, system};
use super::log::Logs;
use super::pauses::{self, Pause, Pauses};
use super::text::{Paint, clean, columns, cut, duration};
use super::timeline::{CUT, Timeline};
use super::timing::Timing;
use super::tree::{self, Relation, Row};
use super::{MIN_WIDTH, View};
use crate::trace::lines::Lines;
use crate::trace::store::{Trace, is_lifecycle, is_request};

const MAX_SERVICE_COLUMNS: usize = 16;
const MAX_LINKS: usize = 3;
pub(super) const GAP: &str = "  ";

pub(super) type Ink = fn(Paint, &str) -> String;

pub(super) struct Page<'a> {
    traces: &'a [Trace],
    pub(super) paint: Paint,
    width: usize,
    /// In the order of their first span.
    services: Vec<&'a str>,
    pub(super) timeline: Timeline,
    pauses: Pauses<'a>,
    logs: Logs<'a>,
    dropped_logs: usize,
    service_columns: usize,
    name_columns: usize,
    duration_columns: usize,
    /// If it is asked for.
    timing: Option<Timing>,
}

impl<'a> Page<'a> {
    pub(super) fn new(traces: &'a [Trace], logs: &'a Lines, view: View) -> Self {
        let spans = tree::by_start(traces.iter().flat_map(Trace::work));
        let mut seen = BTreeSet::new();
        let services: Vec<&str> =
            spans.iter().map(|it| it.service.as_str()).filter(|it| seen.insert(*it)).collect();
        let start = spans.first().map_or(0, |it| it.start);
        let end = spans.iter().map(|it| it.end).max().unwrap_or(start);
        let pauses = pauses::find(spans.iter().copied());
        let cuts = pauses.list.iter().map(|it| (it.from, it.to)).collect();
        let service_columns = services.iter().map(|it| columns(&clean(it))).max();
        let durations = spans.iter().map(|it| columns(&duration(elapsed(it))));
        let mut page = Self {
            traces,
            paint: Paint(view.colour),
            width: view.width.max(MIN_WIDTH),
            services,
            timeline: Timeline { start, length: end.saturating_sub(start), cuts },
            pauses,
            logs: Logs::of(&logs.lines),
            dropped_logs: logs.dropped,
            service_columns: service_columns.unwrap_or(0).min(MAX_SERVICE_COLUMNS),
            name_columns: 0,
            duration_columns: durations.chain([7]).max().unwrap_or(7),
            timing: view.timing.then(|| Timing::of(traces)),
        };
        let wanted =
            |it: &Row<'_>| columns(&it.branch) + columns(&label(it.span)) + columns(&system(it.span));
        let wanted = traces.iter().flat_map(|it| page.rows(it)).map(|it| wanted(&it)).max();
        page.name_columns = wanted.unwrap_or_default().min(page.max_name_columns());
        page
    }

    fn rows<'t>(&self, trace: &'t Trace) -> Vec<Row<'t>> {
        tree::rows(trace.work(), self.max_name_columns() / 4)
    }

    /// The largest width of the names: 11/20 of what the columns of service and times leave.
    fn max_name_columns(&self) -> usize {
        self.columns_of_name_and_bar() * 11 / 20
    }

    fn bar_columns(&self) -> usize {
        self.columns_of_name_and_bar() - self.name_columns
    }

    fn columns_of_name_and_bar(&self) -> usize {
        let own = self.timing.as_ref().map_or(0, |it| it.columns + GAP.len());
        self.width - self.service_columns - self.duration_columns - own - 3 * GAP.len()
    }

    /// What the page is about and some numbers, in one line, or in two when it is longer than the width.
    pub(super) fn head(&self, id: &str, name: &str, numbers: Vec<(Ink, String)>) -> Vec<String> {
        let (id, name) = (cut(&clean(id), 43), clean(name));
        let taken: usize = numbers.iter().map(|it| columns(&it.1) + GAP.len()).sum();
        let in_one = columns(&id) + GAP.len() + columns(&name) + taken <= self.width;
        let name = cut(&name, self.width.saturating_sub(taken));
        let name = Some(name).filter(|it| !it.is_empty()).map(|it| self.paint.bold(&it));
        let numbers = numbers.into_iter().map(|(ink, text)| ink(self.paint, &text));
        let rest = name.into_iter().chain(numbers).collect::<Vec<_>>().join(GAP);
        let id = self.paint.dim(&id);
        if in_one { vec![format!("{id}{GAP}{rest}")] } else { vec![id, rest] }
    }

    /// The HTTP status of a request.
    pub(super) fn status(span: &Span) -> Option<(Ink, String)> {
        let status = span.attributes.get(HTTP_STATUS)?;
        let ink = if span.failed() { Paint::red } else { Paint::bold };
        Some((ink, cut(&clean(&status.to_string()), 20)))
    }

    /// How long everything took, and how much it was.
    pub(super) fn size(&self, before: &str) -> [(Ink, String); 2] {
        let spans = self.traces.iter().map(|it| it.spans.len()).sum();
        let size = format!("{before}{}, {}", count(spans, "span"), count(self.services.len(), "service"));
        [(Paint::bold, duration(self.timeline.length)), (|_, it| it.to_owned(), size)]
    }

    /// The lives of tasks, a line each.
    pub(super) fn lifecycles(&self, with_id: bool) -> Vec<String> {
        let spans = self.traces.iter().flat_map(|it| &it.spans).filter(|it| is_lifecycle(it));
        let line = |it: &Span| {
            let line = cut(&lifecycle(it, with_id), self.width);
            if it.failed() { self.paint.red(&line) } else { self.paint.bold(&line) }
        };
        tree::by_start(spans).into_iter().map(line).collect()
    }

    /// The scale of the bars, and what the times behind them are if there are two.
    pub(super) fn ruler(&self) -> String {
        let before = self.service_columns + self.name_columns + 2 * GAP.len();
        let scale = self.timeline.ruler(self.bar_columns());
        let times = self.timing.as_ref().map(|it| {
            let (took, own) = (self.duration_columns, it.columns);
            format!("{GAP}{:>took$}{GAP}{:>own$}", "took", "self")
        });
        format!("{:before$}{}", "", self.paint.dim(&(scale + &times.unwrap_or_default())))
    }

    /// The line above a trace of a story: its id, its start, and how its request was answered.
    pub(super) fn heading(&self, trace: &Trace) -> String {
        let id = cut(&clean(trace.id()), 32);
        let start = format_rfc3339_millis(UNIX_EPOCH + Duration::from_nanos(trace.start()));
        let request = trace.spans.iter().filter(|it| is_request(it)).min_by_key(|it| it.start);
        let start = start.to_string();
        let taken = columns(&id) + columns(&start) + 2 * GAP.len();
        let status = request.and_then(Self::status).filter(|it| taken + columns(&it.1) <= self.width);
        let status = status.map(|(ink, text)| ink(self.paint, &text));
        let parts = [Some(self.paint.bold(&id)), Some(self.paint.dim(&start)), status];
        parts.into_iter().flatten().collect::<Vec<_>>().join(GAP)
    }

    /// The spans of a trace, with the pauses between them.
    pub(super) fn section(&self, trace: &Trace) -> Vec<String> {
        let pauses = pauses::find(trace.work()).list;
        let pauses: HashMap<*const Span, Pause<'_>> =
            pauses.into_iter().map(|it| (std::ptr::from_ref(it.before), it)).collect();
        let mut lines = Vec::new();
        for row in self.rows(trace) {
            if let Some(pause) = pauses.get(&std::ptr::from_ref(row.span)) {
                let stem: String = row.branch.chars().take(columns(&row.branch).saturating_sub(2)).collect();
                let stem = if row.branch.is_empty() { stem } else { format!("{stem}│ ") };
                lines.push(self.pause(&stem, Some(pause.to - pause.from), pause.reason.as_deref()));
            }
            lines.push(self.row(&row));
            lines.extend(self.remarks(&row));
            lines.extend(self.logged(&row));
        }
        if let Some(timing) = &self.timing {
            lines.extend(timing.path_of(trace, self.width, self.paint));
        }
        lines.extend(self.logged_elsewhere(trace));
        if trace.dropped > 0 {
            let dropped = format!("{} more spans arrived and were dropped", trace.dropped);
            lines.push(self.paint.yellow(&dropped));
        }
        lines
    }

    /// The pause between the traces above and the next one, if all of them had ended.
    pub(super) fn before(&self, above: &[Trace], next: &Trace) -> Vec<String> {
        let end = above.iter().flat_map(Trace::work).map(|it| it.end).max();
        let pause = self.pauses.list.iter().find(|it| it.to == next.start() && Some(it.from) == end);
        let pause = pause.map(|it| self.pause("", Some(it.to - it.from), it.reason.as_deref()));
        let blank = Some(String::new()).filter(|_| !above.is_empty());
        pause.into_iter().chain(blank).collect()
    }

    /// What is waited for at the end, unless the last work ended the life of a task.
    pub(super) fn pending(&self) -> Option<String> {
        let since = self.pauses.list.last().map_or(self.timeline.start, |it| it.to);
        let is_over = |it: &Span| is_lifecycle(it) && it.end >= since;
        if self.traces.iter().flat_map(|it| &it.spans).any(is_over) {
            return None;
        }
        let reason = self.pauses.pending.as_deref()?;
        Some(self.pause("", None, Some(reason)))
    }

    fn pause(&self, stem: &str, length: Option<u64>, reason: Option<&str>) -> String {
        let before = self.service_columns + GAP.len();
        let length = length.map(duration);
        let parts = [length.as_deref(), reason];
        let text = format!("{CUT} {}", parts.into_iter().flatten().collect::<Vec<_>>().join(GAP));
        let left = self.width.saturating_sub(before + columns(stem));
        format!("{:before$}{}{}", "", self.paint.dim(stem), self.paint.bold(&cut(&text, left)))
    }

    fn row(&self, row: &Row<'_>) -> String {
        let Row { span, branch, .. } = row;
        let service = cut(&clean(&span.service), self.service_columns);
        let service = format!("{service:<0$}", self.service_columns);
        let left = self.name_columns.saturating_sub(columns(branch));
        let name = cut(&label(span), left);
        let system = system(span);
        let system = if columns(&system) + columns(&name) <= left { system } else { String::new() };
        let padding = left.saturating_sub(columns(&name) + columns(&system));
        let [before, bar, after] = self.bar(span);
        let elapsed = format!("{:>1$}", duration(elapsed(span)), self.duration_columns);
        let own = self.colour_of(&span.service);
        let red =
            |text: &str, otherwise: String| if span.failed() { self.paint.red(text) } else { otherwise };
        let itself = self.timing.as_ref().map(|it| format!("{GAP}{}", it.own(span)));
        format!(
            "{}{GAP}{}{}{}{:padding$}{GAP}{}{}{}{GAP}{}{}",
            self.paint.with(own, &service),
            self.paint.dim(branch),
            red(&name, name.clone()),
            self.paint.dim(&system),
            "",
            self.paint.dim(&before),
            red(&bar, self.paint.with(own, &bar)),
            self.paint.dim(&after),
            red(&elapsed, elapsed.clone()),
            self.paint.dim(&itself.unwrap_or_default()),
        )
    }

    /// The bar of a span, and what stands before and behind it: dotted lines where time is left out.
    fn bar(&self, span: &Span) -> [String; 3] {
        let width = self.bar_columns();
        let bar = self.timeline.bar(span.start, span.end, width);
        let bar = self.timing.as_ref().map_or(bar.clone(), |it| it.mark(&bar, span, &self.timeline));
        let cuts = self.timeline.cut_columns(width);
        let from = bar.chars().take_while(|it| *it == ' ').count();
        let to = columns(bar.trim_end());
        let dotted = |column| if cuts.contains(&column) { '┊' } else { ' ' };
        [
            (0..from).map(dotted).collect(),
            bar.chars().take(to).skip(from).collect(),
            (to..width).map(dotted).collect(),
        ]
    }

    /// The lines below a span: a missing parent, the status of a failure, links.
    fn remarks(&self, row: &Row<'_>) -> Vec<String> {
        let span = row.span;
        let mut remarks: Vec<(Ink, String)> = Vec::new();
        match row.relation {
            Relation::Child | Relation::Root => {}
            Relation::Continued => {
                remarks.push((Paint::dim, format!("continues {}", clean(&span.parent_id))));
            }
            Relation::Orphan => remarks.push((Paint::yellow, "(parent not received)".to_owned())),
            Relation::Cycle => remarks.push((Paint::yellow, "(cycle: its own ancestor)".to_owned())),
        }
        if let Some(outcome) = outcome(span) {
            let ink = if span.failed() { Paint::red } else { Paint::yellow };
            remarks.push((ink, outcome));
        }
        // A link to the parent adds nothing.
        let links: Vec<_> = span.links.iter().filter(|it| it.span_id != span.parent_id).collect();
        for link in links.iter().take(MAX_LINKS) {
            let target = if link.trace_id == span.trace_id {
                format!("→ links to span {} of this trace", clean(&link.span_id))
            } else {
                format!("→ links to {}", clean(&link.trace_id))
            };
            remarks.push((Paint::dim, target));
        }
        if links.len() > MAX_LINKS {
            remarks.push((Paint::dim, format!("→ and {} more", count(links.len() - MAX_LINKS, "link"))));
        }
        let before = self.service_columns + GAP.len();
        let left = self.width.saturating_sub(before + columns(&row.below));
        let line = |(ink, text): (Ink, String)| {
            format!("{:before$}{}{}", "", self.paint.dim(&row.below), ink(self.paint, &cut(&text, left)))
        };
        remarks.into_iter().map(line).collect()
    }

    /// The log lines of a span, below it.
    fn logged(&self, row: &Row<'_>) -> Vec<String> {
        let (before, mark) = (self.service_columns + GAP.len(), format!("{}¶ ", row.below));
        let left = self.width.saturating_sub(before + columns(&mark));
        let lines = self.logs.within(row.span, left, self.paint);
        lines.into_iter().map(|it| format!("{:before$}{}{it}", "", self.paint.dim(&mark))).collect()
    }

    /// The log lines of a trace that belong to none of the spans that are shown.
    fn logged_elsewhere(&self, trace: &Trace) -> Vec<String> {
        let lines = self.logs.elsewhere(trace.id(), trace.work(), self.width - GAP.len(), self.paint);
        let title = Some("log lines of spans that are not shown:").filter(|_| !lines.is_empty());
        let title = title.map(|it| self.paint.yellow(it));
        title.into_iter().chain(lines.into_iter().map(|it| format!("{GAP}{it}"))).collect()
    }

    /// How many log lines are missing.
    pub(super) fn dropped_logs(&self) -> Option<String> {
        let dropped = Some(self.dropped_logs).filter(|it| *it > 0)?;
        Some(self.paint.yellow(&format!("{dropped} more log lines arrived and were dropped")))
    }

    /// The services of this product have the same colour in every trace; red is reserved for failures.
    fn colour_of(&self, service: &str) -> &'static str {
        const OTHERS: [&str; 5] = ["34", "96", "95", "92", "94"];
        match service {
            "gateway" => "36",
            "task-service" => "35",
            "worker-service" => "32",
            _ => OTHERS[self.services.iter().position(|it| *it == service).unwrap_or(0) % OTHERS.len()],
        }
    }
}
