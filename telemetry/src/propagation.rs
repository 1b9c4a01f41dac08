//! Reads and writes W3C trace context in HTTP headers, gRPC metadata and database rows.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use opentelemetry::{Context, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;

pub(crate) mod baggage;
mod edge;
mod headers;

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

/// Returns the context of the current span; an invalid one if there is no current span.
#[must_use]
pub fn current_span() -> SpanContext {
    Context::current().span().span_context().clone()
}

/// Returns the current trace id in hexadecimal form.
#[must_use]
pub fn current_trace_id() -> Option<String> {
    let span = current_span();
    span.is_valid().then(|| span.trace_id().to_string())
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
        let mut headers = HeaderMap::new();
        TraceContextPropagator::new().inject_context(&Context::current(), &mut Outgoing(&mut headers));
        let text = |name| {
            let value = headers.get(name)?.to_str().ok()?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        Self { traceparent: text("traceparent"), tracestate: text("tracestate") }
    }
}

/// Adds the headers [`TRACERESPONSE`] and [`X_TRACE_ID`] to a response.
pub fn tell_client(span: &SpanContext, headers: &mut HeaderMap) {
    if !span.is_valid() {
        return;
    }
    let (trace, id, flags) = (span.trace_id(), span.span_id(), span.trace_flags().to_u8());
    if let Ok(value) = HeaderValue::try_from(format!("00-{trace}-{id}-{flags:02x}")) {
        headers.insert(TRACERESPONSE, value);
    }
    if let Ok(value) = HeaderValue::try_from(trace.to_string()) {
        headers.insert(X_TRACE_ID, value);
    }
}
