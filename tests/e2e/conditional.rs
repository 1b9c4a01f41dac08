//! Entity tags: what is changed only when it is as the client saw it, and what need not be sent again.

use serde_json::{Value, json};

use crate::harness::Product;

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
async fn if_match_takes_a_list_and_a_star_and_compares_strongly() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.worker().await);
    let cases = [
        ("\"1\", \"7\"", 200),
        ("\"7\", \"8\"", 412),
        ("*", 200),
        ("W/\"1\"", 412),
        ("\"of another\"", 412),
        ("1", 400),
    ];
    for (tags, status) in cases {
        let answer = product.admin().with("if-match", tags).patch(&path, &json!({})).await;
        assert_eq!(answer.status, status, "{tags} {answer:?}");
    }
    let bob = product.user("bob").with("if-match", "\"7\"");
    assert_eq!(bob.patch(&path, &json!({"name": "x"})).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_match_stops_a_change_that_it_matches() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.worker().await);
    for (tags, status) in [("*", 412), ("\"1\"", 412), ("W/\"1\"", 412), ("\"7\"", 200)] {
        let answer = product.admin().with("if-none-match", tags).patch(&path, &json!({})).await;
        assert_eq!(answer.status, status, "{tags} {answer:?}");
    }
    assert_eq!(product.admin().with("if-none-match", "*").delete(&path).await.status, 412);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_has_is_not_sent_again() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.worker().await);
    let same = product.admin().with("if-none-match", "W/\"1\"").get(&path).await;
    assert_eq!((same.status.as_u16(), same.header("etag"), &same.json), (304, "\"1\"", &Value::Null));
    assert_eq!(product.admin().with("if-none-match", "\"2\"").get(&path).await.status, 200);
}
