#![expect(clippy::disallowed_macros, reason = "both kinds of spans are compared here")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use opentelemetry::trace::{Link, SpanId, TraceFlags, TraceId, TraceState, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    Sampler, SamplingResult, SdkTracerProvider, ShouldSample, SimpleSpanProcessor, SpanData, SpanExporter,
};
use platform::clock::Clock;
use serde_json::Value as Json;
use tracing::subscriber::DefaultGuard;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::log_format::{self, LogFormat};
use crate::log_writer::{LogGuard, LogWriter};
use crate::propagation::trace_context::{W3cTraceContext, traceparent};
use crate::propagation::{Edge, inject};
use crate::sampler::RatioSampler;

/// A shared list, for what a test looks at later.
type Kept<T> = Arc<Mutex<Vec<T>>>;

#[derive(Clone, Debug, Default)]
struct Exporter(Kept<SpanData>);

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Output(Kept<u8>);

impl std::io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A process's telemetry, of this thread alone.
struct Setup {
    tracer: SdkTracer,
    exporter: Exporter,
    output: Output,
    log: LogGuard,
    _subscriber: DefaultGuard,
    _provider: SdkTracerProvider,
}

impl Setup {
    fn with(sampler: impl ShouldSample + 'static) -> Self {
        let (exporter, output) = (Exporter::default(), Output::default());
        let processor = SimpleSpanProcessor::new(exporter.clone());
        let provider =
            SdkTracerProvider::builder().with_sampler(sampler).with_span_processor(processor).build();
        let tracer = provider.tracer("test");
        let (writer, log) = LogWriter::start(output.clone());
        let lines = log_format::layer("test", LogFormat::Json, Clock::system(), writer);
        let subscriber =
            tracing_subscriber::registry().with(crate::spans_of_tracing(tracer.clone())).with(lines);
        let subscriber = tracing::subscriber::set_default(subscriber);
        Self { tracer, exporter, output, log, _subscriber: subscriber, _provider: provider }
    }

    fn sampled() -> Self {
        Self::with(Sampler::AlwaysOn)
    }

    fn start(&self, builder: SpanBuilder, name: &'static str) -> Span {
        builder.start_by(Some(&self.tracer), |it| it.name(name))
    }

    fn internal(&self, name: &'static str) -> Span {
        self.start(SpanBuilder::new(SpanKind::Internal), name)
    }

    fn exported(&self) -> Vec<SpanData> {
        self.exporter.0.lock().unwrap().clone()
    }

    fn named(&self, name: &str) -> SpanData {
        let exported = self.exported();
        exported
            .iter()
            .find(|it| it.name == name)
            .unwrap_or_else(|| panic!("{name} in {exported:#?}"))
            .clone()
    }

    /// Ends the log and answers its lines.
    fn lines(self) -> Vec<Json> {
        drop(self.log);
        let bytes = self.output.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    }
}

/// A caller's span, in another process.
fn remote(flags: TraceFlags) -> Context {
    let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([1; 8]));
    Context::new().with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::default()))
}

fn ids(line: &Json) -> (String, String) {
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    (text("trace_id"), text("span_id"))
}

fn ids_of(context: &Context) -> (String, String) {
    let span = context.span().span_context().clone();
    (span.trace_id().to_string(), span.span_id().to_string())
}

