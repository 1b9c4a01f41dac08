//! Renders a trace for a terminal: a tree of spans with a timeline, durations and failures.

mod text;
mod tree;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use telemetry::otlp::{Span, SpanKind};

use self::text::{Paint, Timeline, clean, columns, cut, duration};
use self::tree::{Relation, Row};
use super::store::{Trace, is_request};

const MIN_WIDTH: usize = 60;
const MAX_SERVICE_COLUMNS: usize = 16;
const MAX_LINKS: usize = 3;
const GAP: &str = "  ";

/// The trace as text of `width` columns, at least 60: one line per span, followed by its remarks.
pub(crate) fn render(trace: &Trace, width: usize, colour: bool) -> String {
    let page = Page::new(trace, width.max(MIN_WIDTH), Paint(colour));
    let mut lines = page.title();
    let rows = tree::rows(&trace.spans, page.max_name_columns() / 4);
    let wanted = |it: &Row<'_>| columns(&it.branch) + columns(&label(it.span)) + columns(&system(it.span));
    let names = rows.iter().map(wanted).max().unwrap_or_default().min(page.max_name_columns());
    lines.push(String::new());
    lines.push(page.ruler(names));
    for row in &rows {
        lines.push(page.row(row, names));
        lines.extend(page.remarks(row));
    }
    if trace.dropped > 0 {
        let dropped = format!("{} more spans arrived and were dropped", trace.dropped);
        lines.push(page.paint.yellow(&dropped));
    }
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", line.trim_end());
        text
    })
}

struct Page<'a> {
    trace: &'a Trace,
    paint: Paint,
    width: usize,
    /// In the order of their first span.
    services: Vec<&'a str>,
    timeline: Timeline,
    service_columns: usize,
    duration_columns: usize,
}

impl<'a> Page<'a> {
    fn new(trace: &'a Trace, width: usize, paint: Paint) -> Self {
        let mut by_start: Vec<&Span> = trace.spans.iter().collect();
        by_start.sort_by_key(|it| it.start);
        let mut seen = BTreeSet::new();
        let services: Vec<&str> =
            by_start.iter().map(|it| it.service.as_str()).filter(|it| seen.insert(*it)).collect();
        let start = by_start.first().map_or(0, |it| it.start);
        let end = trace.spans.iter().map(|it| it.end).max().unwrap_or(start);
        let timeline = Timeline { start, length: end.saturating_sub(start) };
        let durations = trace.spans.iter().map(|it| columns(&duration(elapsed(it))));
        Self {
            trace,
            paint,
            width,
            service_columns: services
                .iter()
                .map(|it| columns(&clean(it)))
                .max()
                .unwrap_or(0)
                .min(MAX_SERVICE_COLUMNS),
            services,
            timeline,
            duration_columns: durations.chain([7]).max().unwrap_or(7),
        }
    }

    /// The largest width of the names: 11/20 of what the columns of service and duration leave.
    fn max_name_columns(&self) -> usize {
        (self.width - self.service_columns - self.duration_columns - 3 * GAP.len()) * 11 / 20
    }

    fn bar_columns(&self, names: usize) -> usize {
        self.width - self.service_columns - names - self.duration_columns - 3 * GAP.len()
    }

    /// One line, or two when it is longer than the width.
    fn title(&self) -> Vec<String> {
        let spans = &self.trace.spans;
        let requests = spans.iter().filter(|it| is_request(it));
        let Some(root) =
            requests.min_by_key(|it| it.start).or_else(|| spans.iter().min_by_key(|it| it.start))
        else {
            return vec!["a trace without spans".to_owned()];
        };
        let id = cut(&clean(self.trace.id()), 32);
        let status = root.attributes.get(HTTP_STATUS).map(|it| cut(&clean(&it.to_string()), 20));
        let total = duration(self.timeline.length);
        let size = format!("{}, {}", count(spans.len(), "span"), count(self.services.len(), "service"));
        let numbers = [status.as_deref(), Some(total.as_str()), Some(size.as_str())];
        let taken: usize = numbers.iter().flatten().map(|it| columns(it) + GAP.len()).sum();
        let name = clean(&root.name);
        let in_one = columns(&id) + GAP.len() + columns(&name) + taken <= self.width;
        let painted = [
            Some(self.paint.bold(&cut(&name, self.width.saturating_sub(taken)))),
            status.map(|it| if root.error { self.paint.red(&it) } else { self.paint.bold(&it) }),
            Some(self.paint.bold(&total)),
            Some(size),
        ];
        let rest = painted.into_iter().flatten().collect::<Vec<_>>().join(GAP);
        let id = self.paint.dim(&id);
        if in_one { vec![format!("{id}{GAP}{rest}")] } else { vec![id, rest] }
    }

