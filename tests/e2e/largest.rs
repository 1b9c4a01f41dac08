//! The largest resources are stored and changed with the default limits, whatever way their characters are written.

use access::Role;
use hyper::Method;

use crate::harness::Product;

/// U+1F600, in the longest way that JSON has to write a character.
const LONG: &str = "\\ud83d\\ude00";

/// A text of `length` characters that begins with `first`.
fn text(first: &str, length: usize) -> String {
    format!("\"{first}{}\"", LONG.repeat(length - first.len()))
}

fn tags(first: char) -> String {
    let tag = |it: u8| format!("{}: {}", text(&format!("{first}{it}"), 128), text("", 256));
    (0..50).map(tag).collect::<Vec<_>>().join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_resources_fit_into_a_body_with_an_escape_sequence_for_each_character() {
    let product = Product::start().await;
    let admin = product.caller("root", &[Role::Admin], None);
    let worker = format!(
        r#"{{"name": {}, "region": {}, "instance_type": {}, "tags": {{{}}}}}"#,
        text("", 100),
        format_args!("\"{}\"", "\\u0061".repeat(64)),
        format_args!("\"{}\"", "\\u0061".repeat(64)),
        tags('a'),
    );
    assert!(worker.len() > 230_000, "{} bytes", worker.len());
    let created = admin.post_text("/api/workers", &worker).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.json["tags"].as_object().map(serde_json::Map::len), Some(50));
    let path = format!("/api/workers/{}", created.text("id"));
    let change = format!(r#"{{"name": {}, "tags": {{{}}}}}"#, text("b", 100), tags('a'));
    let changed = admin.try_send(Method::PATCH, &path, Some(change)).await.unwrap();
    assert_eq!(changed.status, 200, "{changed:?}");
    let task = format!(
        r#"{{"title": {}, "description": {}, "assignee_id": {}, "department": {}}}"#,
        text("", 200),
        text("", 10_000),
        text("", 255),
        text("", 100),
    );
    let created = admin.post_text("/api/tasks", &task).await;
    assert_eq!(created.status, 201, "{created:?}");
}