#[test]
fn nothing_is_built_of_a_span_that_is_not_sampled_but_it_has_ids() {
    let setup = Setup::with(RatioSampler { ratio: 0.0, is_edge: true });
    let built = AtomicUsize::new(0);
    let describe = |it: &mut Description| {
        built.fetch_add(1, Ordering::Relaxed);
        it.set("key", "value");
    };
    let server = SpanBuilder::new(SpanKind::Server).child_of(remote(TraceFlags::SAMPLED));
    let span = server.started_at(Timestamp::now()).start_by(Some(&setup.tracer), describe);
    span.record(describe);
    record(span.context(), describe);
    let own = span.span_context();
    assert!(own.is_valid() && !own.is_sampled() && !span.is_recording());
    assert_eq!(own.trace_id(), TraceId::from_bytes([1; 16]));
    let expected = format!("00-{}-{}-02", own.trace_id(), own.span_id());
    assert_eq!(traceparent(span.context()), Some(expected), "goes on, unsampled");
    let child = span.in_scope(|| SpanBuilder::new(SpanKind::Client).start_by(Some(&setup.tracer), describe));
    assert_eq!((child.span_context().trace_id(), child.is_recording()), (own.trace_id(), false));
    span.in_scope(|| tracing::info!("in an unsampled span"));
    drop((child, span));
    assert_eq!((built.load(Ordering::Relaxed), setup.exported().len()), (0, 0));
    assert_eq!(ids(&setup.lines()[0]), (own.trace_id().to_string(), own.span_id().to_string()));
}

/// Below a span of this process that is not sampled.
fn below_unsampled() -> Context {
    let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
    let state = TraceState::from_key_value([("a", "1")]).unwrap();
    let own = SpanContext::new(trace, span, TraceFlags::default(), false, state);
    Context::new().with_remote_span_context(own)
}

#[test]
fn children_of_an_unsampled_span_obey_though_the_edge_would_sample_them() {
    let setup = Setup::with(RatioSampler { ratio: 1.0, is_edge: true });
    let _attached = below_unsampled().attach();
    assert!(!setup.internal("by the API").is_recording());
    tracing::info_span!("by tracing").in_scope(|| {});
    assert_eq!(setup.exported().len(), 0);
}

#[test]
fn children_of_an_unsampled_span_have_ids_of_their_own_unless_they_are_suppressed() {
    let setup = Setup::sampled();
    let parent = below_unsampled();
    let child = setup.start(SpanBuilder::new(SpanKind::Client).child_of(parent.clone()), "child");
    let (own, of_parent) = (child.span_context(), parent.span().span_context().clone());
    assert_eq!((own.trace_id(), own.is_sampled(), own.is_remote()), (of_parent.trace_id(), false, false));
    assert!(own.is_valid() && own.span_id() != of_parent.span_id());
    assert_eq!(own.trace_state(), of_parent.trace_state());
    let suppressed = SpanBuilder::new(SpanKind::Client).child_of(parent).suppressed();
    assert!(!setup.start(suppressed, "suppressed").span_context().is_valid());
}

/// Samples everything, and counts.
#[derive(Clone, Debug, Default)]
struct Counting(Arc<AtomicUsize>);

impl ShouldSample for Counting {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        self.0.fetch_add(1, Ordering::Relaxed);
        Sampler::AlwaysOn.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}

#[tokio::test]
async fn the_sampler_is_asked_once_for_a_span_unless_it_left_out_the_parent() {
    let sampler = Counting::default();
    let setup = Setup::with(sampler.clone());
    let span = setup.start(SpanBuilder::new(SpanKind::Server).child_of(remote(TraceFlags::SAMPLED)), "edge");
    span.record(|it| it.set("later", true));
    span.end();
    assert_eq!(sampler.0.load(Ordering::Relaxed), 1);
    setup.start(SpanBuilder::new(SpanKind::Client).child_of(below_unsampled()), "not asked for").end();
    assert_eq!(sampler.0.load(Ordering::Relaxed), 1);
    unsampled(async { assert!(setup.internal("a sampler of its own mind").is_recording()) }).await;
    assert_eq!(sampler.0.load(Ordering::Relaxed), 2);
}

