//! Log records without secrets. The lines on standard output are redacted when they are written; records of the SDK are
//! made by another library, and cannot be changed: a record with a secret is replaced by a copy.

use std::borrow::Cow;

use opentelemetry::Key;
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry_sdk::logs::{SdkLogRecord, SdkLogger, SdkLoggerProvider};

use crate::redact;

/// Makes records without secrets.
#[derive(Debug)]
pub(super) struct Redacting {
    /// Makes empty records.
    logger: SdkLogger,
}

impl Redacting {
    pub(super) fn new() -> Self {
        Self { logger: SdkLoggerProvider::builder().build().logger("") }
    }

    /// Returns a copy without secrets, if the record has some.
    pub(super) fn copy_of(&self, record: &SdkLogRecord) -> Option<SdkLogRecord> {
        let is_clean = record.body().is_none_or(|it| redacted(it).is_none())
            && record.attributes_iter().all(|(key, value)| of_attribute(key, value).is_none());
        if is_clean {
            return None;
        }
        let mut copy = self.logger.create_log_record();
        if let Some(name) = record.event_name() {
            copy.set_event_name(name);
        }
        if let Some(target) = record.target() {
            copy.set_target(target.clone());
        }
        if let Some(time) = record.timestamp() {
            copy.set_timestamp(time);
        }
        if let Some(time) = record.observed_timestamp() {
            copy.set_observed_timestamp(time);
        }
        if let Some(text) = record.severity_text() {
            copy.set_severity_text(text);
        }
        if let Some(number) = record.severity_number() {
            copy.set_severity_number(number);
        }
        if let Some(trace) = record.trace_context() {
            copy.set_trace_context(trace.trace_id, trace.span_id, trace.trace_flags);
        }
        if let Some(body) = record.body() {
            copy.set_body(redacted(body).unwrap_or_else(|| body.clone()));
        }
        for (key, value) in record.attributes_iter() {
            copy.add_attribute(key.clone(), of_attribute(key, value).unwrap_or_else(|| value.clone()));
        }
        Some(copy)
    }
}

/// The value of an attribute without secrets, if it has some.
fn of_attribute(key: &Key, value: &AnyValue) -> Option<AnyValue> {
    if redact::is_secret_field(key.as_str()) {
        return Some(AnyValue::from(redact::REDACTED));
    }
    redacted(value)
}

fn redacted(value: &AnyValue) -> Option<AnyValue> {
    let AnyValue::String(text) = value else { return None };
    match redact::secrets(text.as_str()) {
        Cow::Owned(clean) => Some(AnyValue::from(clean)),
        Cow::Borrowed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_with_a_secret_is_copied_without_it() {
        let redacting = Redacting::new();
        let mut record = redacting.logger.create_log_record();
        record.set_body(AnyValue::from("cannot open postgres://ada:hunter2@db/tasks"));
        record.add_attribute("password", "hunter2");
        record.add_attribute("status", 503);
        let copy = redacting.copy_of(&record).expect("a copy");
        let shown = format!("{copy:?}");
        assert!(!shown.contains("hunter2") && shown.contains("REDACTED") && shown.contains("503"), "{shown}");
        assert!(redacting.copy_of(&copy).is_none_or(|it| !format!("{it:?}").contains("hunter2")));
        let mut plain = redacting.logger.create_log_record();
        plain.set_body(AnyValue::from("request"));
        assert!(redacting.copy_of(&plain).is_none());
    }
}
