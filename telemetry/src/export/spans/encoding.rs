//! Writes ended spans as the `ExportTraceServiceRequest` of [OTLP](https://opentelemetry.io/docs/specs/otlp/), directly from what
//! the SDK keeps of them. The messages of opentelemetry-proto would first copy each key and each text, and then measure every
//! attribute once for each message that it is in, which took more than all else that is done for a span. The test compares
//! both ways.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use opentelemetry::trace::{Event, Link, SpanId, SpanKind, Status};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, Value};
use opentelemetry_proto::tonic::trace::v1::SpanFlags;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;

/// The usual size of a span in bytes.
const USUAL_SIZE: usize = 640;

// Wire types of protobuf.
const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const LENGTH: u8 = 2;
const FIXED_32: u8 = 5;

/// A request with all spans of a batch, those of one instrumentation scope together.
pub(super) fn request(batch: &[SpanData], resource: &Resource) -> Bytes {
    let mut scopes: Vec<(&InstrumentationScope, Vec<&SpanData>)> = Vec::new();
    for span in batch {
        let scope = &span.instrumentation_scope;
        match scopes.iter_mut().find(|it| it.0 == scope) {
            Some((_, spans)) => spans.push(span),
            None => scopes.push((scope, Vec::from([span]))),
        }
    }
    let mut request = Message(Vec::with_capacity(batch.len() * USUAL_SIZE));
    request.message(1, |it| {
        it.message(1, |it| resource.iter().for_each(|(key, value)| it.attribute(1, key, value)));
        for (scope, spans) in scopes {
            it.message(2, |it| {
                it.message(1, |it| it.scope(scope));
                for span in spans {
                    it.message(2, |it| it.span(span));
                }
                it.text(3, scope.schema_url().unwrap_or_default());
            });
        }
        it.text(3, resource.schema_url().unwrap_or_default());
    });
    Bytes::from(request.0)
}

/// The bytes of a protobuf message. Fields with their default value are left out.
struct Message(Vec<u8>);

impl Message {
    fn scope(&mut self, scope: &InstrumentationScope) {
        self.text(1, scope.name());
        self.text(2, scope.version().unwrap_or_default());
        for attribute in scope.attributes() {
            self.attribute(3, &attribute.key, &attribute.value);
        }
    }

    fn span(&mut self, span: &SpanData) {
        let context = &span.span_context;
        self.bytes(1, &context.trace_id().to_bytes());
        self.bytes(2, &context.span_id().to_bytes());
        self.text(3, &context.trace_state().header());
        if span.parent_span_id != SpanId::INVALID {
            self.bytes(4, &span.parent_span_id.to_bytes());
        }
        self.text(5, &span.name);
        self.number(6, kind(&span.span_kind));
        self.time(7, span.start_time);
        self.time(8, span.end_time);
        self.attributes(9, &span.attributes);
        self.number(10, span.dropped_attributes_count);
        span.events.iter().for_each(|event| self.message(11, |it| it.event(event)));
        self.number(12, span.events.dropped_count);
        span.links.iter().for_each(|link| self.message(13, |it| it.link(link)));
        self.number(14, span.links.dropped_count);
        self.message(15, |it| it.status(&span.status));
        self.flags(16, context.trace_flags().to_u8(), span.parent_span_is_remote);
    }

    fn event(&mut self, event: &Event) {
        self.time(1, event.timestamp);
        self.text(2, &event.name);
        self.attributes(3, &event.attributes);
        self.number(4, event.dropped_attributes_count);
    }

    fn link(&mut self, link: &Link) {
        let context = &link.span_context;
        self.bytes(1, &context.trace_id().to_bytes());
        self.bytes(2, &context.span_id().to_bytes());
        self.text(3, &context.trace_state().header());
        self.attributes(4, &link.attributes);
        self.number(5, link.dropped_attributes_count);
        self.flags(6, context.trace_flags().to_u8(), context.is_remote());
    }

