//! What becomes of the trace that a known caller brings along.

use http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// How a server span stands to the span of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// As its child, in the same trace.
    Continue,
    /// As the root of a new trace, with a link to it.
    Link,
}

impl Edge {
    /// Gives `span`, not entered yet, its parent or its link. Answers the caller's context when nothing is traced here:
    /// it is then passed on as it came.
    #[must_use]
    pub fn enter(self, span: &Span, headers: &HeaderMap) -> Option<Context> {
        let incoming = super::extract(headers);
        match self {
            Self::Continue => span.set_parent(incoming.clone()).is_err().then_some(incoming),
            Self::Link => {
                let caller = incoming.span().span_context().clone();
                if caller.is_valid() {
                    span.add_link(caller);
                }
                None
            }
        }
    }
}
