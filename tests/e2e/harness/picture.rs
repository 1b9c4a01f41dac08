//! A trace as a picture: a line a span with all its attributes, indented under its parent, without what differs between
//! two runs (ids, times, ports). Texts stand in quotes, so that a number that was sent as a text can be seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use telemetry::otlp::{AttributeValue, Span, SpanKind};

/// Attributes whose values differ between runs.
const MASKED: [&str; 4] = ["ccm.task.id", "ccm.worker.id", "network.peer.port", "server.port"];

/// Draws `spans`. `outside` is the span id of the caller, if he sent one.
pub(crate) fn picture(spans: &[Span], outside: Option<&str>) -> String {
    let mut children: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in spans {
        children.entry(&span.parent_id).or_default().push(span);
    }
    let mut text = String::new();
    let mut drawn = 0;
    match outside {
        Some(id) => {
            text.push_str("(outside)\n");
            drawn += draw(&mut text, &children, id, 1);
        }
        None => drawn += draw(&mut text, &children, "", 0),
    }
    if drawn < spans.len() {
        let _ = writeln!(text, "{} spans whose parent is not in the trace", spans.len() - drawn);
    }
    text
}

fn draw(text: &mut String, children: &BTreeMap<&str, Vec<&Span>>, parent: &str, depth: usize) -> usize {
    let mut siblings = children.get(parent).cloned().unwrap_or_default();
    siblings.sort_by_key(|it| it.start);
    let mut drawn = 0;
    for span in siblings {
        let indent = "    ".repeat(depth);
        let error = if span.failed() { format!("  ERROR {:?}", span.description) } else { String::new() };
        let _ = writeln!(text, "{indent}{} {} {}{error}", span.service, kind(span.kind), span.name);
        for (name, value) in &span.attributes {
            let _ = writeln!(text, "{indent}  · {name}={}", shown(value, MASKED.contains(&name.as_str())));
        }
        drawn += 1 + draw(text, children, &span.span_id, depth + 1);
    }
    drawn
}

fn shown(value: &AttributeValue, masked: bool) -> String {
    let text = if masked { "…".to_owned() } else { value.to_string() };
    match value {
        AttributeValue::Text(_) => format!("{text:?}"),
        AttributeValue::List(values) => {
            let values: Vec<String> = values.iter().map(|it| shown(it, masked)).collect();
            format!("[{}]", values.join(", "))
        }
        AttributeValue::Other(_) => format!("({text})"),
        AttributeValue::Integer(_) | AttributeValue::Double(_) | AttributeValue::Bool(_) => text,
    }
}

fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Internal => "INTERNAL",
        SpanKind::Server => "SERVER",
        SpanKind::Client => "CLIENT",
        SpanKind::Producer => "PRODUCER",
        SpanKind::Consumer => "CONSUMER",
    }
}
