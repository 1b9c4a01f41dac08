//! A log line, as JSON and as text for a terminal. `ccm up` parses the JSON lines of its children and prints text.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A log line. In the JSON object, `fields` are members at the top level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// Time in RFC 3339 format: UTC, with microseconds.
    pub timestamp: String,
    /// Level: ERROR, WARN, INFO, DEBUG or TRACE.
    pub level: String,
    /// Name of the process.
    pub service: String,
    /// Module that logged the line.
    pub target: String,
    /// Message of the line.
    pub message: String,
    /// Id of the trace in which the line was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Id of the span in which the line was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// All other fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl LogLine {
    /// Formats the line as text without a line break: time of day, level, service, message, fields, trace id.
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
        for (name, shown) in self.fields_as_text() {
            let _ = write!(text, " {dim}{name}={off}{shown}");
        }
        if let Some(trace) = &self.trace_id {
            let _ = write!(text, " {dim}trace={trace}{off}");
        }
        text
    }
}

impl LogLine {
    /// The names and values of the fields; a value without control characters, and in quotes if it contains a space.
    pub fn fields_as_text(&self) -> impl Iterator<Item = (&String, String)> {
        self.fields.iter().map(|(name, value)| {
            let shown = match value {
                Value::String(it) => printable(it),
                Value::Number(it) if it.is_f64() => format!("{:.1}", it.as_f64().unwrap_or_default()),
                other => other.to_string(),
            };
            (name, shown)
        })
    }
}

/// Replaces control characters, so that text of clients or libraries cannot control the terminal.
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
    fn a_line_parsed_from_json_is_printed_as_text() {
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
