//! Spans made directly by the OpenTelemetry API, for the work of every request: attributes keep their types, and an
//! unsampled span builds nothing but its ids. Any crate may use it. Loops and libraries use `tracing` spans instead; both
//! kinds nest into each other. ADR 3 says why there are two.

use std::borrow::Cow;
use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::trace::{
    FutureExt as _, Span as _, SpanContext, Status, TraceContextExt as _, TraceFlags, TraceState,
    Tracer as _, WithContext,
};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator, SdkTracer};
use tracing::Instrument as _;
use tracing::instrument::Instrumented;

use crate::audit::About;
use crate::propagation::Cause;
use crate::semconv::ERROR_TYPE;

mod interval;

/// Enough for most spans.
const USUAL_ATTRIBUTES: usize = 8;

/// How long work that a request caused is shown in the trace of the request.
const SAME_TRACE: Duration = Duration::from_mins(10);

pub use interval::{Interval, Timestamp};
pub use opentelemetry::trace::SpanKind;

/// The tracer of this process; unset when the SDK is disabled.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// Sets the tracer of this process; only the first call has an effect.
pub(crate) fn set_tracer(tracer: SdkTracer) {
    let _ = TRACER.set(tracer);
}

/// Configures a span before it starts.
#[derive(Debug)]
#[must_use = "call `start` to start the span"]
pub struct SpanBuilder {
    kind: SpanKind,
    parent: Option<Context>,
    link: Option<SpanContext>,
    started_at: Option<Timestamp>,
}

impl SpanBuilder {
    /// A span that starts now as a child of the current span, unless configured otherwise.
    pub fn new(kind: SpanKind) -> Self {
        Self { kind, parent: None, link: None, started_at: None }
    }

    /// A span of work that a request caused and that no caller waits for. Up to ten minutes after the request, the span
    /// belongs to the request's trace; later, it is the root of a trace of its own. It is linked to the request either way.
    pub fn deferred(kind: SpanKind, cause: &Cause, age: Duration) -> Self {
        let cause = cause.context();
        let origin = cause.span().span_context().clone();
        let parent = if age <= SAME_TRACE { cause } else { Context::new() };
        let builder = Self::new(kind).child_of(parent);
        if origin.is_valid() { builder.linked_to(origin) } else { builder }
    }

    /// A span of work that a request caused and that is shown in a trace of its own from the start, such as a retry. It is
    /// linked to the request.
    pub fn detached(kind: SpanKind, cause: &Cause) -> Self {
        Self::deferred(kind, cause, Duration::MAX)
    }

    /// Makes the span a child of the span in `parent`, or a root span when `parent` contains none.
    pub fn child_of(self, parent: Context) -> Self {
        Self { parent: Some(parent), ..self }
    }

    /// Suppresses this span and all spans beneath it. They have no ids.
    pub fn suppressed(self) -> Self {
        let parent = self.parent.unwrap_or_else(Context::current);
        Self { parent: Some(parent.with_telemetry_suppressed()), ..self }
    }

    /// Adds a link to another span.
    pub fn linked_to(self, other: SpanContext) -> Self {
        Self { link: Some(other), ..self }
    }

    /// Sets the start to a time in the past.
    pub fn started_at(self, start: Timestamp) -> Self {
        Self { started_at: Some(start), ..self }
    }

    /// Sets the start time to the start of an interval.
    pub fn started_with(self, interval: Interval) -> Self {
        self.started_at(interval.started())
    }

    /// Starts the span. The sampler decides first, from the parent and the trace id only, unless it has left out the parent;
    /// `describe` is called only for a sampled span. None of the supported samplers looks at the name or the attributes.
    pub fn start(self, describe: impl FnOnce(&mut Description)) -> Span {
        self.start_by(TRACER.get(), describe)
    }

