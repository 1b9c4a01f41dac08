//! Lists of large resources: a page ends before a gRPC client of default limits, which takes 4 MiB, would refuse it, and no
//! item is left out or comes twice.

use std::collections::HashSet;

use access::Role;
use prost::Message as _;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{ListTasksRequest, ListTasksResponse};
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{ListWorkersRequest, ListWorkersResponse};
use serde_json::{Map, json};
use tonic::Request;
use tonic::transport::Channel;

use crate::harness::{Product, Watcher, call};

/// Maximum size of the items of a page, in bytes.
const MAX_BYTES: usize = 3 * 1024 * 1024;

/// Walks over the pages that `page` returns as ids and next token; returns the ids and the number of pages.
async fn walk<F: Future<Output = (Vec<String>, String)>>(page: impl Fn(String) -> F) -> (Vec<String>, usize) {
    let (mut ids, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let (found, next) = page(token).await;
        assert!(!found.is_empty() || next.is_empty(), "a page without items has no next page");
        ids.extend(found);
        pages += 1;
        if next.is_empty() {
            return (ids, pages);
        }
        token = next;
    }
}

async fn items(channel: &Channel, method: &str, message: Vec<u8>, token: &str) -> Vec<u8> {
    let response = call(channel, method, &message, Some(token)).await.expect("a page");
    assert!(response.len() <= MAX_BYTES + 1024, "{} bytes", response.len());
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_large_tasks_fits_into_a_grpc_message_and_the_walk_leaves_nothing_out() {
    let product = Product::start().await;
    let user = product.user("ada");
    let mut created = Vec::new();
    for _ in 0..120 {
        let body = json!({"title": "t", "description": "\u{10348}".repeat(10_000)});
        created.insert(0, user.post("/api/tasks", &body).await.json["id"].as_str().unwrap().to_owned());
    }
    let (channel, token) =
        (Watcher::channel(product.tasks_address), product.token("ada", &[Role::User], None));
    let over_grpc = walk(async |page_token| {
        let request = ListTasksRequest { page_size: 200, page_token, ..ListTasksRequest::default() };
        let message = request.encode_to_vec();
        let page = items(&channel, "ccm.task.v1.TaskService/ListTasks", message, &token).await;
        let page = ListTasksResponse::decode(page.as_slice()).unwrap();
        (page.tasks.into_iter().map(|it| it.id).collect(), page.next_page_token)
    })
    .await;
    assert_eq!(over_grpc, (created.clone(), 2));
    let mut request = Request::new(ListTasksRequest { page_size: 200, ..ListTasksRequest::default() });
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    assert_eq!(TaskServiceClient::new(channel).list_tasks(request).await.unwrap().get_ref().tasks.len(), 78);

    let over_rest = walk(async |token| {
        let token = if token.is_empty() { token } else { format!("&page_token={token}") };
        let page = user.get(&format!("/api/tasks?page_size=200{token}")).await;
        assert_eq!(page.status, 200);
        let ids = page.json["items"].as_array().unwrap().iter();
        let ids = ids.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        (ids, page.json["next_page_token"].as_str().unwrap_or_default().to_owned())
    })
    .await;
    assert_eq!(over_rest, (created, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_workers_with_large_tags_fits_too() {
    let product = Product::start().await;
    let admin = product.admin();
    let tags: Map<_, _> = (0..50).map(|it| (format!("{it:0>128}"), json!("\u{10348}".repeat(256)))).collect();
    let mut created = HashSet::new();
    for number in 0..60 {
        let body = json!({"name": format!("w{number}"), "region": "eu-west-1", "instance_type": "m5.metal", "tags": tags});
        let answer = admin.post("/api/workers", &body).await;
        created.insert(answer.json["id"].as_str().unwrap_or_else(|| panic!("{}", answer.json)).to_owned());
    }
    let (channel, token) =
        (Watcher::channel(product.workers_address), product.token("ada", &[Role::User], None));
    let (ids, pages) = walk(async |page_token| {
        let request = ListWorkersRequest { page_size: 200, page_token, ..ListWorkersRequest::default() };
        let message = request.encode_to_vec();
        let page = items(&channel, "ccm.worker.v1.WorkerService/ListWorkers", message, &token).await;
        let page = ListWorkersResponse::decode(page.as_slice()).unwrap();
        (page.workers.into_iter().map(|it| it.id).collect(), page.next_page_token)
    })
    .await;
    assert_eq!((ids.len(), pages), (60, 2));
    assert_eq!(ids.into_iter().collect::<HashSet<_>>(), created);
    let mut request = Request::new(ListWorkersRequest { page_size: 200, ..ListWorkersRequest::default() });
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    assert!(WorkerServiceClient::new(channel).list_workers(request).await.is_ok());
}