    /// The scale of the bars.
    fn ruler(&self, names: usize) -> String {
        let (half, end) = (duration(self.timeline.length / 2), duration(self.timeline.length));
        let bars = self.bar_columns(names);
        let left = (bars / 2).saturating_sub(columns(&half) / 2);
        let scale = if bars >= 30 { format!("{:<left$}{half}", "0") } else { "0".to_owned() };
        let right = bars.saturating_sub(columns(&scale));
        let before = self.service_columns + names + 2 * GAP.len();
        format!("{:before$}{}", "", self.paint.dim(&format!("{scale}{end:>right$}")))
    }

    fn row(&self, row: &Row<'_>, names: usize) -> String {
        let Row { span, branch, .. } = row;
        let service = cut(&clean(&span.service), self.service_columns);
        let service = format!("{service:<0$}", self.service_columns);
        let left = names.saturating_sub(columns(branch));
        let name = cut(&label(span), left);
        let system = system(span);
        let system = if columns(&system) + columns(&name) <= left { system } else { String::new() };
        let padding = left.saturating_sub(columns(&name) + columns(&system));
        let bar = self.timeline.bar(span.start, span.end, self.bar_columns(names));
        let elapsed = format!("{:>1$}", duration(elapsed(span)), self.duration_columns);
        let own = self.colour_of(&span.service);
        let red = |text: &str, otherwise: String| if span.error { self.paint.red(text) } else { otherwise };
        format!(
            "{}{GAP}{}{}{}{:padding$}{GAP}{}{GAP}{}",
            self.paint.with(own, &service),
            self.paint.dim(branch),
            red(&name, name.clone()),
            self.paint.dim(&system),
            "",
            red(&bar, self.paint.with(own, &bar)),
            red(&elapsed, elapsed.clone()),
        )
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
            let ink = if span.error { Paint::red } else { Paint::yellow };
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

type Ink = fn(Paint, &str) -> String;

const HTTP_STATUS: &str = "http.response.status_code";
const GRPC_STATUS: &str = "rpc.status_code";

/// The name of a span, with a mark for a failure (✗), an outgoing call (→) and a consumer (⇢). The package of a gRPC
/// method is left out.
fn label(span: &Span) -> String {
    let rpc = span.attributes.contains_key("rpc.system.name");
    let name = match span.name.split_once('/') {
        Some((service, method)) if rpc => {
            format!("{}/{method}", service.rsplit('.').next().unwrap_or(service))
        }
        _ => span.name.clone(),
    };
    let failure = if span.error { "✗ " } else { "" };
    let kind = match span.kind {
        SpanKind::Client if !span.attributes.contains_key("db.system.name") => "→ ",
        SpanKind::Consumer => "⇢ ",
        _ => "",
    };
    format!("{failure}{kind}{}", clean(&name))
}

/// The database system of a database span, else nothing.
fn system(span: &Span) -> String {
    span.attributes
        .get("db.system.name")
        .map_or_else(String::new, |it| format!(" · {}", clean(&it.to_string())))
}

/// The status of a span that failed or was refused.
fn outcome(span: &Span) -> Option<String> {
    let attribute = |key| span.attributes.get(key).map(|it| clean(&it.to_string()));
    let http = attribute(HTTP_STATUS).filter(|it| span.error || it.as_str() >= "400");
    let grpc = attribute(GRPC_STATUS).filter(|it| !matches!(it.as_str(), "OK" | "0"));
    let error = attribute("error.type").filter(|it| Some(it) != http.as_ref() && Some(it) != grpc.as_ref());
    // The description says in words what `error.type` names.
    let description = Some(clean(&span.description)).filter(|it| !it.is_empty());
    let why = description.or_else(|| attribute("ccm.error.reason")).or(error);
    let ended = attribute("ccm.request.outcome");
    let parts = [http.map(|it| format!("HTTP {it}")), grpc, why, ended];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    match (span.error, parts.is_empty()) {
        (true, true) => Some("✗ failed".to_owned()),
        (true, false) => Some(format!("✗ {}", parts.join("  "))),
        (false, true) => None,
        (false, false) => Some(parts.join("  ")),
    }
}

fn elapsed(span: &Span) -> u64 {
    span.end.saturating_sub(span.start)
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
