//! Sessions of browsers: a cookie is the token, for what a page of the gateway's own origin does.

use std::time::Duration;

use access::Role;
use hyper::StatusCode;
use hyper::header::HeaderValue;
use serde_json::json;

use crate::harness::{Answer, Authority, Backend, Client, Product, Settings, eventually};

const SESSION: &str = "/api/session";

/// The cookies that a browser has after these answers, as it sends them.
fn cookies(answers: &[&Answer]) -> String {
    let mut kept: Vec<(String, String)> = Vec::new();
    for set in answers.iter().flat_map(|it| it.headers.get_all("set-cookie")) {
        let set = set.to_str().unwrap();
        let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
        kept.retain(|it| it.0 != name);
        if !set.contains("Max-Age=0") {
            kept.push((name.to_owned(), value.to_owned()));
        }
    }
    kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn caller(product: &Product, token: &str) -> Client {
    Client::new(&format!("http://{}", product.gateway_address), Some(token))
}

/// A session of this token, as its browser has it.
async fn begun(product: &Product, token: &str) -> Client {
    let answer = caller(product, token).post_text(SESSION, "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    product.anonymous().with("cookie", &cookies(&[&answer]))
}

fn problem(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.text("type").rsplit(':').next().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_its_token_for_the_gateway_and_for_the_services() {
    let product = Product::start().await;
    let session = begun(&product, &product.token("ada", &[Role::Admin], None)).await;
    assert_eq!(session.get("/api/me").await.text("subject"), "ada");
    assert_eq!(session.get("/api/tasks").await.status, 200);
    // The header wins, also if it is wrong.
    let bob = session.with("authorization", &format!("Bearer {}", product.token("bob", &[], None)));
    assert_eq!(bob.get("/api/me").await.text("subject"), "bob");
    assert_eq!(session.with("authorization", "Bearer x").get("/api/me").await.status, 401);
    assert_eq!(problem(&session.with("origin", "http://x").post_text(SESSION, "").await).1, "cross-origin");
    let own = format!("http://{}", product.gateway_address);
    assert_eq!(session.with("origin", &own).post_text(SESSION, "").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_changes_something_for_a_page_of_the_same_origin_only() {
    let product = Product::start().await;
    let session = begun(&product, &product.token("ada", &[], None)).await;
    let (task, own) = (json!({"title": "t"}), format!("http://{}", product.gateway_address));
    let foreign = [
        session.clone(),
        session.with("origin", "http://evil.example"),
        session.with("origin", "null"),
        session.with("origin", &own.replace("http:", "https:")),
        session.with("origin", &own).with("sec-fetch-site", "same-site"),
        session.with("origin", "https://lab.example").with("x-forwarded-host", "lab.example"),
    ];
    for it in &foreign {
        assert_eq!(problem(&it.post("/api/tasks", &task).await), (403, "cross-origin"));
        assert_eq!(it.get("/api/tasks").await.json["items"], json!([]));
    }
    for it in [session.with("origin", &own), session.with("sec-fetch-site", "same-origin")] {
        let created = it.post("/api/tasks", &task).await;
        assert_eq!((created.status, created.text("created_by")), (StatusCode::CREATED, "ada"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_the_origin_is_that_of_the_proxy() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let token = product.token("ada", &[], None);
    let proxied = [("x-forwarded-proto", "https"), ("x-forwarded-host", "lab.example")];
    let through = |it: &Client| proxied.iter().fold(it.clone(), |it, (name, value)| it.with(name, value));
    let answer = through(&caller(&product, &token)).post_text(SESSION, "").await;
    assert!(answer.header("set-cookie").ends_with("; Secure"), "{answer:?}");
    let session = through(&product.anonymous().with("cookie", &cookies(&[&answer])));
    let from = |origin: &str| session.with("origin", origin);
    assert_eq!(from("https://lab.example").post("/api/tasks", &json!({"title": "t"})).await.status, 201);
    let own = format!("http://{}", product.gateway_address);
    assert_eq!(from(&own).post("/api/tasks", &json!({"title": "t"})).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_token() {
    let product = Product::start().await;
    let answer = caller(&product, &product.token_for(Duration::from_secs(100), "ada", &[], None))
        .post_text(SESSION, "")
        .await;
    let set = answer.header("set-cookie");
    let age: u64 = set.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    assert!((50..=100).contains(&age), "{set}");
    assert!(set.contains("; Path=/api; ") && set.ends_with("; HttpOnly; SameSite=Strict"), "{set}");
    let expired = product.expired_token("ada", &[], None);
    let session = product.anonymous().with("cookie", &format!("ccm_session={expired}"));
    let refused = session.get("/api/me").await;
    assert_eq!((refused.status, refused.text("detail")), (StatusCode::UNAUTHORIZED, "the token has expired"));
    assert_eq!(caller(&product, &expired).post_text(SESSION, "").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_token_is_split_and_a_larger_one_is_refused() {
    let product = Product::start().await;
    let token = |size: usize| product.token("ada", &[], Some(&"d".repeat(size)));
    let large = caller(&product, &token(5_000)).post_text(SESSION, "").await;
    let kept = cookies(&[&large]);
    assert!(kept.contains("; ccm_session.1=") && !kept.contains("ccm_session.2="), "{kept}");
    let largest = large.headers.get_all("set-cookie").iter().map(HeaderValue::len).max();
    assert_eq!(largest, Some(4_096));
    let session = product.anonymous().with("cookie", &kept);
    assert_eq!(session.get("/api/tasks").await.status, 200);
    // A smaller token leaves nothing of the large one.
    let small = caller(&product, &token(10)).post_text(SESSION, "").await;
    let session = product.anonymous().with("cookie", &cookies(&[&large, &small]));
    assert_eq!(session.get("/api/me").await.text("department"), "d".repeat(10));
    let refused = caller(&product, &token(13_000)).post_text(SESSION, "").await;
    assert_eq!(problem(&refused), (413, "session-too-large"));
    assert!(refused.headers.get("set-cookie").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_a_session_clears_every_cookie_whatever_its_token() {
    let product = Product::start().await;
    let own = format!("http://{}", product.gateway_address);
    let token = product.token("ada", &[], None);
    for held in [format!("ccm_session={token}"), "ccm_session=x; ccm_session.1=y".to_owned(), String::new()] {
        let session = product.anonymous().with("cookie", &held).with("origin", &own);
        let ended = session.delete(SESSION).await;
        assert_eq!(ended.status, 204);
        let cleared = ended.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap());
        let names: Vec<&str> = cleared
            .filter(|it| it.contains("; Max-Age=0;"))
            .map(|it| it.split('=').next().unwrap())
            .collect();
        assert_eq!(
            names,
            ["ccm_session", "ccm_session.1", "ccm_session.2", "ccm_session.3", "ccm_session.4"]
        );
    }
    let foreign = product.anonymous().with("cookie", "ccm_session=x").with("origin", "http://evil.example");
    assert_eq!(problem(&foreign.delete(SESSION).await), (403, "cross-origin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_in_the_log_and_tokens_are_nowhere() {
    let mut product = Product::start().await;
    let token = product.token("ada", &[], None);
    let session = begun(&product, &token).await;
    assert_eq!(session.post("/api/tasks", &json!({"title": "t"})).await.status, 403);
    let own = format!("http://{}", product.gateway_address);
    assert_eq!(session.with("origin", &own).delete(SESSION).await.status, 204);
    assert_eq!(caller(&product, "x.y.z").post_text(SESSION, "").await.status, 401);
    let audited = || async {
        let lines = product.gateway.lines().logged().into_iter();
        let lines: Vec<_> = lines
            .filter(|it| it["target"] == "audit")
            .map(|it| format!("{} {} {} {}", it["message"], it["sub"], it["client"], it["reason"]))
            .collect();
        (lines.len() == 4).then_some(lines)
    };
    let lines = eventually("four lines", audited).await;
    let expected = [
        r#""session begun" "ada" "127.0.0.1" null"#,
        r#""session refused" "ada" "127.0.0.1" "CROSS_ORIGIN""#,
        r#""session ended" "ada" "127.0.0.1" null"#,
        r#""authentication refused" null "127.0.0.1" "UNAUTHENTICATED""#,
    ];
    assert_eq!(lines, expected);
    product.stop().await;
    let signature = token.rsplit('.').next().unwrap();
    for process in [&product.gateway, &product.tasks, &product.workers] {
        assert!(!process.lines().all().iter().any(|it| it.contains(signature)));
    }
    assert!(product.collector.spans().iter().all(|it| !format!("{it:?}").contains(signature)));
    assert!(!product.collector.spans().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_is_sent_over_https_only() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new("ca");
    let (ca, own) =
        (authority.write(directory.path(), "ca.pem"), authority.issue(directory.path(), "gateway"));
    let of_gateway = [("CCM_TLS_CERT", own.certificate), ("CCM_TLS_KEY", own.key)];
    let of_gateway = of_gateway.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let settings = Settings { of_gateway, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let bearer = format!("authorization: Bearer {}", product.token("ada", &[], None));
    for protocol in ["--http1.1", "--http2"] {
        let curl = tokio::process::Command::new("curl")
            .args(["--silent", "--include", "--max-time", "30", protocol, "--cacert", &ca])
            .args(["--request", "POST", "--header", &bearer])
            .arg(format!("https://{}{SESSION}", product.gateway_address))
            .output();
        let answer = String::from_utf8(curl.await.unwrap().stdout).unwrap();
        assert_eq!(answer.matches("SameSite=Strict; Secure").count(), 5, "{answer}");
    }
}