    pub(crate) fn start_by(
        self,
        tracer: Option<&SdkTracer>,
        describe: impl FnOnce(&mut Description),
    ) -> Span {
        let parent = self.parent.unwrap_or_else(Context::current);
        let Some(tracer) = tracer else { return Span::passing_on(parent) };
        if let Some(own) = child_of_unsampled(&parent) {
            return Span::unsampled(&parent, own);
        }
        let mut builder = tracer.span_builder("").with_kind(self.kind);
        // The SDK accepts a start time only here, before it asks the sampler.
        builder.start_time = self.started_at.map(|it| it.time);
        if parent.span().span_context().is_sampled() {
            // It will be recorded; otherwise its attributes would move several times.
            builder.attributes = Some(Vec::with_capacity(USUAL_ATTRIBUTES));
        }
        let mut span = tracer.build_with_context(builder, &parent);
        if !span.span_context().is_valid() {
            // The SDK has been shut down, or spans are suppressed in `parent`.
            return Span::passing_on(parent);
        }
        if !span.is_recording() {
            return Span::unsampled(&parent, span.span_context().clone());
        }
        let mut description = Description::with_room();
        describe(&mut description);
        span.update_name(description.name.unwrap_or_default());
        span.set_attributes(description.attributes);
        span.set_status(description.status);
        if let Some(link) = self.link {
            span.add_link(link, Vec::new());
        }
        Span { context: parent.with_span(span), is_ours: true, is_recording: true }
    }
}

/// The ids of a new span below a span of this process that its sampler left out: it would leave this one out, too, so it is
/// not asked. `None` below any other parent, and if spans are suppressed.
fn child_of_unsampled(parent: &Context) -> Option<SpanContext> {
    let span = parent.span();
    let it = span.span_context();
    let left_out =
        it.is_valid() && !it.is_remote() && !it.is_sampled() && parent.get::<Undecided>().is_none();
    (left_out && !parent.is_telemetry_suppressed()).then(|| {
        let own = RandomIdGenerator::default().new_span_id();
        SpanContext::new(it.trace_id(), own, TraceFlags::default(), false, it.trace_state().clone())
    })
}

/// Says of a context that no sampler has decided about its span.
#[derive(Clone, Copy, Debug)]
struct Undecided;

/// The name, attributes and status that a span records.
#[derive(Debug, Default)]
pub struct Description {
    name: Option<Cow<'static, str>>,
    attributes: Vec<KeyValue>,
    status: Status,
}

impl Description {
    /// Has room for the attributes of a server span, so that it need not grow.
    fn with_room() -> Self {
        Self { attributes: Vec::with_capacity(16), ..Self::default() }
    }

    /// Sets the name, which must be of low cardinality.
    pub fn name(&mut self, name: impl Into<Cow<'static, str>>) {
        self.name = Some(name.into());
    }

    /// Adds an attribute. The SDK does not replace earlier values: set each attribute once.
    pub fn set(&mut self, key: &'static str, value: impl Into<Value>) {
        self.attributes.push(KeyValue::new(key, value));
    }

    /// Adds an attribute if it has a value.
    pub fn set_some(&mut self, key: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    /// Sets the status to ERROR with a description, and `error.type`. The description is a short text of a closed set or
    /// the reason of an error, never the text of an internal error; it is empty if `error_type` says everything.
    pub fn fail(
        &mut self,
        error_type: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) {
        self.status = Status::Error { description: description.into() };
        self.set(ERROR_TYPE, error_type.into());
    }
}

/// A started span. It ends with [`Span::end`] or when dropped; clones of its context do not keep it open, and may still
/// be the parent of later spans.
#[derive(Debug)]
pub struct Span {
    context: Context,
    is_ours: bool,
    is_recording: bool,
}

impl Span {
    fn passing_on(parent: Context) -> Self {
        Self { context: parent, is_ours: false, is_recording: false }
    }

    fn unsampled(parent: &Context, own: SpanContext) -> Self {
        crate::metrics::span_started(false);
        // `own` is not marked as remote, whatever the name of this method says: samplers see a local parent.
        Self { context: parent.with_remote_span_context(own), is_ours: true, is_recording: false }
    }

    /// The context to propagate: that of this span, or the parent context when the SDK is disabled.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The ids of this span, sampled or not; invalid when the SDK is disabled.
    #[must_use]
    pub fn span_context(&self) -> SpanContext {
        self.own_context().map_or(SpanContext::NONE, |it| it.span().span_context().clone())
    }

    /// The context of this span; `None` when the SDK is disabled.
    pub(crate) fn own_context(&self) -> Option<&Context> {
        self.is_ours.then_some(&self.context)
    }

