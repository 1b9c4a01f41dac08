//! Log lines in a waterfall: below the span in which they were logged.

use std::collections::{HashMap, HashSet};

use telemetry::log_line::LogLine;
use telemetry::otlp::Span;

use super::page::{GAP, Ink};
use super::text::{Paint, clean, columns, cut};

/// Columns of a level.
const LEVEL: usize = 5;
/// Most rows of one field.
const MAX_ROWS: usize = 20;

/// Log lines by trace id and span id.
#[derive(Default)]
pub(super) struct Logs<'a>(HashMap<(&'a str, &'a str), Vec<&'a LogLine>>);

impl<'a> Logs<'a> {
    pub(super) fn of(lines: &'a [LogLine]) -> Self {
        let mut logs: HashMap<_, Vec<_>> = HashMap::new();
        for line in lines {
            let ids =
                (line.trace_id.as_deref().unwrap_or_default(), line.span_id.as_deref().unwrap_or_default());
            logs.entry(ids).or_default().push(line);
        }
        Self(logs)
    }

    /// The lines that were logged in a span, each in one or more lines of at most `width` columns.
    pub(super) fn within(&self, span: &Span, width: usize, paint: Paint) -> Vec<String> {
        let lines = self.0.get(&(span.trace_id.as_str(), span.span_id.as_str()));
        lines.into_iter().flatten().flat_map(|it| shown(it, None, width, paint)).collect()
    }

    /// The lines of a trace in none of these spans, with the service of each.
    pub(super) fn elsewhere<'s>(
        &self,
        trace_id: &str,
        spans: impl Iterator<Item = &'s Span>,
        width: usize,
        paint: Paint,
    ) -> Vec<String> {
        let drawn: HashSet<&str> = spans.map(|it| it.span_id.as_str()).collect();
        let others = self.0.iter().filter(|((trace, span), _)| *trace == trace_id && !drawn.contains(span));
        let mut others: Vec<&LogLine> = others.flat_map(|it| it.1).copied().collect();
        others.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
        others.into_iter().flat_map(|it| shown(it, Some(&it.service), width, paint)).collect()
    }
}

/// A text in pieces of at most `width` columns; a very long one ends in an ellipsis.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let text: Vec<char> = cut(text, MAX_ROWS * width).chars().collect();
    text.chunks(width).map(|it| it.iter().collect()).collect()
}

/// Level, service, message and fields; what does not fit into a line goes on below the message.
fn shown(line: &LogLine, service: Option<&str>, width: usize, paint: Paint) -> Vec<String> {
    let ink: Ink = match line.level.as_str() {
        "ERROR" => Paint::red,
        "WARN" => Paint::yellow,
        _ => Paint::dim,
    };
    let level = cut(&clean(&line.level), LEVEL);
    let room = width.saturating_sub(LEVEL + 1).max(1);
    let mut parts: Vec<String> = service.map(clean).into_iter().collect();
    parts.push(clean(&line.message));
    parts.extend(line.fields_as_text().map(|(name, value)| format!("{}={}", clean(name), clean(&value))));
    let mut rows: Vec<String> = Vec::new();
    for part in parts.iter().flat_map(|it| pieces(it, room)) {
        match rows.last_mut() {
            Some(row) if columns(row) + GAP.len() + columns(&part) <= room => {
                row.push_str(GAP);
                row.push_str(&part);
            }
            _ => rows.push(part),
        }
    }
    let first = |at: usize| if at == 0 { ink(paint, &format!("{level:<LEVEL$}")) } else { " ".repeat(LEVEL) };
    rows.iter().enumerate().map(|(at, row)| format!("{} {row}", first(at))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::trace::lines::Lines;
    use crate::trace::samples::{log_line, request, span};
    use crate::trace::store::Trace;
    use crate::trace::waterfall::{View, render};

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn log_lines_stand_below_their_span_and_long_ones_go_on_below_themselves() {
        let mut call = log_line(ID, "call", "call");
        let method = "a.very.very.long.package.Service/Method";
        for (name, value) in [("code", json!("OK")), ("method", json!(method))] {
            call.fields.insert(name.to_owned(), value);
        }
        call.fields.insert("evil".to_owned(), json!("\u{1b}[2J"));
        let mut lost = log_line(ID, "lost", "a worker failed");
        lost.level = "WARN".to_owned();
        let logs = Lines { lines: vec![call, log_line(ID, "request", "request"), lost], dropped: 2 };
        let trace =
            Trace { spans: vec![request(ID, 0..90), span(ID, "call", "request", 10..80)], dropped: 0 };
        let drawn = render(&trace, &logs, View { width: 60, colour: false, timing: false });
        let below: Vec<&str> = drawn.lines().skip_while(|it| !it.starts_with("gateway")).collect();
        let expected = [
            "gateway       POST /api/tasks  ████████████████████    90 µs",
            "              │ ¶ INFO  request",
            "task-service  └ call             ███████████████▊      70 µs",
            "                  ¶ INFO  call  code=OK  evil=\"\\u{1b}[2J\"",
            "                  ¶       method=a.very.very.long.package.Se",
            "                  ¶       rvice/Method",
            "log lines of spans that are not shown:",
            "  WARN  task-service  a worker failed",
            "2 more log lines arrived and were dropped",
        ];
        assert_eq!(below, expected, "\n{drawn}");
    }
}
