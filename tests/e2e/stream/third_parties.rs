//! What clients of other makes are told while the gateway dies and comes back.

use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, Task};

use super::follower::{Follower, Make};
use super::{product, task};
use crate::harness::{DEADLINE, Product, Watcher, authorized, eventually};

impl Follower {
    /// The titles of the tasks that it is told are created, up to this one.
    async fn created(&mut self, last: &str) -> Vec<String> {
        let mut titles = Vec::new();
        while titles.last().is_none_or(|it| it != last) {
            let told = tokio::time::timeout(DEADLINE, self.told.recv()).await;
            let told = told.unwrap_or_else(|_| panic!("{last} is not told after {titles:?}")).unwrap();
            match told["name"].as_str().unwrap() {
                "task.created" => {
                    assert!(!told["id"].as_str().unwrap().is_empty(), "{told}");
                    titles.push(told["event"]["data"]["task"]["title"].as_str().unwrap().to_owned());
                }
                "snapshot.completed" => titles.push("snapshot".to_owned()),
                "connected" | "system.sse.shutdown" => {}
                _ => panic!("{told}"),
            }
        }
        titles
    }
}

/// Creates a task while there is no gateway.
async fn task_without_gateway(product: &Product, title: &str) {
    let task = Task { title: title.to_owned(), ..Task::default() };
    let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
    let mut service = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    service.create_task(authorized(request, &product.token_of("ada"))).await.unwrap();
}

async fn loses_nothing(make: Make) {
    let mut product = product(&[]).await;
    let (ada, address) = (product.user("ada"), product.gateway_address);
    let url = format!("http://{address}/api/events/stream?event_types=task.*");
    let mut follower = Follower::start(make, &url, &product.token_of("ada"));
    assert_eq!(follower.created("snapshot").await, ["snapshot"]);
    for (number, ending) in ["KILL", "TERM"].into_iter().enumerate() {
        let titles: Vec<String> = (0..6).map(|it| format!("{number}.{it}")).collect();
        for title in &titles[..2] {
            task(&ada, title).await;
        }
        assert_eq!(follower.created(&titles[1]).await, titles[..2]);
        product.gateway.signal(ending);
        product.gateway.ended().await;
        for title in &titles[2..4] {
            task_without_gateway(&product, title).await;
        }
        product.gateway.restart(address);
        let restarted = &product.gateway;
        eventually("the gateway listens again", || async {
            restarted.lines().logged().iter().any(|it| it["message"] == "listening").then_some(())
        })
        .await;
        for title in &titles[4..] {
            task(&ada, title).await;
        }
        assert_eq!(follower.created(&titles[5]).await, titles[2..], "after {ending}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_crate_eventsource_client_loses_nothing_when_the_gateway_dies() {
    loses_nothing(Make::Rust).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eventsource_of_npm_loses_nothing_when_the_gateway_dies() {
    loses_nothing(Make::Npm).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn httpx_sse_of_python_loses_nothing_when_the_gateway_dies() {
    loses_nothing(Make::Python).await;
}
