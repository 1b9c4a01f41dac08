//! From a `tracing` event to a [`LogLine`], with the ids of the span it happened in.

use std::fmt;

use opentelemetry::trace::TraceContextExt as _;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_appender::non_blocking::NonBlocking;
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use super::log_line::LogLine;
use crate::clock::Clock;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A JSON object a line.
    Json,
    /// Text for a terminal.
    Text {
        /// Whether with colours.
        colour: bool,
    },
}

pub(super) fn layer<S>(
    service: &'static str,
    format: LogFormat,
    clock: Clock,
    writer: NonBlocking,
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
        let mut fields = Fields::default();
        event.record(&mut fields);
        // OpenTelemetry's own events have a name in its place.
        if fields.message.is_empty()
            && let Some(Value::String(name)) = fields.others.remove("name")
        {
            fields.message = name;
        }
        let context = opentelemetry::Context::current();
        let span = context.span().span_context().clone();
        let line = LogLine {
            timestamp: self.clock.now().to_rfc3339(),
            level: event.metadata().level().to_string(),
            service: self.service.to_owned(),
            target: event.metadata().target().to_owned(),
            message: fields.message,
            trace_id: span.is_valid().then(|| span.trace_id().to_string()),
            span_id: span.is_valid().then(|| span.span_id().to_string()),
            fields: fields.others,
        };
        match self.format {
            LogFormat::Json => writeln!(writer, "{}", serde_json::to_string(&line).map_err(|_| fmt::Error)?),
            LogFormat::Text { colour } => writeln!(writer, "{}", line.to_text(colour)),
        }
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        if field.name() == "message" {
            self.message = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        } else {
            self.others.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let causes = std::iter::successors(Some(value), |it| it.source()).map(ToString::to_string);
        self.put(field, causes.collect::<Vec<_>>().join(": ").into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
}
