//! Formats `tracing` events as log lines, with the ids of the current span.

use std::cell::RefCell;
use std::fmt::{self, Write as _};

use opentelemetry::trace::TraceContextExt as _;
use serde::Serialize;
use serde_json::value::RawValue;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use super::log_line::LogLine;
use super::log_writer::LogWriter;
use crate::{audit, hexadecimal, redact};
use platform::clock::Clock;

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Text for a terminal.
    Text {
        /// Whether to use colours.
        colour: bool,
    },
}

pub(super) fn layer<S>(
    service: &'static str,
    format: LogFormat,
    clock: Clock,
    writer: LogWriter,
) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer().event_format(Lines { service, format, clock }).with_writer(writer)
}

struct Lines {
    service: &'static str,
    format: LogFormat,
    clock: Clock,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        thread_local! {
            /// The buffers are kept, because every request logs several lines.
            static KEPT: RefCell<Parts> = RefCell::default();
        }
        KEPT.with(|kept| match kept.try_borrow_mut() {
            Ok(mut parts) => self.format(&mut writer, event, &mut parts),
            // The event of a value that logs while it is formatted.
            Err(_) => self.format(&mut writer, event, &mut Parts::default()),
        })
    }
}

impl Lines {
    fn format(&self, writer: &mut Writer<'_>, event: &Event<'_>, parts: &mut Parts) -> fmt::Result {
        self.line(event, parts).map_err(|_| fmt::Error)?;
        let text = std::str::from_utf8(&parts.line.0).map_err(|_| fmt::Error)?;
        match self.format {
            LogFormat::Json => {
                writer.write_str(text)?;
                writer.write_char('\n')
            }
            LogFormat::Text { colour } => {
                let line: LogLine = serde_json::from_str(text).map_err(|_| fmt::Error)?;
                writeln!(writer, "{}", line.to_text(colour))
            }
        }
    }

    /// Writes the JSON of a [`LogLine`] without building one.
    fn line(&self, event: &Event<'_>, parts: &mut Parts) -> serde_json::Result<()> {
        let Parts { line, fields } = parts;
        fields.begin(event.metadata().target() == audit::TARGET);
        event.record(fields);
        fields.text.clear();
        self.clock.now().append_rfc3339(&mut fields.text);
        line.0.clear();
        line.put_plain(b"{\"timestamp\":\"", &fields.text);
        line.put_plain(b",\"level\":\"", event.metadata().level().as_str());
        line.put("service", self.service)?;
        line.put("target", event.metadata().target())?;
        // Events of the OpenTelemetry SDK have a name instead of a message.
        let Fields { has_message, message, name, others, .. } = &*fields;
        let alone = name.as_deref().filter(|_| !has_message);
        line.put("message", alone.unwrap_or(message))?;
        // tracing-opentelemetry activates the context of an entered `tracing` span, so this covers both kinds of spans.
        let ids = opentelemetry::Context::map_current(|it| {
            let span = it.span();
            let span = span.span_context();
            span.is_valid().then(|| (span.trace_id(), span.span_id()))
        });
        if let Some((trace_id, span_id)) = ids {
            let trace_id = hexadecimal::written([0; 32], &[(0, &trace_id.to_bytes())]);
            let span_id = hexadecimal::written([0; 16], &[(0, &span_id.to_bytes())]);
            line.put_plain(b",\"trace_id\":\"", hexadecimal::as_str(&trace_id));
            line.put_plain(b",\"span_id\":\"", hexadecimal::as_str(&span_id));
        }
        if let Some(name) = name.as_deref().filter(|_| *has_message) {
            line.put("name", name)?;
        }
        line.0.extend_from_slice(&others.0);
        line.0.push(b'}');
        Ok(())
    }
}

/// The parts of a line that is being written.
#[derive(Default)]
struct Parts {
    line: Json,
    fields: Fields,
}

/// A JSON object that is written member by member.
#[derive(Default)]
struct Json(Vec<u8>);

impl Json {
    /// Writes a member whose value is a text without characters that JSON escapes.
    fn put_plain(&mut self, beginning: &[u8], value: &str) {
        self.0.extend_from_slice(beginning);
        self.0.extend_from_slice(value.as_bytes());
        self.0.push(b'"');
    }

    fn put(&mut self, name: &str, value: impl Serialize) -> serde_json::Result<()> {
        self.0.push(b',');
        serde_json::to_writer(&mut self.0, name)?;
        self.0.push(b':');
        serde_json::to_writer(&mut self.0, &value)
    }
}

/// The fields of an event, without secrets.
#[derive(Default)]
struct Fields {
    is_audit: bool,
    has_message: bool,
    message: String,
    name: Option<String>,
    others: Json,
    /// The text of the value at hand.
    text: String,
}

impl Fields {
    fn begin(&mut self, is_audit: bool) {
        self.message.clear();
        self.others.0.clear();
        (self.is_audit, self.has_message, self.name) = (is_audit, false, None);
    }

    fn put(&mut self, field: &Field, value: impl Serialize) {
        // Writing texts and numbers into memory cannot fail.
        let _ = self.others.put(field.name(), value);
    }

    fn text(&mut self, field: &Field, value: &str) {
        let value = redact::secrets(value);
        match field.name() {
            "message" => {
                self.message.clear();
                self.message.push_str(&value);
                self.has_message = true;
            }
            "name" => self.name = Some(value.into_owned()),
            name if redact::is_secret_field(name) => self.put(field, redact::REDACTED),
            name if self.is_audit && audit::JSON_FIELDS.contains(&name) => {
                match serde_json::from_str::<&RawValue>(&value) {
                    Ok(json) => self.put(field, json),
                    Err(_) => self.put(field, value),
                }
            }
            _ => self.put(field, value),
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.text(field, &platform::causes::chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        // Writing into memory fails only if the value says so; the text up to there is shown.
        let _ = write!(text, "{value:?}");
        self.text(field, &text);
        self.text = text;
    }
}
