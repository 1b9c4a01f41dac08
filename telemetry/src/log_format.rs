//! Formats `tracing` events as log lines, with the ids of the current span.

use std::fmt;

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
use crate::{audit, redact};
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
        let line = self.line(event).map_err(|_| fmt::Error)?;
        let text = std::str::from_utf8(&line).map_err(|_| fmt::Error)?;
        match self.format {
            LogFormat::Json => writeln!(writer, "{text}"),
            LogFormat::Text { colour } => {
                let line: LogLine = serde_json::from_str(text).map_err(|_| fmt::Error)?;
                writeln!(writer, "{}", line.to_text(colour))
            }
        }
    }
}

impl Lines {
    /// Writes the JSON of a [`LogLine`] without building one, because every request logs several lines.
    fn line(&self, event: &Event<'_>) -> serde_json::Result<Vec<u8>> {
        let is_audit = event.metadata().target() == audit::TARGET;
        let mut fields = Fields { is_audit, ..Fields::default() };
        event.record(&mut fields);
        let mut line = Json(Vec::with_capacity(384 + fields.others.0.len()));
        line.begin(&self.clock.now().to_rfc3339())?;
        line.put("level", event.metadata().level().as_str())?;
        line.put("service", self.service)?;
        line.put("target", event.metadata().target())?;
        // Events of the OpenTelemetry SDK have a name instead of a message.
        line.put("message", fields.message.as_deref().or(fields.name.as_deref()).unwrap_or_default())?;
        // tracing-opentelemetry activates the context of an entered `tracing` span, so this covers both kinds of spans.
        let ids = opentelemetry::Context::map_current(|it| {
            let span = it.span();
            let span = span.span_context();
            span.is_valid().then(|| (span.trace_id(), span.span_id()))
        });
        if let Some((trace_id, span_id)) = ids {
            line.put("trace_id", trace_id.to_string())?;
            line.put("span_id", span_id.to_string())?;
        }
        if fields.message.is_some()
            && let Some(name) = &fields.name
        {
            line.put("name", name)?;
        }
        line.0.extend(fields.others.0);
        line.0.push(b'}');
        Ok(line.0)
    }
}

/// A JSON object that is written member by member.
#[derive(Default)]
struct Json(Vec<u8>);

impl Json {
    fn begin(&mut self, timestamp: &str) -> serde_json::Result<()> {
        self.0.extend(b"{\"timestamp\":");
        serde_json::to_writer(&mut self.0, timestamp)
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
    message: Option<String>,
    name: Option<String>,
    others: Json,
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Serialize) {
        // Writing texts and numbers into memory cannot fail.
        let _ = self.others.put(field.name(), value);
    }

    fn text(&mut self, field: &Field, value: &str) {
        let value = redact::secrets(value);
        match field.name() {
            "message" => self.message = Some(value.into_owned()),
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
        self.text(field, &format!("{value:?}"));
    }
}
