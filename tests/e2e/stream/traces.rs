//! The spans of the event stream.

use telemetry::otlp::{AttributeValue, SpanKind};

use super::{product, snapshot, task};
use crate::harness::eventually;

#[tokio::test(flavor = "multi_thread")]
async fn the_trace_of_a_change_ends_with_its_delivery_and_that_of_a_stream_with_its_end() {
    let product = product(&[]).await;
    let ada = product.user("ada");
    let position = async || {
        let list = ada.get("/api/tasks").await;
        list.headers.get("x-event-position").cloned()
    };
    // Only what the gateway reads as it happens is a live delivery.
    let begin = eventually("the gateway reads the event logs", position).await;
    task(&ada, "nobody listens").await;
    eventually("the gateway has read it", async || position().await.filter(|it| *it != begin)).await;
    let mut told = Vec::new();
    for name in ["ada", "ada", "root", "bob"] {
        let mut stream = product.stream(name, "event_types=task.*").await;
        snapshot(&mut stream).await;
        told.push(stream);
    }
    task(&ada, "told").await;
    let created = told[0].event().await;
    for stream in &mut told[1..3] {
        stream.named("task.created").await;
    }
    let trace_id = created.event["trace_id"].as_str().unwrap();
    let parent = created.event["traceparent"].as_str().unwrap().split('-').nth(2).unwrap();
    let fanout = eventually("the span of the delivery", async || {
        product.collector.trace(trace_id).into_iter().find(|it| it.name == "sse.fanout")
    })
    .await;
    assert_eq!((fanout.parent_id.as_str(), fanout.kind), (parent, SpanKind::Producer));
    let attribute = |name: &str| fanout.attributes[name].clone();
    assert_eq!(attribute("ccm.event.type"), AttributeValue::Text("task.created".to_owned()));
    assert_eq!(attribute("ccm.task.id"), AttributeValue::Text(created.subject().to_owned()));
    assert_eq!(attribute("ccm.stream.matched"), AttributeValue::Integer(3));
    assert_eq!(attribute("ccm.stream.delivered"), AttributeValue::Integer(3));
    assert!(matches!(attribute("ccm.stream.lag"), AttributeValue::Double(it) if (0.0..30.0).contains(&it)));
    let mut replay = product.stream("ada", "since=earliest&event_types=task.*").await;
    replay.until(|it| it.subject() == created.subject()).await;
    told.push(replay);
    // The request ended with the head of its response, while the stream is open.
    let requests = eventually("the spans of the requests", async || {
        let mut spans = product.collector.spans();
        spans.retain(|it| it.name == "GET /api/events/stream");
        (spans.len() == 5).then_some(spans)
    })
    .await;
    drop(told);
    let ends = eventually("the spans of the ends", async || {
        let mut spans = product.collector.spans();
        spans.retain(|it| it.name == "end of stream");
        (spans.len() == 5).then_some(spans)
    })
    .await;
    for end in ends {
        let [link] = end.links.as_slice() else { panic!("{end:?}") };
        assert!(requests.iter().any(|it| (&it.trace_id, &it.span_id) == (&link.trace_id, &link.span_id)));
        assert_eq!(end.attributes["ccm.stream.end"], AttributeValue::Text("disconnected".to_owned()));
        assert!(matches!(end.attributes["ccm.stream.events"], AttributeValue::Integer(0..=2)));
        assert!(matches!(end.attributes["ccm.stream.bytes"], AttributeValue::Integer(it) if it > 100));
    }
    let mut deliveries = product.collector.spans();
    deliveries.retain(|it| it.name == "sse.fanout");
    assert_eq!(
        deliveries.len(),
        1,
        "neither an event without a listener nor a replay is a live delivery: {deliveries:?}"
    );
}
