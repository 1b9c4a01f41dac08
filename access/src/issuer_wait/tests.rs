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

fn wait(last: Option<Result<StatusCode, Failure>>) -> IssuerWait {
    let wait = IssuerWait::default();
    let url: Url = "https://user:secret@issuer.example/realms/lab?token=secret".parse().unwrap();
    wait.begin(Purpose::Discovery, &url);
    wait.answered(StatusCode::OK);
    wait.end(Ok(()));
    wait.begin(Purpose::KeySet, &url);
    match last {
        Some(Ok(status)) => {
            wait.answered(status);
            wait.end(Ok(()));
        }
        Some(Err(failure)) => wait.end(Err(failure)),
        None => {}
    }
    wait
}

#[test]
fn one_request_has_the_spans_and_those_that_shared_the_wait_link_to_them() {
    let (wait, first, second) = (wait(Some(Ok(StatusCode::OK))), server_span(), server_span());
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
    assert!(!fetched.failed());
    let [second] = second.as_slice() else { panic!("{second:?}") };
    let links: Vec<_> = second.links.iter().map(|it| (&it.trace_id, &it.span_id)).collect();
    assert_eq!(links, [(&fetched.trace_id, &fetched.span_id)]);
}

#[test]
fn a_request_that_is_refused_or_still_running_says_so() {
    for (last, error_type, description) in [
        (
            Some(Err(Failure::NoAnswer(ConnectionFailure::Refused))),
            "connection_refused",
            "connection refused",
        ),
        (Some(Err(Failure::Rejected("no usable key"))), "invalid_response", "no usable key"),
        (Some(Ok(StatusCode::BAD_GATEWAY)), "502", "Bad Gateway"),
        (None, "timeout", "no answer in time"),
    ] {
        let span = server_span();
        wait(last).record(&span);
        let fetched = &ended(span)[1];
        assert_eq!((fetched.failed(), fetched.description.as_str()), (true, description));
        assert_eq!(fetched.attributes["error.type"], error_type);
    }
}

#[test]
fn what_ends_after_a_caller_gave_up_is_in_the_trace_of_the_next_one() {
    let (wait, hasty, patient) = (wait(None), server_span(), server_span());
    wait.record(&hasty);
    wait.answered(StatusCode::OK);
    wait.end(Ok(()));
    wait.record(&patient);
    let hasty = ended(hasty);
    assert_eq!((hasty[1].name.as_str(), hasty[1].description.as_str()), ("GET key set", "no answer in time"));
    let patient = ended(patient);
    assert_eq!((patient[0].name.as_str(), patient[0].failed()), ("GET key set", false));
    assert_eq!(patient[1].links[0].span_id, hasty[0].span_id);
}

#[test]
fn a_fetch_has_a_trace_of_its_own_only_if_no_request_waited() {
    testing::record_spans();
    let (asked, own) = (wait(Some(Ok(StatusCode::OK))), wait(Some(Ok(StatusCode::OK))));
    asked.joined();
    asked.record_in_own_trace("fetch");
    own.record_in_own_trace("fetch");
    let recorded = |it: &IssuerWait| it.recorded.lock().unwrap().count;
    assert_eq!((recorded(&asked), recorded(&own)), (0, 2));
}
