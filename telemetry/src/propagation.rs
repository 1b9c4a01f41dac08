//! W3C trace context in and out of headers, gRPC metadata and rows.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use opentelemetry::{Context, global};
use opentelemetry_http::HeaderInjector;
use opentelemetry_sdk::propagation::TraceContextPropagator;

pub(crate) mod baggage;
mod edge;
mod w3c;

pub use edge::Edge;
use w3c::Incoming;

/// The trace id of the answered request, for people: `X-Trace-Id`.
pub const X_TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");
/// The server span of the answered request: `traceresponse` of the W3C Trace Context Level 2 draft.
pub const TRACERESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// The context that `headers` carry; an empty one when they carry none or a malformed one.
#[must_use]
pub fn extract(headers: &HeaderMap) -> Context {
    let incoming = Incoming::of(headers);
    global::get_text_map_propagator(|it| it.extract_with_context(&Context::new(), &incoming))
}

/// Adds `context` to `headers`.
pub fn inject(context: &Context, headers: &mut HeaderMap) {
    global::get_text_map_propagator(|it| it.inject_context(context, &mut HeaderInjector(headers)));
}

/// The span that is current here; an invalid one when nothing is traced.
#[must_use]
pub fn current_span() -> SpanContext {
    Context::current().span().span_context().clone()
}

/// The current trace id in its hexadecimal form.
#[must_use]
pub fn current_trace_id() -> Option<String> {
    let span = current_span();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// What a row keeps of the span that caused it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// W3C traceparent.
    pub traceparent: Option<String>,
    /// W3C tracestate.
    pub tracestate: Option<String>,
}

impl Cause {
    /// The span that is current here.
    #[must_use]
    pub fn current() -> Self {
        let mut headers = HeaderMap::new();
        TraceContextPropagator::new().inject_context(&Context::current(), &mut HeaderInjector(&mut headers));
        let text = |name| {
            let value = headers.get(name)?.to_str().ok()?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        Self { traceparent: text("traceparent"), tracestate: text("tracestate") }
    }
}

/// Tells the client which span answered it.
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
