//! The sampler of a process. At the edge (the gateway), it samples incoming requests at random and ignores the sampled
//! flag and the trace id of the caller; spans below follow the decision, in this process and in the services. A service
//! decides only about the traces that it begins itself.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// Samples a share of the traces.
#[derive(Clone, Debug)]
pub(super) struct RatioSampler {
    /// The share, 0 to 1.
    pub(super) ratio: f64,
    /// Whether the process decides about the traces of its callers, too.
    pub(super) is_edge: bool,
}

impl ShouldSample for RatioSampler {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        _: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let parent = parent
            .map(|it| it.span().span_context().clone())
            .filter(opentelemetry::trace::SpanContext::is_valid);
        let keep = match &parent {
            Some(parent) if !self.is_edge || !parent.is_remote() => parent.is_sampled(),
            _ => self.decide(),
        };
        SamplingResult {
            decision: if keep { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop },
            attributes: Vec::new(),
            trace_state: parent.map_or_else(TraceState::default, |it| it.trace_state().clone()),
        }
    }
}

impl RatioSampler {
    fn decide(&self) -> bool {
        if self.ratio >= 1.0 {
            return true;
        }
        // 53 bits, the precision of an `f64`.
        #[expect(clippy::disallowed_methods, reason = "tests set a share of 0 or 1")]
        let bits = u64::from_le_bytes(platform::clock::random()) >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let drawn = bits as f64 / (1_u64 << 53) as f64;
        drawn < self.ratio
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags};

    use super::*;

    fn decide(ratio: f64, flags: TraceFlags, remote: bool) -> SamplingDecision {
        let id = TraceId::from_bytes([1; 16]);
        let parent = SpanContext::new(id, SpanId::from_bytes([1; 8]), flags, remote, TraceState::default());
        let context = Context::new().with_remote_span_context(parent);
        sampled(&RatioSampler { ratio, is_edge: true }, &context, id)
    }

    fn sampled(sampler: &RatioSampler, context: &Context, id: TraceId) -> SamplingDecision {
        sampler.should_sample(Some(context), id, "", &SpanKind::Server, &[], &[]).decision
    }

    #[test]
    fn a_service_follows_its_callers_and_decides_about_its_own_traces() {
        let id = TraceId::from_bytes([1; 16]);
        let of = |ratio, flags| {
            let parent = SpanContext::new(id, SpanId::from_bytes([1; 8]), flags, true, TraceState::default());
            let context = Context::new().with_remote_span_context(parent);
            sampled(&RatioSampler { ratio, is_edge: false }, &context, id)
        };
        assert_eq!(of(0.0, TraceFlags::SAMPLED), SamplingDecision::RecordAndSample);
        assert_eq!(of(1.0, TraceFlags::default()), SamplingDecision::Drop);
        let root = |ratio| sampled(&RatioSampler { ratio, is_edge: false }, &Context::new(), id);
        assert_eq!((root(0.0), root(1.0)), (SamplingDecision::Drop, SamplingDecision::RecordAndSample));
    }

    #[test]
    fn an_incoming_request_is_sampled_by_the_ratio_and_not_by_the_callers_flag() {
        assert_eq!(decide(1.0, TraceFlags::default(), true), SamplingDecision::RecordAndSample);
        assert_eq!(decide(0.0, TraceFlags::SAMPLED, true), SamplingDecision::Drop);
    }

    #[test]
    fn child_spans_follow_their_local_parent() {
        assert_eq!(decide(0.0, TraceFlags::SAMPLED, false), SamplingDecision::RecordAndSample);
        assert_eq!(decide(1.0, TraceFlags::default(), false), SamplingDecision::Drop);
    }

    #[test]
    fn a_quarter_of_many_traces_is_sampled() {
        let kept = (0..10_000).filter(|_| RatioSampler { ratio: 0.25, is_edge: true }.decide()).count();
        assert!((2_000..3_000).contains(&kept), "{kept}");
    }
}
