//! The propagator of W3C Trace Context Level 2. ADR 19 says why it is not the SDK's.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceId};

use super::traceparent::{RANDOM, Traceparent};
use super::tracestate::Tracestate;

static FIELDS: LazyLock<[String; 2]> = LazyLock::new(|| ["traceparent".to_owned(), "tracestate".to_owned()]);

/// The propagator of `traceparent` and `tracestate`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct W3cTraceContext;

impl TextMapPropagator for W3cTraceContext {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let Some(parent) = traceparent(context) else { return };
        injector.set("traceparent", parent);
        if let Some(state) = tracestate(context) {
            injector.set("tracestate", state);
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let Some(parent) = extractor.get("traceparent").and_then(Traceparent::parse) else {
            return context.clone();
        };
        let state = extractor.get("tracestate").and_then(Tracestate::parse).unwrap_or_default();
        let Traceparent { trace_id, span_id, flags } = parent;
        let span = SpanContext::new(trace_id, span_id, flags, true, state.accepted());
        let context = context.with_remote_span_context(span);
        let is_random = flags & RANDOM == RANDOM;
        if is_random && state.is_empty() {
            return context;
        }
        context.with_value(Received { trace_id, is_random, tracestate: state.text() })
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(FIELDS.as_slice())
    }
}

/// What a caller sent and the SDK does not keep: its spans lose the random flag, and its type for `tracestate` refuses some
/// valid keys. Child contexts inherit this value; a context without it has the defaults, a random trace id and no
/// `tracestate`.
#[derive(Debug)]
struct Received {
    /// The trace to which the rest applies; a root span below this context begins another one.
    trace_id: TraceId,
    is_random: bool,
    tracestate: String,
}

impl Received {
    fn of<'a>(context: &'a Context, span: &SpanContext) -> Option<&'a Self> {
        context.get::<Self>().filter(|it| it.trace_id == span.trace_id())
    }
}

/// Returns the `traceparent` of the span in `context` as text, if there is one.
pub(crate) fn traceparent(context: &Context) -> Option<String> {
    sent(context).map(Traceparent::text)
}

/// Returns the `traceparent` of the span in `context`, if there is one. The trace id counts as random, as all trace ids of
/// the SDK are, unless a caller sent it without the random flag.
pub(super) fn sent(context: &Context) -> Option<Traceparent> {
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() {
        return None;
    }
    let sampled = span.trace_flags() & TraceFlags::SAMPLED;
    let is_random = Received::of(context, span).is_none_or(|it| it.is_random);
    let flags = if is_random { sampled | RANDOM } else { sampled };
    Some(Traceparent { trace_id: span.trace_id(), span_id: span.span_id(), flags })
}

