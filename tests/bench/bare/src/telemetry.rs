//! Tracing as the README files of the crates set it up.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

pub(crate) fn start() -> anyhow::Result<SdkTracerProvider> {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().build()?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    // The layers' own spans have this target and level; INFO is what `#[instrument]` makes.
    let filter = EnvFilter::try_new("off,ccm_bare=info,otel::tracing=trace")?;
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("bare")).with_filter(filter);
    tracing_subscriber::registry().with(spans).try_init()?;
    Ok(provider)
}
