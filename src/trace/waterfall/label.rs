//! What a waterfall says about one span.

use telemetry::otlp::{Span, SpanKind};
use telemetry::semconv::CCM_TASK_ID;

use super::text::{clean, duration};

pub(super) const HTTP_STATUS: &str = "http.response.status_code";
pub(super) const GRPC_STATUS: &str = "rpc.status_code";

/// The name of a span, with a mark for a failure (✗), an outgoing call (→) and a consumer (⇢). The package of a gRPC
/// method is left out.
pub(super) fn label(span: &Span) -> String {
    let rpc = span.attributes.contains_key("rpc.system.name");
    let name = match span.name.split_once('/') {
        Some((service, method)) if rpc => {
            format!("{}/{method}", service.rsplit('.').next().unwrap_or(service))
        }
        _ => span.name.clone(),
    };
    let failure = if span.failed() { "✗ " } else { "" };
    let kind = match span.kind {
        SpanKind::Client if !span.attributes.contains_key("db.system.name") => "→ ",
        SpanKind::Consumer => "⇢ ",
        _ => "",
    };
    format!("{failure}{kind}{}", clean(&name))
}

/// The database system of a database span, else nothing.
pub(super) fn system(span: &Span) -> String {
    span.attributes
        .get("db.system.name")
        .map_or_else(String::new, |it| format!(" · {}", clean(&it.to_string())))
}

/// The status of a span that failed or was refused.
pub(super) fn outcome(span: &Span) -> Option<String> {
    let attribute = |key| span.attributes.get(key).map(|it| clean(&it.to_string()));
    let http = attribute(HTTP_STATUS).filter(|it| span.failed() || it.as_str() >= "400");
    let grpc = attribute(GRPC_STATUS).filter(|it| !matches!(it.as_str(), "OK" | "0"));
    let error = attribute("error.type").filter(|it| Some(it) != http.as_ref() && Some(it) != grpc.as_ref());
    // The description says in words what `error.type` names.
    let description = Some(clean(&span.description)).filter(|it| !it.is_empty());
    let why = description.or_else(|| attribute("ccm.error.reason")).or(error);
    let ended = attribute("ccm.request.outcome");
    let parts = [http.map(|it| format!("HTTP {it}")), grpc, why, ended];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    match (span.failed(), parts.is_empty()) {
        (true, true) => Some("✗ failed".to_owned()),
        (true, false) => Some(format!("✗ {}", parts.join("  "))),
        (false, true) => None,
        (false, false) => Some(parts.join("  ")),
    }
}

pub(super) fn elapsed(span: &Span) -> u64 {
    span.end.saturating_sub(span.start)
}

pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The life of a task in one line: what was asked, how it ended, how long it took.
pub(super) fn lifecycle(span: &Span, with_id: bool) -> String {
    let attribute = |key| span.attributes.get(key).map(|it| clean(&it.to_string()));
    let verb = attribute("ccm.task.verb").unwrap_or_else(|| "task".to_owned());
    let parts = [Some(verb), attribute("ccm.task.outcome"), Some(duration(elapsed(span)))];
    let mut line = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let id = attribute(CCM_TASK_ID).filter(|_| with_id).map(|it| format!("task {it}"));
    let described = Some(clean(&span.description)).filter(|it| !it.is_empty());
    let why = described.or_else(|| attribute("ccm.error.reason")).map(|it| format!("✗ {it}"));
    for more in [id, why].into_iter().flatten() {
        line.push_str("  ");
        line.push_str(&more);
    }
    line
}
