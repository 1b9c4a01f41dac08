//! Reads and writes W3C trace context in HTTP headers, gRPC metadata and database rows.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, global};

use crate::hexadecimal;
use crate::span::Span;

pub(crate) mod baggage;
mod edge;
mod headers;
pub(crate) mod trace_context;
mod traceparent;
mod tracestate;

pub use edge::Edge;
use headers::{Incoming, Outgoing};

/// Response header `X-Trace-Id`: the trace id of the request, for people.
pub const X_TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");
/// Response header `traceresponse`: the server span of the request, as in the draft of W3C Trace Context Level 2.
pub const TRACERESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// Returns the trace context of `headers`; an empty one if it is missing or malformed.
#[must_use]
pub fn extract(headers: &HeaderMap) -> Context {
    let incoming = Incoming::of(headers);
    global::get_text_map_propagator(|it| it.extract_with_context(&Context::new(), &incoming))
}

/// Writes `context` into `headers`.
pub fn inject(context: &Context, headers: &mut HeaderMap) {
    global::get_text_map_propagator(|it| it.inject_context(context, &mut Outgoing(headers)));
}

/// Returns the current trace id in hexadecimal form.
#[must_use]
pub fn current_trace_id() -> Option<String> {
    Context::map_current(trace_id)
}

fn trace_id(context: &Context) -> Option<String> {
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| {
        let text = hexadecimal::written([0; 32], &[(0, &span.trace_id().to_bytes())]);
        hexadecimal::as_str(&text).to_owned()
    })
}

/// The trace context of the span that caused a change, as stored in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// Value of the header `traceparent`.
    pub traceparent: Option<String>,
    /// Value of the header `tracestate`.
    pub tracestate: Option<String>,
}

impl Cause {
    /// Returns the trace context of the current span.
    #[must_use]
    pub fn current() -> Self {
        Context::map_current(|context| Self {
            traceparent: trace_context::traceparent(context),
            tracestate: trace_context::tracestate(context),
        })
    }

    /// Returns the stored trace context, with its span as a remote parent; an empty one if nothing valid is stored.
    #[must_use]
    pub fn context(&self) -> Context {
        let mut headers = HeaderMap::new();
        for (name, value) in [("traceparent", &self.traceparent), ("tracestate", &self.tracestate)] {
            if let Some(value) = value.as_deref().and_then(|it| HeaderValue::try_from(it).ok()) {
                headers.insert(name, value);
            }
        }
        trace_context::W3cTraceContext.extract_with_context(&Context::new(), &Incoming::of(&headers))
    }

    /// Returns the stored trace id in hexadecimal form.
    #[must_use]
    pub fn trace_id(&self) -> Option<String> {
        trace_id_of(self.traceparent.as_deref()?)
    }
}

/// Returns the trace id in a stored `traceparent`, in hexadecimal form.
#[must_use]
pub fn trace_id_of(traceparent: &str) -> Option<String> {
    traceparent.split('-').nth(1).map(ToOwned::to_owned)
}

/// Adds the headers [`TRACERESPONSE`] and [`X_TRACE_ID`] to a response, unless the SDK is disabled.
pub fn tell_client(span: &Span, headers: &mut HeaderMap) {
    let Some(ids) = span.own_context().and_then(trace_context::sent) else { return };
    let (response, trace) = (ids.written(), hexadecimal::written([0; 32], &[(0, &ids.trace_id.to_bytes())]));
    let told: [(HeaderName, &[u8]); 2] = [(TRACERESPONSE, &response), (X_TRACE_ID, &trace)];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;
    use crate::span::{SpanBuilder, SpanKind};

    /// A span whose caller sent a trace id that is not random.
    fn span() -> Span {
        let mut headers = HeaderMap::new();
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        headers.insert("traceparent", HeaderValue::from_static(parent));
        headers.insert("tracestate", HeaderValue::from_static("a@b@c=1"));
        let caller =
            trace_context::W3cTraceContext.extract_with_context(&Context::new(), &Incoming::of(&headers));
        let tracer = SdkTracerProvider::builder().build().tracer("test");
        SpanBuilder::new(SpanKind::Server).child_of(caller).start_by(Some(&tracer), |_| {})
    }

    #[test]
    fn a_row_and_a_response_have_the_flags_that_are_sent_on() {
        let span = span();
        let expected = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", span.span_context().span_id());
        let cause = span.in_scope(Cause::current);
        assert_eq!(cause.traceparent.as_deref(), Some(expected.as_str()));
        assert_eq!(cause.tracestate.as_deref(), Some("a@b@c=1"));
        let mut headers = HeaderMap::new();
        tell_client(&span, &mut headers);
        assert_eq!(headers[TRACERESPONSE], expected);
        assert_eq!(headers[X_TRACE_ID], "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn outside_of_a_span_there_is_nothing_to_store_or_to_tell() {
        assert_eq!((Cause::current(), current_trace_id()), (Cause::default(), None));
        let caller = span().context().clone();
        let disabled = SpanBuilder::new(SpanKind::Server).child_of(caller).start_by(None, |_| {});
        let mut headers = HeaderMap::new();
        tell_client(&disabled, &mut headers);
        assert!(headers.is_empty(), "{headers:?}");
    }
}
