//! How streams end, and how many there may be.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use access::Role;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{product, snapshot, task, titles};
use crate::event_log::setting;
use crate::harness::{DEADLINE, Product, eventually, sse};

const BODY: &str = r#"{"title": "in flight"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_tells_the_time_and_where_the_stream_is() {
    let product = product(&[("CCM_STREAM_HEARTBEAT", "200ms")]).await;
    let mut stream = product.stream("ada", "").await;
    snapshot(&mut stream).await;
    let heartbeat = stream.named("heartbeat").await;
    assert!(heartbeat.data()["server_time"].is_string() && heartbeat.id.is_some(), "{heartbeat:?}");
    // What others do moves it on.
    task(&product.user("bob"), "not ada's").await;
    stream.until(|it| it.id != heartbeat.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_above_a_limit_says_so_and_when_to_come_again() {
    let product = product(&[("CCM_MAX_STREAMS", "3"), ("CCM_MAX_STREAMS_PER_CALLER", "2")]).await;
    let mut streams = vec![product.stream("ada", "").await, product.stream("ada", "").await];
    let mut third = product.stream("ada", "").await;
    let rejected = third.next().await.unwrap();
    assert_eq!(
        (rejected.name.as_str(), &rejected.data()["reason"]),
        ("system.sse.rejected", &json!("too_many_streams_of_caller"))
    );
    assert_eq!(third.retry, rejected.data()["reconnect_in_ms"].as_u64());
    assert!(third.retry.is_some() && third.next().await.is_none());
    streams.push(product.stream("bob", "").await);
    let rejected = product.stream("eve", "").await.next().await.unwrap();
    assert_eq!(rejected.data()["reason"], "too_many_streams");
    // Those that are open stay, and one that ends makes room.
    streams[0].named("snapshot.completed").await;
    streams.remove(1);
    eventually("there is room", async || {
        (product.stream("ada", "").await.next().await?.name == "connected").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token_and_the_next_one_resumes_it_with_the_rights_of_the_next_token() {
    // Tokens are accepted for a while after their end, and so are streams.
    let product = product(&[("CCM_CLOCK_LEEWAY", "0s")]).await;
    let (filter, gateway) = ("event_types=task.*", product.gateway_address);
    let token = product.token_for(Duration::from_secs(8), "ada", &[Role::Admin], None);
    let cookie = format!("ccm_session={token}");
    let by_header = sse::open(gateway, &token, filter, None).await.unwrap();
    let by_cookie = sse::open_told(gateway, &[("cookie", &cookie)], "", filter).await.unwrap();
    let mut streams = [by_header, by_cookie];
    for stream in &mut streams {
        snapshot(stream).await;
    }
    let (ada, bob) = (product.user("ada"), product.user("bob"));
    task(&bob, "of another").await;
    for stream in &mut streams {
        assert_eq!(titles(&[stream.event().await]), ["of another"], "an administrator sees it");
        let expired = stream.event().await;
        assert_eq!((expired.name.as_str(), expired.data()), ("auth.session.expired", &json!({})));
        assert!(stream.next().await.is_none(), "the stream ends");
    }
    task(&bob, "of another, too").await;
    task(&ada, "meanwhile").await;
    for stream in &streams {
        let mut again = product.stream_after("ada", filter, stream.last_id.as_deref()).await;
        assert_eq!(again.named("connected").await.data()["resumed"], true);
        assert_eq!(titles(&[again.event().await]), ["meanwhile"], "a user sees that alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_old_ends_and_is_resumed_at_once() {
    let product = product(&[("CCM_STREAM_MAX_AGE", "3s")]).await;
    let mut stream = product.stream("ada", "event_types=task.*").await;
    snapshot(&mut stream).await;
    let shutdown = stream.event().await;
    assert_eq!(
        (shutdown.name.as_str(), &shutdown.data()["reason"]),
        ("system.sse.shutdown", &json!("max_age"))
    );
    assert!(shutdown.id.is_some() && stream.retry.is_some_and(|it| it <= 1_000));
    assert!(stream.next().await.is_none());
    task(&product.user("ada"), "meanwhile").await;
    let mut again = product.stream_after("ada", "event_types=task.*", shutdown.id.as_deref()).await;
    again.named("connected").await;
    assert_eq!(titles(&[again.event().await]), ["meanwhile"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_tells_each_client_when_to_come_again_answers_and_ends_in_time() {
    let count = setting("CCM_STREAMS").unwrap_or(50);
    let mut product = product(&[]).await;
    let mut streams = Vec::new();
    for number in 0..count {
        let mut stream = product.stream(&format!("user {number}"), "").await;
        snapshot(&mut stream).await;
        streams.push(stream);
    }
    let mut in_flight = in_flight(&product).await;
    let began = Instant::now();
    product.gateway.signal("TERM");
    let mut retries = BTreeSet::new();
    for stream in &mut streams {
        let shutdown = stream.event().await;
        assert_eq!(
            (shutdown.name.as_str(), &shutdown.data()["reason"]),
            ("system.sse.shutdown", &json!("shutdown"))
        );
        assert!(shutdown.id.is_some() && shutdown.data()["reconnect_in_ms"].as_u64() == stream.retry);
        retries.extend(stream.retry);
        assert!(stream.next().await.is_none());
    }
    let told = began.elapsed();
    // Milliseconds within two seconds: chance gives some of them twice.
    assert!(retries.len() as u64 > count / 2, "{} of {count} are different", retries.len());
    in_flight.write_all(BODY.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    in_flight.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created"), "{answer}");
    assert!(product.gateway.ended().await.success());
    println!("{count} streams: told after {told:.1?}, ended after {:.1?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

/// A request that the gateway has begun to serve and whose body, [`BODY`], is still to come.
async fn in_flight(product: &Product) -> TcpStream {
    const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    let head = format!(
        "POST /api/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        product.token_of("ada"),
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; CONTINUE.len()];
    tokio::time::timeout(DEADLINE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, CONTINUE);
    stream
}
