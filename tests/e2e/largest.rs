//! The largest resources are stored and changed with the default limits, whatever way their characters are written.

use access::Role;
use hyper::Method;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, Task};
use tonic::Code;

use crate::harness::{Product, Watcher, authorized, reason};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_larger_than_a_body_may_be_is_refused_and_one_that_is_not_is_judged() {
    let product = Product::start().await;
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let token = product.token("ada", &[Role::User], None);
    let with_title = |length| CreateTaskRequest {
        task: Some(Task { title: "x".repeat(length), ..Task::default() }),
        ..CreateTaskRequest::default()
    };
    for (length, code, expected) in [
        (256 * 1024, Code::InvalidArgument, "INVALID_INPUT"),
        (320 * 1024, Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
        (8 * 1024 * 1024, Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
    ] {
        let refused = tasks.create_task(authorized(with_title(length), &token)).await.unwrap_err();
        assert_eq!((refused.code(), &*reason(&refused)), (code, expected), "{refused:?}");
    }
    // The body limit of the gateway leaves room for what else a message has.
    let title = format!(r#"{{"title": "{}"}}"#, "x".repeat(256 * 1024 - 13));
    assert_eq!(product.user("ada").post_text("/api/tasks", &title).await.status, 400);
}