#[test]
fn attributes_keep_their_types_and_a_failure_says_why() {
    let setup = Setup::sampled();
    let span = SpanBuilder::new(SpanKind::Server).start_by(Some(&setup.tracer), |it| {
        it.name("typed");
        it.set("port", i64::from(8_000_u16));
        it.set_some("absent", None::<i64>);
    });
    span.record(|it| {
        it.set("share", 0.5);
        it.set("done", true);
        it.fail("503", "SERVICE_UNAVAILABLE");
    });
    span.end();
    let span = setup.named("typed");
    let expected = [
        KeyValue::new("port", 8_000_i64),
        KeyValue::new("share", 0.5),
        KeyValue::new("done", true),
        KeyValue::new("error.type", "503"),
    ];
    assert_eq!((span.attributes.as_slice(), span.span_kind), (expected.as_slice(), SpanKind::Server));
    assert_eq!(span.status, Status::error("SERVICE_UNAVAILABLE"));
}

#[test]
fn a_span_starts_when_it_is_told_and_ends_once_whoever_keeps_its_context() {
    let setup = Setup::sampled();
    let now = Timestamp::now();
    let arrival = Timestamp { time: now.time - Duration::from_mins(1), ..now };
    let span = setup.start(SpanBuilder::new(SpanKind::Server).started_at(arrival), "early");
    let kept = span.context().clone();
    span.end();
    let ended: SystemTime = setup.named("early").end_time;
    drop(span);
    drop(kept);
    let exported = setup.exported();
    assert_eq!((exported.len(), exported[0].end_time), (1, ended));
    assert_eq!(exported[0].start_time, arrival.time);
}

#[tokio::test]
async fn a_span_whose_work_is_given_up_ends_when_it_is_dropped() {
    let setup = Setup::sampled();
    let span = setup.internal("given up");
    let kept = span.context().clone();
    let work = async move {
        span.run(std::future::pending::<()>()).await;
        span.end();
    };
    assert!(tokio::time::timeout(Duration::ZERO, work).await.is_err());
    assert_eq!(setup.exported().len(), 1);
    drop(kept);
}

#[tokio::test]
async fn spans_of_both_kinds_are_each_others_parents() {
    let setup = Setup::sampled();
    let outer = setup.internal("1 by the API");
    outer
        .run(async {
            let turn = async {
                let inner = setup.internal("3 by the API");
                inner.run(async { tracing::info_span!("4 by tracing").in_scope(|| {}) }).await;
            };
            turn.instrument(tracing::info_span!("2 by tracing")).await;
        })
        .await;
    outer.end();
    let chain = ["1 by the API", "2 by tracing", "3 by the API", "4 by tracing"].map(|it| setup.named(it));
    assert_eq!(chain[0].parent_span_id, SpanId::INVALID);
    for pair in chain.windows(2) {
        assert_eq!(pair[1].parent_span_id, pair[0].span_context.span_id(), "{}", pair[1].name);
        assert_eq!(pair[1].span_context.trace_id(), pair[0].span_context.trace_id());
    }
}

#[tokio::test]
async fn spawned_work_and_its_log_lines_stay_in_the_current_span_of_either_kind() {
    let setup = Setup::sampled();
    let spawn = async |message: &'static str| {
        let context = Context::current();
        let work = in_current_context(async move { tracing::info!("{message}") });
        tokio::spawn(work).await.unwrap();
        ids_of(&context)
    };
    let api = setup.internal("api");
    let in_api = api.run(spawn("in the API's span")).await;
    let in_tracing = spawn("in the span of tracing").instrument(tracing::info_span!("tracing")).await;
    // The span of `tracing` is around the API's, so it must not take its place.
    let in_both = async { setup.internal("within").run(spawn("in both")).await };
    let in_both = in_both.instrument(tracing::info_span!("around")).await;
    tracing::info!("outside");
    let lines = setup.lines();
    let found = |message: &str| ids(lines.iter().find(|it| it["message"] == message).unwrap());
    assert_eq!(found("in the API's span"), in_api);
    assert_eq!(found("in the span of tracing"), in_tracing);
    assert_eq!(found("in both"), in_both);
    assert_eq!(found("outside"), (String::new(), String::new()));
    assert!(lines.iter().filter(|it| it["trace_id"].is_string()).count() == 3);
}

