//! Spans of a test, without an exporter: the process-wide tracer records into memory.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SimpleSpanProcessor, SpanData, SpanExporter};

use crate::otlp::Span;

static RECORDED: LazyLock<Recorded> = LazyLock::new(|| {
    let recorded = Recorded::default();
    let processor = SimpleSpanProcessor::new(recorded.clone());
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    crate::span::set_tracer(provider.tracer("test"));
    // The tracer does not keep its provider alive.
    std::mem::forget(provider);
    recorded
});

#[derive(Clone, Debug, Default)]
struct Recorded(Arc<Mutex<Vec<Span>>>);

impl SpanExporter for Recorded {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let resource_spans =
            group_spans_by_resource_and_scope(batch, &ResourceAttributesWithSchema::default());
        let spans = Span::all_of(ExportTraceServiceRequest { resource_spans });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(spans);
        Ok(())
    }
}

/// Makes the tracer of this process record spans from now on.
pub fn record_spans() {
    LazyLock::force(&RECORDED);
}

/// Returns the recorded spans of a trace that have ended so far.
#[must_use]
pub fn ended_spans(trace_id: &str) -> Vec<Span> {
    let all = RECORDED.0.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().filter(|it| it.trace_id == trace_id).cloned().collect()
}
