use std::convert::Infallible;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::post;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;
use tower::ServiceExt as _;

use super::*;
use crate::input::body_for_test;

fn caller(subject: &str) -> Key {
    Key::Caller(access::testing::caller(subject, &[], None).key())
}

fn limits() -> Limits {
    Limits {
        requests: 64,
        requests_per_caller: 4,
        untaken_bytes: 1_000,
        untaken_bytes_per_caller: 100,
        ..Limits::default()
    }
}

#[test]
fn by_default_a_caller_has_an_eighth_of_the_requests_and_the_largest_page() {
    let Limits { requests, requests_per_caller, untaken_bytes, untaken_bytes_per_caller, .. } =
        Limits::default();
    assert_eq!((requests / requests_per_caller, untaken_bytes / untaken_bytes_per_caller), (8, 8));
    assert!(untaken_bytes_per_caller >= 16 * 1024 * 1024);
}

#[test]
fn bodies_that_are_awaited_take_no_place_from_other_requests() {
    let limit = InFlightLimit::new(&limits());
    let slow: Vec<_> =
        (0..64).map(|it| limit.take(caller(&format!("slow {}", it / 4)), true).ok().unwrap()).collect();
    assert_eq!(limit.take(caller("slow 0"), true).err(), Some(Full::Share));
    let reading = limit.take(caller("ada"), false).ok().unwrap();
    // A body that has arrived makes room for another one.
    slow[0].arrived().unwrap();
    let next = limit.take(caller("ada"), true).ok().unwrap();
    assert_eq!((limit.requests.taken(), limit.awaited.taken()), (2, 64));
    drop((slow, reading, next));
    assert_eq!((limit.requests.taken(), limit.awaited.taken()), (0, 0));
}

#[test]
fn a_body_is_in_flight_only_within_the_share_of_its_caller() {
    let limit = InFlightLimit::new(&limits());
    let working: Vec<_> = (0..4).map(|_| limit.take(caller("ada"), false).ok().unwrap()).collect();
    let late = limit.take(caller("ada"), true).ok().unwrap();
    assert_eq!(late.arrived().unwrap_err().reason(), Reason::RateLimited.text());
    drop(working);
    late.arrived().unwrap();
}

#[test]
fn the_bytes_of_a_body_count_until_its_request_is_answered() {
    let limit = InFlightLimit::new(&limits());
    let request = limit.take(caller("ada"), true).ok().unwrap();
    request.receive(60).unwrap();
    request.receive(40).unwrap();
    assert_eq!(request.receive(1).unwrap_err().reason(), Reason::RateLimited.text());
    assert_eq!(limit.bytes.taken(), 100);
    drop(request);
    assert_eq!(limit.bytes.taken(), 0);
}

#[test]
fn an_answer_holds_its_place_until_it_is_dropped_and_keeps_its_length() {
    let limit = InFlightLimit::new(&limits());
    let admitted = limit.admit(&mut Request::new(Body::empty())).ok().unwrap();
    let response = admitted.until_read(Response::new(Body::from("body")));
    // The server makes the header `Content-Length` of it.
    assert_eq!(response.body().size_hint().exact(), Some(4));
    assert_eq!((limit.requests.taken(), limit.bytes.taken()), (0, 4));
    drop(response);
    assert_eq!(limit.bytes.taken(), 0);
}

async fn limited(State(limit): State<InFlightLimit>, mut request: Request, next: Next) -> Response {
    match limit.admit(&mut request) {
        Ok(admitted) => admitted.until_read(next.run(request).await).map(Body::new),
        Err(error) => error.into_response(),
    }
}

/// Clients whose bodies come byte by byte, as many as may be in flight: others are served all the same, and the body that has been
/// awaited for longest gives way to another one.
#[tokio::test]
async fn who_sends_slowly_delays_nobody_else() {
    let limit = InFlightLimit::new(&Limits { requests: 2, requests_per_caller: 0, ..limits() });
    let router = Router::new()
        .route("/", post(body_for_test).get(|| async {}))
        .layer(from_fn_with_state(limit.clone(), limited));
    let mut slow = Vec::new();
    for _ in 0..2 {
        let (bytes, body) = mpsc::channel::<Result<Bytes, Infallible>>(1);
        let body = futures_util::stream::unfold(body, async |mut it| Some((it.recv().await?, it)));
        let request = Request::post("/").body(Body::from_stream(body)).unwrap();
        let answered = tokio::spawn(router.clone().oneshot(request));
        bytes.send(Ok(Bytes::from_static(b"{"))).await.unwrap();
        slow.push((bytes, answered));
    }
    while limit.bytes.taken() < 2 {
        tokio::task::yield_now().await;
    }
    let get = || router.clone().oneshot(Request::get("/").body(Body::empty()).unwrap());
    assert_eq!(get().await.unwrap().status(), StatusCode::OK);
    let one_more = Request::post("/").body(Body::from("{}")).unwrap();
    assert_eq!(router.clone().oneshot(one_more).await.unwrap().status(), StatusCode::OK);
    let (_bytes, answered) = slow.remove(0);
    assert_eq!(answered.await.unwrap().unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    let (bytes, answered) = slow.remove(0);
    bytes.send(Ok(Bytes::from_static(b"}"))).await.unwrap();
    drop(bytes);
    assert_eq!(answered.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!((limit.requests.taken(), limit.awaited.taken(), limit.bytes.taken()), (0, 0, 0));
}

/// Sixteen accounts that together hold all places of awaited bodies.
#[tokio::test]
async fn accounts_whose_bodies_do_not_come_give_way_to_whoever_has_none() {
    let limit = InFlightLimit::new(&limits());
    let slow: Vec<_> =
        (0..64).map(|it| limit.take(caller(&format!("slow {}", it / 4)), true).ok().unwrap()).collect();
    let ada: Vec<_> = (0..3).map(|_| limit.take(caller("ada"), true).ok().unwrap()).collect();
    let is_told = async |it: &InFlight| {
        tokio::time::timeout(std::time::Duration::from_millis(1), it.displaced())
            .await
            .ok()
            .map(|it| it.reason().to_owned())
    };
    for it in [&slow[0], &slow[4], &slow[8]] {
        assert_eq!(is_told(it).await.as_deref(), Some(Reason::Overloaded.text()));
    }
    assert_eq!(is_told(&slow[1]).await, None);
    for it in &ada {
        assert_eq!(is_told(it).await, None);
    }
    assert_eq!(limit.awaited.taken(), 64);
}

#[tokio::test]
async fn only_the_body_of_a_request_that_a_handler_reads_is_awaited() {
    use axum::http::Method;

    let limit = InFlightLimit::new(&limits());
    let counts = {
        let limit = limit.clone();
        move || async move { format!("{} {}", limit.requests.taken(), limit.awaited.taken()) }
    };
    let router = Router::new().fallback(counts).layer(from_fn_with_state(limit.clone(), limited));
    for (method, expected) in [
        (Method::POST, "0 1"),
        (Method::PATCH, "0 1"),
        (Method::PUT, "0 1"),
        (Method::GET, "1 0"),
        (Method::DELETE, "1 0"),
        (Method::from_bytes(b"QUERY").unwrap(), "1 0"),
    ] {
        let request = Request::builder().method(method.clone()).uri("/").body(Body::from("{}")).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let counted = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(counted, expected, "{method}");
    }
    let empty = Request::post("/").body(Body::empty()).unwrap();
    let answer = router.oneshot(empty).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    assert_eq!(answer, "1 0", "a body that is not there");
}
