//! Waiting for the token issuer is in the trace of a request that waited.

use std::collections::BTreeSet;
use std::sync::Arc;

use jsonwebtoken::Algorithm;
use platform::clock::Clock;
use serde_json::json;
use telemetry::otlp::{AttributeValue, Span, SpanKind};

use crate::harness::{Issuer, Product, SigningKey, eventually};

const CALLERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn one_request_has_the_spans_of_the_wait_for_new_keys_and_the_others_link_to_them() {
    let old = SigningKey::make(Algorithm::EdDSA, "old").await;
    let new = Arc::new(SigningKey::make(Algorithm::EdDSA, "new").await);
    let mut issuer = Issuer::start(&[&old]).await;
    let mut product = Product::trusting(&issuer.url).await;
    let now = Clock::system().now().seconds();
    let claims = |number: usize| {
        json!({
            "iss": issuer.url, "aud": "cml-cloud-manager", "sub": "scripts", "iat": now, "exp": now + 600,
            "jti": number,
        })
    };
    // A request would wait for the fetch that is running, whose spans its trace would then have.
    eventually("each process has fetched the keys, in a trace of its own", || async {
        let spans = product.collector.spans();
        let at_start = spans.iter().filter(|it| it.name == "fetch issuer keys" && it.parent_id.is_empty());
        let by: BTreeSet<&str> = at_start.map(|it| it.service.as_str()).collect();
        (by.len() == 3).then_some(())
    })
    .await;
    let first = format!("Bearer {}", old.sign(&claims(0)));
    let answer = product.anonymous().with("authorization", &first).get("/api/me").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let bearers: Vec<String> = (1..=CALLERS).map(|it| format!("Bearer {}", new.sign(&claims(it)))).collect();
    issuer.publish(&[&new, &old]).await;
    let asked: Vec<_> = bearers
        .iter()
        .map(|bearer| {
            let caller = product.anonymous().with("authorization", bearer);
            tokio::spawn(async move { caller.get("/api/me").await })
        })
        .collect();
    let mut traces = Vec::new();
    for answer in asked {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        traces.push(answer.header("x-trace-id").to_owned());
    }
    product.stop().await;
    let traces: Vec<Vec<Span>> = traces.iter().map(|it| product.collector.trace(it)).collect();
    let fetched: Vec<&Span> = traces.iter().flatten().filter(|it| it.name == "GET key set").collect();
    let [fetched] = fetched.as_slice() else { panic!("{fetched:#?}") };
    assert_eq!(fetched.kind, SpanKind::Client);
    assert_eq!(fetched.attributes["peer.service"], "token-issuer");
    assert_eq!(fetched.attributes["http.response.status_code"], AttributeValue::Integer(200));
    let server = traces.iter().flatten().find(|it| it.span_id == fetched.parent_id).expect("its parent");
    assert_eq!((server.name.as_str(), server.kind), ("GET /api/me", SpanKind::Server));
    // A request may have joined when the fetch was under way.
    assert!(fetched.end <= server.end && server.start < fetched.end, "{server:?} {fetched:?}");
    for link in traces.iter().flatten().flat_map(|it| &it.links) {
        assert_eq!((&link.trace_id, &link.span_id), (&fetched.trace_id, &fetched.span_id));
    }
}
