//! Entity tags: what is changed only when it is as the client saw it, and what need not be sent again.

use hyper::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Product};

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_one_version_one_wins_and_the_other_is_told() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.terminated_worker().await);
    let admin = product.admin().with("if-match", "\"1\"");
    let (one, other) = (json!({"name": "one"}), json!({"name": "other"}));
    let (one, other) = tokio::join!(admin.patch(&path, &one), admin.patch(&path, &other));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{one:?} {other:?}");
    let lost = if one.status == 412 { one } else { other };
    assert_eq!(lost.text("type"), "urn:cml-cloud-manager:problem:etag-mismatch");
    assert_eq!(admin.delete(&path).await.status, 412);
    assert_eq!(product.admin().with("if-match", "\"2\"").delete(&path).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_takes_a_list_and_a_star_and_says_what_it_is_about() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.worker().await);
    let cases = [
        ("\"1\", \"7\"", 200, ""),
        ("\"9\",,\"1\"", 200, ""),
        (", \"1\" ,", 200, ""),
        ("\"7\", \"8\"", 412, "its version is now 1"),
        ("*", 200, ""),
        // What nginx makes of the tag when it compresses the answer.
        ("W/\"1\"", 200, ""),
        ("W/\"1\", \"7\"", 200, ""),
        ("W/\"7\"", 412, "its version is now 1"),
        ("\"of-another\"", 412, "If-Match has no entity tag of this API"),
        ("", 412, "If-Match has no entity tag of this API"),
        ("1", 400, "If-Match must be"),
        ("\"1\" \"2\"", 400, "If-Match must be"),
        ("\"1 \"", 400, "If-Match must be"),
    ];
    for (tags, status, told) in cases {
        let answer = product.admin().with("if-match", tags).patch(&path, &json!({})).await;
        assert_eq!(answer.status, status, "{tags} {answer:?}");
        assert!(answer.text("detail").contains(told), "{tags} {answer:?}");
    }
    let bob = product.user("bob").with("if-match", "\"7\"");
    assert_eq!(bob.patch(&path, &json!({"name": "x"})).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_match_stops_a_change_that_it_matches() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.worker().await);
    for (tags, status) in
        [("*", 412), ("\"1\"", 412), ("W/\"1\"", 412), ("\"7\",,\"1\"", 412), ("\"7\"", 200), (",", 200)]
    {
        let answer = product.admin().with("if-none-match", tags).patch(&path, &json!({})).await;
        assert_eq!(answer.status, status, "{tags} {answer:?}");
        if status == 412 {
            assert!(answer.text("detail").contains("If-None-Match"), "{tags} {answer:?}");
        }
    }
    assert_eq!(product.admin().with("if-none-match", "*").delete(&path).await.status, 412);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_has_is_not_sent_again() {
    let product = Product::start().await;
    // A task of a person, unlike a worker, does not change by itself.
    let task = product.admin().post("/api/tasks", &json!({"title": "t"})).await;
    let path = format!("/api/tasks/{}", task.text("id"));
    let same = product.admin().with("if-none-match", "W/\"1\"").get(&path).await;
    assert_eq!((same.status.as_u16(), same.header("etag"), &same.json), (304, "\"1\"", &Value::Null));
    assert_eq!(product.admin().with("if-none-match", "\"2\"").get(&path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_is_looked_at_when_something_is_read() {
    let product = Product::start().await;
    let task = product.admin().post("/api/tasks", &json!({"title": "t"})).await;
    let path = format!("/api/tasks/{}", task.text("id"));
    let head = async |caller: &Client, path: &str| caller.try_send(Method::HEAD, path, None).await.unwrap();
    for (path, tags, status) in [
        (path.as_str(), "\"99\"", 412),
        (&path, "\"99\",,\"1\"", 200),
        (&path, "W/\"1\"", 200),
        (&path, "*", 200),
        (&path, "1", 400),
        // Without an entity tag, nothing but the star matches.
        ("/api/workers", "\"1\"", 412),
        ("/api/workers", "*", 200),
        ("/", "\"1\"", 412),
        // A condition does not hide why there is nothing to read.
        ("/api/nowhere", "\"1\"", 404),
    ] {
        let caller = product.admin().with("if-match", tags);
        let answer = caller.get(path).await;
        assert_eq!(answer.status, status, "{path} {tags} {answer:?}");
        assert_eq!(head(&caller, path).await.status, status, "HEAD {path} {tags}");
    }
    let both = product.admin().with("if-match", "\"99\"").with("if-none-match", "\"1\"").get(&path).await;
    assert_eq!(both.status, 412, "the first condition comes first: {both:?}");
    assert_eq!(both.text("type"), "urn:cml-cloud-manager:problem:etag-mismatch");
    assert!(both.text("detail").contains("\"1\""), "the tag that it has: {both:?}");
    let both = product.admin().with("if-match", "\"1\"").with("if-none-match", "\"1\"").get(&path).await;
    assert_eq!(both.status, 304);
}
