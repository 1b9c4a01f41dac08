//! What a browser gets besides the API: the page and its files, the security headers of all answers, and the count of what
//! people meet in the page.

use std::collections::BTreeMap;
use std::io::Read as _;

use serde_json::json;

use crate::harness::{Answer, Backend, Exposition, Product, Settings, eventually, scraped};

const REPORTS: &str = "/api/page/reports";

/// The headers that tell a browser what it may do with an answer.
fn security(answer: &Answer) -> BTreeMap<&str, &str> {
    const NAMES: [&str; 7] = [
        "content-security-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
        "referrer-policy",
        "strict-transport-security",
        "x-content-type-options",
    ];
    NAMES.into_iter().map(|it| (it, answer.header(it))).filter(|it| !it.1.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_has_its_security_headers() {
    let product = Product::start().await;
    let (client, anonymous) = (product.admin(), product.anonymous());
    let page = anonymous.get("/").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http:"), "{policy}");
    assert_eq!(security(&page).len(), 6, "{page:?}");
    // A link to a view is one to the page, whatever its id is.
    for view in ["/tasks", "/tasks/no-id", "/workers/x", "/timeline", "/traces/0af7651916cd43dd/"] {
        let answer = anonymous.get(view).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &page.body), "{view}");
        assert_eq!(security(&answer), security(&page), "{view}");
    }
    let viewer = anonymous.get("/api/docs").await;
    assert!(!viewer.header("content-security-policy").contains("trusted-types"), "{viewer:?}");
    assert_eq!(security(&viewer).len(), 6, "{viewer:?}");
    let asset = anonymous.get("/sse-worker.js").await;
    let expected = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";
    assert_eq!(asset.header("content-security-policy"), expected);
    // An error has the headers of the API wherever it happens, before a handler too.
    let long = "x".repeat(60_000);
    let of_api = [
        client.get("/api/tasks").await,
        client.get("/api/tasks/nothing").await,
        client.get("/api/events/stream?event_types=task.*").await,
        client.post("/api/tasks", &json!({})).await,
        anonymous.get("/api/me").await,
        anonymous.get("/livez").await,
        anonymous.get("/nothing").await,
        anonymous.get("/page/nothing.js").await,
        anonymous.get("/vendor/lit-html/README.md").await,
        anonymous.delete("/sse-client.js").await,
        anonymous.get(&format!("/tasks?x={long}")).await,
    ];
    for answer in of_api {
        let expected = [
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
        ];
        assert_eq!(security(&answer), BTreeMap::from(expected), "{answer:?}");
        assert!(!answer.header("cache-control").is_empty(), "{answer:?}");
        if answer.status.as_u16() >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_address_leads_on_in_a_browser_and_is_a_problem_to_a_program() {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let product = Product::start().await;
    let (program, page) = (product.anonymous(), product.anonymous().get("/").await);
    let browser = program.with("accept", BROWSER);
    for path in ["/wrokers", "/tasks/1/2", "/page/nothing.html", "/not-found.html"] {
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (404, "text/html; charset=utf-8")
        );
        assert_eq!(security(&answer), security(&page), "{path}");
        assert_eq!((answer.header("cache-control"), answer.header("vary")), ("no-store", "accept"));
        let html = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(
            html.contains("<a href=\"/\">") && !html.contains("<script") && !html.contains(path),
            "{html}"
        );
        // What it loads is there.
        for link in html.split("<link ").skip(1) {
            let href = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
            assert_eq!(browser.get(href).await.status, 200, "{href}");
        }
        let answer = program.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text("detail")),
            (404, &*format!("the path {path} does not exist"))
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    for path in ["/api/wrokers", "/api", "/api/tasks/nothing"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
    let changed = browser.post("/wrokers", &json!({})).await;
    assert_eq!((changed.status.as_u16(), changed.header("content-type")), (404, "application/problem+json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_compressed_and_only_when_it_has_changed() {
    let product = Product::start().await;
    let anonymous = product.anonymous();
    let path = "/vendor/lit-html/lit-html.js";
    let plain = anonymous.get(path).await;
    let compressing = anonymous.with("accept-encoding", "gzip, deflate, br");
    let compressed = compressing.get(path).await;
    assert_eq!((plain.header("content-encoding"), compressed.header("content-encoding")), ("", "gzip"));
    assert_eq!(compressed.header("vary"), "accept-encoding");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*compressed.body).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert_ne!(plain.header("etag"), compressed.header("etag"));
    let again = compressing.with("if-none-match", compressed.header("etag")).get(path).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (304, compressed.header("etag")));
    assert!(again.body.is_empty());
    assert_eq!(compressing.with("if-none-match", plain.header("etag")).get(path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_meet_in_the_page_is_counted() {
    let settings = Settings { of_gateway: scraped(&[]), ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let address = Exposition::address(&product.gateway).await;
    let reports = async || {
        let exposition = Exposition::of(address).await;
        let series = exposition.series("cml_cloud_manager_page_reports_total").to_vec();
        let named = series.iter().map(|(labels, count)| {
            (format!("{} {}", labels["ccm_page_report"], labels["ccm_page_view"]), *count)
        });
        named.collect::<BTreeMap<String, f64>>()
    };
    let before = reports().await;
    assert_eq!(before.len(), 40, "every series begins at 0: {before:?}");
    assert!(before.values().all(|it| *it == 0.0));
    let client = product.admin();
    let body = json!({"view": "tasks", "load_failed": 2, "reconnected": 1, "lag_seconds": 0.3});
    assert_eq!(client.post(REPORTS, &body).await.status, 204);
    assert_eq!(client.post(REPORTS, &json!({"stream_gap": 1, "lag_seconds": null})).await.status, 204);
    for (bad, field) in [
        (json!({"view": "tasks", "message": "x"}), "message"),
        (json!({"view": "/tasks/7"}), "view"),
        (json!({"load_failed": 1_001}), "load_failed"),
        (json!({"stream_reset": -1}), "stream_reset"),
        (json!({"lag_seconds": 1e9}), "lag_seconds"),
    ] {
        let refused = client.post(REPORTS, &bad).await;
        assert_eq!((refused.status.as_u16(), refused.violations()), (400, vec![field]), "{bad}");
    }
    let long = json!({"view": "tasks", "message": "x".repeat(1_024)});
    assert_eq!(client.post(REPORTS, &long).await.status, 413);
    assert_eq!(product.anonymous().post(REPORTS, &body).await.status, 401);
    let after = eventually("the reports are shown", async || {
        Some(reports().await).filter(|it| it["stream_gap other"] > 0.0)
    })
    .await;
    let counted: Vec<(&str, f64)> =
        after.iter().filter(|it| *it.1 > 0.0).map(|it| (it.0.as_str(), *it.1)).collect();
    let expected = [("load_failed tasks", 2.0), ("reconnected tasks", 1.0), ("stream_gap other", 1.0)];
    assert_eq!(counted, expected);
    let exposition = Exposition::of(address).await;
    let sum = exposition.series("cml_cloud_manager_page_lag_seconds_sum");
    assert_eq!(sum.iter().map(|it| it.1).collect::<Vec<_>>(), [0.3]);
}