#[test]
fn a_panic_is_logged_in_the_span_it_happens_in() {
    let setup = Setup::sampled();
    crate::log_panics();
    let span = setup.internal("panicking");
    let expected = ids_of(span.context());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        span.in_scope(|| panic!("on purpose"));
    }));
    assert!(panicked.is_err());
    let lines = setup.lines();
    let line = lines.iter().find(|it| it["message"] == "a thread or task panicked").unwrap();
    assert_eq!((line["what"].as_str(), ids(line)), (Some("on purpose"), expected));
}

#[test]
fn a_disabled_sdk_passes_the_context_on_and_has_no_ids_of_its_own() {
    let described = |_: &mut Description| panic!("nothing is recorded");
    let incoming = remote(TraceFlags::SAMPLED);
    let span = SpanBuilder::new(SpanKind::Server).child_of(incoming.clone()).start_by(None, described);
    span.record(described);
    assert_eq!(traceparent(span.context()), traceparent(&incoming));
    assert!(!span.span_context().is_valid() && !span.is_recording());
}

#[test]
fn a_linked_edge_begins_a_trace_of_its_own() {
    let setup = Setup::sampled();
    opentelemetry::global::set_text_map_propagator(W3cTraceContext);
    let mut headers = HeaderMap::new();
    inject(&remote(TraceFlags::SAMPLED), &mut headers);
    for (edge, name) in [(Edge::Continue, "continued"), (Edge::Link, "linked")] {
        setup.start(edge.place(SpanBuilder::new(SpanKind::Server), &headers), name).end();
    }
    let (continued, linked) = (setup.named("continued"), setup.named("linked"));
    assert_eq!(continued.span_context.trace_id(), TraceId::from_bytes([1; 16]));
    assert!(continued.parent_span_is_remote && continued.links.is_empty());
    assert_ne!(linked.span_context.trace_id(), TraceId::from_bytes([1; 16]));
    assert_eq!((linked.parent_span_id, linked.links.len()), (SpanId::INVALID, 1));
    assert_eq!(linked.links[0].span_context.span_id(), SpanId::from_bytes([1; 8]));
}

#[test]
fn spans_of_any_crate_are_exported_but_those_of_the_exporters_own_stack() {
    let setup = Setup::sampled();
    tracing::info_span!(target: "gateway::events", "ours").in_scope(|| {});
    tracing::info_span!(target: "a_library", "a library's").in_scope(|| {});
    tracing::info_span!(target: "h2::client", "h2's").in_scope(|| {});
    tracing::info_span!(target: "hyper_util::client", "hyper's").in_scope(|| {});
    tracing::info_span!(target: "opentelemetry_sdk", "OpenTelemetry's").in_scope(|| {});
    let exported = setup.exported();
    let names: Vec<&str> = exported.iter().map(|it| it.name.as_ref()).collect();
    assert_eq!(names, ["ours", "a library's"]);
}

#[tokio::test]
async fn what_polls_makes_no_spans_and_its_log_lines_keep_the_trace() {
    let setup = Setup::sampled();
    let watch = setup.internal("watch");
    let expected = ids_of(watch.context());
    let polling = watch.in_scope(|| {
        untraced(async {
            setup.internal("a poll by the API").end();
            tracing::info_span!("a poll by tracing").in_scope(|| {});
            tracing::info!("polled");
        })
    });
    polling.await;
    assert_eq!(setup.exported().len(), 0);
    let lines = setup.lines();
    assert_eq!(ids(&lines[0]), expected);
}

#[test]
fn work_in_a_span_of_tracing_can_be_added_to() {
    let setup = Setup::sampled();
    let span = tracing::info_span!("turn");
    record(&span.context(), |it| it.set("ccm.count", 3_i64));
    span.context().span().end();
    assert_eq!(setup.named("turn").attributes, [KeyValue::new("ccm.count", 3_i64)]);
}
