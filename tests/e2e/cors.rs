//! Pages of other origins: those that the configuration lists may use the API, with a token.

use hyper::Method;
use serde_json::json;

use crate::harness::{Answer, Backend, Client, Gateway, Product};

const UI: &str = "https://ui.example.com";
const SETTING: (&str, &str) = ("CCM_CORS_ORIGINS", "https://ui.example.com, http://localhost:5173");

async fn preflight(client: &Client, origin: &str, path: &str) -> Answer {
    let headers = "authorization,content-type,idempotency-key,if-match,last-event-id,traceparent";
    let client = client.with("origin", origin).with("access-control-request-method", "PATCH");
    let client = client.with("access-control-request-headers", headers);
    client.try_send(Method::OPTIONS, path, None).await.unwrap()
}

fn listed(answer: &Answer, header: &str) -> Vec<String> {
    answer.header(header).split(',').map(|it| it.trim().to_lowercase()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_answered_without_a_token_and_without_a_service() {
    // It has no services: an answer that needs one would be 503.
    let gateway = Gateway::start(&[SETTING]).await;
    let anybody = gateway.client();
    for origin in [UI, "http://localhost:5173"] {
        let answer = preflight(anybody, origin, "/api/tasks").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        for method in ["get", "post", "patch", "delete"] {
            assert!(
                listed(&answer, "access-control-allow-methods").contains(&method.to_owned()),
                "{answer:?}"
            );
        }
        for header in [
            "authorization",
            "content-type",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "last-event-id",
            "traceparent",
            "tracestate",
        ] {
            assert!(listed(&answer, "access-control-allow-headers").contains(&header.to_owned()), "{header}");
        }
        assert!(listed(&answer, "vary").contains(&"origin".to_owned()), "{answer:?}");
        // A cookie is not for pages of other origins.
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    let stranger = preflight(anybody, "https://evil.example", "/api/tasks").await;
    assert_eq!(stranger.header("access-control-allow-origin"), "", "{stranger:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_listed_origin_can_read_every_answer_and_others_none() {
    let product = Product::start_with(Backend::Sqlite, &[SETTING]).await;
    let ui = product.admin().with("origin", UI);
    let created = ui.post("/api/tasks", &json!({"title": "from elsewhere"})).await;
    let unauthenticated = product.anonymous().with("origin", UI).get("/api/tasks").await;
    let stream = ui.get("/api/events/stream").await;
    let missing = ui.get("/api/nothing").await;
    for (answer, status) in [(&created, 201), (&unauthenticated, 401), (&stream, 200), (&missing, 404)] {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), UI, "{answer:?}");
        for header in ["etag", "location", "retry-after", "x-trace-id", "traceresponse", "www-authenticate"] {
            assert!(listed(answer, "access-control-expose-headers").contains(&header.to_owned()), "{header}");
        }
        let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
        assert!(vary.iter().any(|it| it.to_str().unwrap().to_lowercase().contains("origin")), "{vary:?}");
    }
    // A shared cache must not give the answer for one origin to another one.
    for origin in
        ["https://evil.example", "null", "https://ui.example.com.evil.example", "http://ui.example.com"]
    {
        let answer = product.admin().with("origin", origin).get("/api/tasks").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        assert!(listed(&answer, "vary").contains(&"origin".to_owned()), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_listed_origin_changes_nothing_with_a_cookie() {
    let product = Product::start_with(Backend::Sqlite, &[SETTING]).await;
    let cookie = format!("ccm_session={}", product.token("ada", &[], None));
    let browser = product.anonymous().with("cookie", &cookie).with("origin", UI);
    let answer = browser.post("/api/tasks", &json!({"title": "x"})).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.text("type"), "urn:cml-cloud-manager:problem:cross-origin");
}

#[tokio::test(flavor = "multi_thread")]
async fn options_without_cors_and_a_gateway_without_origins_are_as_before() {
    let with = Gateway::start(&[SETTING]).await;
    let without = Gateway::start(&[]).await;
    let plain = with.client().try_send(Method::OPTIONS, "/api/tasks", None).await.unwrap();
    let refused = preflight(without.client(), UI, "/api/tasks").await;
    for answer in [&plain, &refused] {
        assert_eq!(answer.status, 405, "{answer:?}");
        assert_eq!(answer.text("type"), "urn:cml-cloud-manager:problem:method-not-allowed");
        assert!(answer.header("allow").contains("POST"), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_no_list_of_origins_is_one_sentence_at_the_start() {
    for (value, told) in [
        ("*", "list each origin"),
        ("ui.example.com", "\"ui.example.com\" is not an origin"),
        ("https://ui.example.com/app", "\"https://ui.example.com/app\" is not an origin"),
    ] {
        let sentence = Gateway::start_fails(&[("CCM_CORS_ORIGINS", value)]).await;
        assert!(sentence.contains(told), "{sentence}");
    }
}