    fn status(&mut self, status: &Status) {
        let (code, description) = match status {
            Status::Unset => (0, ""),
            Status::Ok => (1, ""),
            Status::Error { description } => (2, &**description),
        };
        self.text(2, description);
        self.number(3, code);
    }

    fn attributes(&mut self, field: u8, attributes: &[KeyValue]) {
        for attribute in attributes {
            self.attribute(field, &attribute.key, &attribute.value);
        }
    }

    fn attribute(&mut self, field: u8, key: &Key, value: &Value) {
        self.message(field, |it| {
            it.text(1, key.as_str());
            it.message(2, |it| it.value(value));
        });
    }

    /// An `AnyValue`, whose value is there even if it is a default.
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.some_bytes(1, text.as_str().as_bytes()),
            Value::Bool(truth) => self.some_number(2, u64::from(*truth)),
            Value::I64(number) => self.some_number(3, number.cast_unsigned()),
            Value::F64(number) => {
                self.tag(4, FIXED_64);
                self.0.extend_from_slice(&number.to_le_bytes());
            }
            Value::Array(array) => self.message(5, |it| it.array(array)),
            // There is no other kind.
            _ => {}
        }
    }

    fn array(&mut self, array: &Array) {
        let mut add = |value: Value| self.message(1, |it| it.value(&value));
        match array {
            Array::Bool(values) => values.iter().for_each(|it| add(Value::Bool(*it))),
            Array::I64(values) => values.iter().for_each(|it| add(Value::I64(*it))),
            Array::F64(values) => values.iter().for_each(|it| add(Value::F64(*it))),
            Array::String(values) => values.iter().for_each(|it| add(Value::String(it.clone()))),
            // There is no other kind.
            _ => {}
        }
    }

    /// Nanoseconds since 1970.
    fn time(&mut self, field: u8, time: SystemTime) {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let nanos = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        if nanos > 0 {
            self.tag(field, FIXED_64);
            self.0.extend_from_slice(&nanos.to_le_bytes());
        }
    }

    fn flags(&mut self, field: u8, trace_flags: u8, is_remote: bool) {
        let remote = if is_remote { SpanFlags::ContextIsRemoteMask as u32 } else { 0 };
        let flags = u32::from(trace_flags) | SpanFlags::ContextHasIsRemoteMask as u32 | remote;
        self.tag(field, FIXED_32);
        self.0.extend_from_slice(&flags.to_le_bytes());
    }

    fn number(&mut self, field: u8, number: u32) {
        if number > 0 {
            self.some_number(field, u64::from(number));
        }
    }

    fn some_number(&mut self, field: u8, number: u64) {
        self.tag(field, VARINT);
        self.varint(number);
    }

    fn text(&mut self, field: u8, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn bytes(&mut self, field: u8, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.some_bytes(field, bytes);
        }
    }

    fn some_bytes(&mut self, field: u8, bytes: &[u8]) {
        self.tag(field, LENGTH);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// A message within this one.
    fn message(&mut self, field: u8, write: impl FnOnce(&mut Self)) {
        self.tag(field, LENGTH);
        // Most lengths take one byte. For a longer one, the message moves.
        let start = self.0.len() + 1;
        self.0.push(0);
        write(self);
        let end = self.0.len();
        let length = end - start;
        if let Some(short) = u8::try_from(length).ok().filter(|it| *it < 0x80) {
            self.0[start - 1] = short;
            return;
        }
        self.varint(length as u64);
        let mut prefix = [0; 10];
        let size = self.0.len() - end;
        prefix[..size].copy_from_slice(&self.0[end..]);
        self.0.truncate(end + size - 1);
        self.0.copy_within(start..end, start + size - 1);
        self.0[start - 1..start - 1 + size].copy_from_slice(&prefix[..size]);
    }

    fn tag(&mut self, field: u8, wire_type: u8) {
        self.varint(u64::from(field) << 3 | u64::from(wire_type));
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }
}

fn kind(kind: &SpanKind) -> u32 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

#[cfg(test)]
mod tests;
