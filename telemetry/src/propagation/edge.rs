//! How a server span relates to the trace context of an authenticated caller.

use http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;

use crate::span::SpanBuilder;

/// The relation of a server span to the span of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The server span is a child of the caller's span, in the same trace.
    Continue,
    /// The server span is the root of a new trace, with a link to the caller's span.
    Link,
}

impl Edge {
    /// Sets the parent or the link of a server span from the trace context in `headers`. Call this for authenticated
    /// callers only: the span of an unauthenticated request must be a root without a link.
    pub fn place(self, span: SpanBuilder, headers: &HeaderMap) -> SpanBuilder {
        let incoming = super::extract(headers);
        match self {
            Self::Continue => span.child_of(incoming),
            Self::Link => {
                let span = span.child_of(Context::new());
                let caller = incoming.span().span_context().clone();
                if caller.is_valid() { span.linked_to(caller) } else { span }
            }
        }
    }
}