/// Returns the `tracestate` that belongs to the span in `context`, unless it is empty.
pub(super) fn tracestate(context: &Context) -> Option<String> {
    let span = context.span();
    let received = Received::of(context, span.span_context())?;
    (!received.tracestate.is_empty()).then(|| received.tracestate.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use opentelemetry::trace::{SpanId, TraceState, TracerProvider as _};
    use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::sampler::RatioSampler;
    use crate::span::{Span, SpanBuilder, SpanKind};

    const IDS: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    fn received(flags: &str, state: Option<&str>) -> Context {
        let mut headers = HashMap::from([("traceparent".to_owned(), format!("{IDS}-{flags}"))]);
        headers.extend(state.map(|it| ("tracestate".to_owned(), it.to_owned())));
        W3cTraceContext.extract_with_context(&Context::new(), &headers)
    }

    /// The `traceparent`, with the ids cut off, and the `tracestate` that are sent with `context`.
    fn injected(context: &Context) -> (String, Option<String>) {
        let mut headers = HashMap::new();
        W3cTraceContext.inject_context(context, &mut headers);
        let parent = headers.remove("traceparent").unwrap();
        (parent[53..].to_owned(), headers.remove("tracestate"))
    }

    fn tracer(ratio: f64) -> SdkTracer {
        SdkTracerProvider::builder()
            .with_sampler(RatioSampler { ratio, is_edge: true })
            .build()
            .tracer("test")
    }

    fn child(parent: &Context, tracer: &SdkTracer) -> Span {
        SpanBuilder::new(SpanKind::Internal).child_of(parent.clone()).start_by(Some(tracer), |_| {})
    }

    #[test]
    fn the_random_flag_of_a_caller_is_kept_and_not_invented() {
        for (ratio, unset, set) in [(0.0, "00", "02"), (1.0, "01", "03")] {
            let tracer = tracer(ratio);
            for (flags, expected) in [("00", unset), ("01", unset), ("02", set), ("03", set)] {
                let server = child(&received(flags, None), &tracer);
                let client = child(server.context(), &tracer);
                assert_eq!(injected(server.context()), (expected.to_owned(), None), "{flags}");
                assert_eq!(injected(client.context()), (expected.to_owned(), None), "{flags}");
            }
        }
    }

    #[test]
    fn the_trace_ids_of_the_sdk_are_random() {
        for (ratio, expected) in [(0.0, "02"), (1.0, "03")] {
            let tracer = tracer(ratio);
            let root = child(&Context::new(), &tracer);
            assert_eq!(injected(root.context()).0, expected);
            assert_eq!(injected(child(root.context(), &tracer).context()).0, expected);
            let subscriber = tracing_subscriber::registry().with(crate::spans_of_tracing(tracer));
            tracing::subscriber::with_default(subscriber, || {
                let _entered = tracing::info_span!("root").entered();
                assert_eq!(injected(&Context::current()).0, expected);
            });
        }
    }

    #[test]
    fn a_span_of_tracing_keeps_what_the_caller_sent() {
        let subscriber = tracing_subscriber::registry().with(crate::spans_of_tracing(tracer(1.0)));
        tracing::subscriber::with_default(subscriber, || {
            let _attached = received("01", Some("a=1")).attach();
            let _entered = tracing::info_span!("child").entered();
            assert_eq!(injected(&Context::current()), ("01".to_owned(), Some("a=1".to_owned())));
        });
    }

    #[test]
    fn a_valid_tracestate_goes_on_as_it_came() {
        let tenant = format!("foo=1,{}@{}= 1,foo@@bar=2", "t".repeat(241), "v".repeat(14));
        for ratio in [0.0, 1.0] {
            for flags in ["01", "03"] {
                let tracer = tracer(ratio);
                let server = child(&received(flags, Some(&tenant)), &tracer);
                let client = child(server.context(), &tracer);
                assert_eq!(injected(client.context()).1.as_deref(), Some(tenant.as_str()));
                let held = client.span_context().trace_state().header();
                assert_eq!(held, "foo=1", "the exporter gets the members that the type accepts");
            }
        }
    }

    #[test]
    fn an_invalid_or_empty_tracestate_goes_no_further_and_costs_nothing_else() {
        for state in ["", " ", ",", "foo=,bar=3", "FOO=1,bar=2"] {
            assert_eq!(injected(&received("03", Some(state))), ("03".to_owned(), None), "{state}");
        }
        let alone = HashMap::from([("tracestate".to_owned(), "a=1".to_owned())]);
        let context = W3cTraceContext.extract_with_context(&Context::new(), &alone);
        assert_eq!((traceparent(&context), tracestate(&context)), (None, None));
    }

    #[test]
    fn another_trace_below_the_callers_context_has_nothing_of_the_caller() {
        let other = SpanContext::new(
            TraceId::from_bytes([1; 16]),
            SpanId::from_bytes([1; 8]),
            TraceFlags::SAMPLED,
            false,
            TraceState::default(),
        );
        let context = received("01", Some("a=1")).with_remote_span_context(other);
        assert_eq!(injected(&context), ("03".to_owned(), None));
    }

    #[test]
    fn a_disabled_sdk_passes_on_what_came() {
        for flags in ["00", "01", "02", "03"] {
            let parent = received(flags, Some("a@b@c=1"));
            let span = SpanBuilder::new(SpanKind::Server).child_of(parent).start_by(None, |_| {});
            assert_eq!(traceparent(span.context()), Some(format!("{IDS}-{flags}")));
            assert_eq!(tracestate(span.context()).as_deref(), Some("a@b@c=1"));
        }
    }
}
