//! The sampler of the process at the edge (the gateway). It samples incoming requests at random and ignores the sampled
//! flag and the trace id of the caller; spans below follow the decision, in this process and in the services.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// Samples a share of the incoming requests.
#[derive(Clone, Debug)]
pub(super) struct EdgeSampler {
    /// The share, 0 to 1.
    pub(super) ratio: f64,
}

impl ShouldSample for EdgeSampler {
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
            Some(local) if !local.is_remote() => local.is_sampled(),
            _ => self.decide(),
        };
        SamplingResult {
            decision: if keep { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop },
            attributes: Vec::new(),
            trace_state: parent.map_or_else(TraceState::default, |it| it.trace_state().clone()),
        }
    }
}

impl EdgeSampler {
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
        EdgeSampler { ratio }.should_sample(Some(&context), id, "", &SpanKind::Server, &[], &[]).decision
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
        let kept = (0..10_000).filter(|_| EdgeSampler { ratio: 0.25 }.decide()).count();
        assert!((2_000..3_000).contains(&kept), "{kept}");
    }
}
