//! Who gets the spans of a wait, and what they say.

use telemetry::otlp::{AttributeValue, Span as Exported, SpanKind as Kind};
use telemetry::testing;

use super::*;

fn server_span() -> Span {
    testing::record_spans();
    SpanBuilder::new(SpanKind::Server).child_of(opentelemetry::Context::new()).start(|it| it.name("request"))
}

/// Ends the span; answers its trace.
fn ended(span: Span) -> Vec<Exported> {
    let trace_id = span.span_context().trace_id().to_string();
    drop(span);
    testing::ended_spans(&trace_id)
}

fn wait(last: Option<Ended>) -> IssuerWait {
    let wait = IssuerWait::default();
    let url: Url = "https://user:secret@issuer.example/realms/lab?token=secret".parse().unwrap();
    wait.begin(Purpose::Discovery, &url);
    wait.end(Ended::Answered(StatusCode::OK));
    wait.begin(Purpose::KeySet, &url);
    if let Some(last) = last {
        wait.end(last);
    }
    wait
}

#[test]
fn one_request_has_the_spans_and_those_that_shared_the_wait_link_to_them() {
    let (wait, first, second) = (wait(Some(Ended::Answered(StatusCode::OK))), server_span(), server_span());
    wait.record(&first);
    wait.record(&second);
    let (first, second) = (ended(first), ended(second));
    let names: Vec<&str> = first.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["GET discovery document", "GET key set", "request"]);
    let fetched = &first[1];
    assert_eq!((fetched.kind, &fetched.parent_id), (Kind::Client, &first[2].span_id));
    assert_eq!(fetched.attributes["http.response.status_code"], AttributeValue::Integer(200));
    assert_eq!(fetched.attributes["peer.service"], "token-issuer");
    assert_eq!(fetched.attributes["url.full"], "https://issuer.example/realms/lab");
    assert!(!fetched.error);
    let [second] = second.as_slice() else { panic!("{second:?}") };
    let links: Vec<_> = second.links.iter().map(|it| (&it.trace_id, &it.span_id)).collect();
    assert_eq!(links, [(&fetched.trace_id, &fetched.span_id)]);
}

#[test]
fn a_request_that_is_refused_or_still_running_says_so() {
    for (last, error_type, description) in [
        (Some(Ended::Failed(ConnectionFailure::Refused)), "connection_refused", "connection refused"),
        (Some(Ended::Answered(StatusCode::BAD_GATEWAY)), "502", ""),
        (None, "timeout", "no answer in time"),
    ] {
        let span = server_span();
        wait(last).record(&span);
        let fetched = &ended(span)[1];
        assert_eq!((fetched.error, fetched.description.as_str()), (true, description));
        assert_eq!(fetched.attributes["error.type"], error_type);
    }
}
