//! What becomes of the trace that a known caller brings along.

use http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;

use crate::span::SpanBuilder;

/// How a server span stands to the span of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// As its child, in the same trace.
    Continue,
    /// As the root of a new trace, with a link to it.
    Link,
}

impl Edge {
    /// Gives a server span its parent or its link from the trace context in `headers`. Only for authenticated callers: the
    /// span of an unauthenticated request is a root.
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
