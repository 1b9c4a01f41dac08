//! One log line: JSON for machines, text for a terminal, and back from JSON, so that `ccm up` can show its children's.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A log line. Its fields stand beside the others in the JSON object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// RFC 3339, UTC, with microseconds.
    pub timestamp: String,
    /// ERROR, WARN, INFO, DEBUG or TRACE.
    pub level: String,
    /// Name of the process.
    pub service: String,
    /// Where in the code.
    pub target: String,
    /// What happened.
    pub message: String,
    /// The trace it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl LogLine {
    /// One line of text, without its end: time of day, level, service, message, fields, trace id.
    #[must_use]
    pub fn to_text(&self, colour: bool) -> String {
        let time = self.timestamp.get(11..23).unwrap_or(&self.timestamp);
        let (on, dim, off) =
            if colour { (colour_of(&self.level), "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
        let mut text = format!(
            "{dim}{time}{off} {on}{:<5}{off} {:<14} {}",
            self.level,
            self.service,
            without_controls(&self.message)
        );
        for (name, value) in &self.fields {
            let shown = match value {
                Value::String(it) => printable(it),
                Value::Number(it) if it.is_f64() => format!("{:.1}", it.as_f64().unwrap_or_default()),
                other => other.to_string(),
            };
            let _ = write!(text, " {dim}{name}={off}{shown}");
        }
        if let Some(trace) = &self.trace_id {
            let _ = write!(text, " {dim}trace={trace}{off}");
        }
        text
    }
}

/// A terminal obeys control characters; those of a client, or of a library's error, must not reach it.
#[must_use]
pub fn without_controls(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect()
}

fn printable(text: &str) -> String {
    let escaped = text.chars().any(|it| it.is_control() || it.is_whitespace() || it == '"');
    if escaped { format!("{text:?}") } else { text.to_owned() }
}

fn colour_of(level: &str) -> &'static str {
    match level {
        "ERROR" => "\x1b[31m",
        "WARN" => "\x1b[33m",
        "INFO" => "\x1b[32m",
        _ => "\x1b[34m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_read_back_shows_as_text_what_it_said_as_json() {
        let json = r#"{"timestamp":"2026-11-22T09:10:11.123456Z","level":"INFO","service":"gateway","target":"t",
            "message":"request","trace_id":"4bf9","method":"GET","status":200,"duration_ms":1.25,"agent":"a\u001b[2J"}"#;
        let line: LogLine = serde_json::from_str(json).unwrap();
        let text = line.to_text(false);
        assert!(text.starts_with("09:10:11.123 INFO  gateway        request"), "{text}");
        for part in ["method=GET", "status=200", "duration_ms=1.2", "trace=4bf9", r#"agent="a\u{1b}[2J""#] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