    /// Whether the span is sampled and records attributes.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.is_recording
    }

    /// Adds attributes or a status; `describe` is called only if the span is sampled. Has no effect after the end.
    pub fn record(&self, describe: impl FnOnce(&mut Description)) {
        if self.is_recording {
            record(&self.context, describe);
        }
    }

    /// Runs `future` with this span as the current one.
    pub fn run<F: Future>(&self, future: F) -> WithContext<F> {
        future.with_context(self.context.clone())
    }

    /// Runs `work` with this span as the current one.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let _attached = self.context.clone().attach();
        work()
    }

    /// Links the span to another one.
    pub fn link(&self, other: SpanContext) {
        if self.is_recording {
            self.context.span().add_link(other, Vec::new());
        }
    }

    /// Ends the span at the end of an interval; later calls do nothing.
    pub fn end_with(&self, interval: Interval) {
        if self.is_recording {
            self.context.span().end_with_timestamp(interval.ended().time);
        }
    }

    /// Ends the span at a time in the past; later calls do nothing.
    pub fn end_at(&self, end: Timestamp) {
        if self.is_recording {
            self.context.span().end_with_timestamp(end.time);
        }
    }

    /// Ends the span now; later calls do nothing.
    pub fn end(&self) {
        if self.is_recording {
            self.context.span().end();
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        self.end();
    }
}

/// Adds attributes or a status to the span in `context`, whichever API made it; `describe` is called only if that span is
/// recording.
pub fn record(context: &Context, describe: impl FnOnce(&mut Description)) {
    let span = context.span();
    if !span.is_recording() {
        return;
    }
    let mut description = Description::default();
    describe(&mut description);
    if let Some(name) = description.name {
        span.update_name(name);
    }
    span.set_attributes(description.attributes);
    span.set_status(description.status);
}

/// Adds an attribute to the current span, whichever API made it, and to the [`About`] of the request: the id of what a
/// request is about, for example.
pub fn set_on_current(attribute: &'static str, value: &impl std::fmt::Display) {
    let current = Context::current();
    About::add(&current, attribute, value);
    record(&current, |it| it.set(attribute, value.to_string()));
}

/// Keeps the current span, whichever API made it, as the current span of a future that is about to be spawned.
pub fn in_current_context<F: Future>(future: F) -> Instrumented<WithContext<F>> {
    // Entering a `tracing` span activates that span's own OpenTelemetry context, so the current context has to be the
    // inner of the two.
    future.with_current_context().in_current_span()
}

/// The span that was the current one, whichever API made it, for work that another task does.
#[derive(Clone, Debug)]
pub struct CurrentSpan {
    context: Context,
    span: tracing::Span,
}

impl CurrentSpan {
    /// Keeps the current span.
    #[must_use]
    pub fn keep() -> Self {
        Self { context: Context::current(), span: tracing::Span::current() }
    }

    /// The context of the span.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Runs `future` with the span as the current one.
    pub fn run<F: Future>(&self, future: F) -> Instrumented<WithContext<F>> {
        // As in `in_current_context`.
        future.with_context(self.context.clone()).instrument(self.span.clone())
    }

    /// Runs `work` with the span as the current one.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.span.in_scope(|| {
            let _attached = self.context.clone().attach();
            work()
        })
    }
}

/// Suppresses the spans of `future`, for periodic polls. Its log lines keep the current trace id.
pub fn untraced<F: Future>(future: F) -> WithContext<F> {
    future.with_context(Context::map_current(Context::with_telemetry_suppressed))
}

/// Runs `future` in a trace that is not sampled, here and in the processes that it calls, for periodic calls. What is to be
/// seen of it begins a span of its own, as a child of another span or as a root. Samplers that do not follow their parent,
/// such as `always_on`, sample it nevertheless.
pub fn unsampled<F: Future>(future: F) -> WithContext<F> {
    let ids = RandomIdGenerator::default();
    let (trace, span) = (ids.new_trace_id(), ids.new_span_id());
    let parent = SpanContext::new(trace, span, TraceFlags::default(), false, TraceState::default());
    future.with_context(Context::new().with_remote_span_context(parent).with_value(Undecided))
}

#[cfg(test)]
mod tests;
