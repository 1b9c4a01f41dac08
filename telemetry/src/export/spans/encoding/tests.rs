use std::time::Duration;

use opentelemetry::StringValue;
use opentelemetry::trace::{SpanContext, TraceFlags, TraceId, TraceState};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message as _;

use super::*;

/// Lengths on both sides of each size that the length of a message can have.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,20}", (0..300_usize).prop_map(|it| "x".repeat(it)), Just("y".repeat(20_000))]
}

fn value() -> impl Strategy<Value = Value> {
    let number = || prop_oneof![Just(0.0), Just(-1.5), Just(f64::INFINITY)];
    prop_oneof![
        text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        number().prop_map(Value::from),
        vec(any::<bool>(), 0..3).prop_map(|it| Value::Array(Array::Bool(it))),
        vec(any::<i64>(), 0..3).prop_map(|it| Value::Array(Array::I64(it))),
        vec(number(), 0..3).prop_map(|it| Value::Array(Array::F64(it))),
        vec(text().prop_map(StringValue::from), 0..3).prop_map(|it| Value::Array(Array::String(it))),
    ]
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec((text(), value()).prop_map(|(key, value)| KeyValue::new(key, value)), 0..5)
}

fn context() -> impl Strategy<Value = SpanContext> {
    let state = prop_oneof![Just(""), Just("ccm=1,other=a:b")];
    (any::<u128>(), any::<u64>(), any::<u8>(), any::<bool>(), state).prop_map(
        |(trace, span, flags, is_remote, state)| {
            let state: TraceState = state.parse().unwrap();
            let (trace, span) = (TraceId::from(trace), SpanId::from(span));
            SpanContext::new(trace, span, TraceFlags::new(flags), is_remote, state)
        },
    )
}

fn time() -> impl Strategy<Value = SystemTime> {
    prop_oneof![
        Just(UNIX_EPOCH),
        Just(UNIX_EPOCH - Duration::from_secs(1)),
        (0..4_000_000_000_000_000_000_u64).prop_map(|it| UNIX_EPOCH + Duration::from_nanos(it)),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    (time(), text(), attributes(), 0..3_u32)
        .prop_map(|(time, name, attributes, dropped)| Event::new(name, time, attributes, dropped))
}

fn link() -> impl Strategy<Value = Link> {
    (context(), attributes(), 0..3_u32)
        .prop_map(|(context, attributes, dropped)| Link::new(context, attributes, dropped))
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![Just(Status::Unset), Just(Status::Ok), text().prop_map(Status::error)]
}

fn span_kind() -> impl Strategy<Value = SpanKind> {
    use SpanKind::{Client, Consumer, Internal, Producer, Server};
    prop::sample::select(vec![Client, Consumer, Internal, Producer, Server])
}

fn scope() -> impl Strategy<Value = InstrumentationScope> {
    let scopes = [
        InstrumentationScope::builder("ccm").with_version("1").with_schema_url("https://schema").build(),
        InstrumentationScope::builder("").build(),
        InstrumentationScope::builder("ccm").with_attributes([KeyValue::new("a", 1)]).build(),
    ];
    prop::sample::select(scopes.to_vec())
}

prop_compose! {
    fn span()(
        (span_context, parent, parent_span_is_remote) in (context(), any::<bool>(), any::<bool>()),
        (span_kind, name, status) in (span_kind(), text(), status()),
        (start_time, end_time) in (time(), time()),
        (attributes, dropped_attributes_count) in (attributes(), 0..3_u32),
        (happened, dropped_events) in (vec(event(), 0..3), 0..3_u32),
        (linked, dropped_links) in (vec(link(), 0..3), 0..3_u32),
        instrumentation_scope in scope(),
    ) -> SpanData {
        let (mut events, mut links) = (SpanEvents::default(), SpanLinks::default());
        (events.events, events.dropped_count) = (happened, dropped_events);
        (links.links, links.dropped_count) = (linked, dropped_links);
        SpanData {
            span_context,
            parent_span_id: if parent { SpanId::from(7) } else { SpanId::INVALID },
            parent_span_is_remote,
            span_kind,
            name: name.into(),
            start_time,
            end_time,
            attributes,
            dropped_attributes_count,
            events,
            links,
            status,
            instrumentation_scope,
        }
    }
}

proptest! {
    #[test]
    fn a_request_has_the_same_bytes_as_that_of_opentelemetry_proto(
        batch in vec(span(), 0..6),
        named in attributes(),
        schema in prop_oneof![Just(""), Just("https://schema")],
    ) {
        let resource = Resource::builder_empty().with_schema_url(named, schema).build();
        let described = ResourceAttributesWithSchema::from(&resource);
        let resource_spans = group_spans_by_resource_and_scope(batch.clone(), &described);
        let expected = ExportTraceServiceRequest { resource_spans };
        prop_assert_eq!(
            ExportTraceServiceRequest::decode(request(&batch, &resource)).unwrap(),
            expected.clone()
        );
        prop_assert_eq!(request(&batch, &resource), expected.encode_to_vec());
    }
}
