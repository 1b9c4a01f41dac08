//! Clients of other makes, unchanged: the crate `eventsource-client`, `eventsource` of npm, and `httpx-sse` of PyPI.

use std::process::Stdio;

use eventsource_client::{Client as _, ClientBuilder, ReconnectOptions, SSE};
use futures_util::StreamExt as _;
use launchdarkly_sdk_transport::HyperTransport;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, Task};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::{product, task};
use crate::harness::{DEADLINE, NODE, Product, Watcher, authorized, eventually};

const EVENTSOURCE: [&str; 2] = [NODE, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/follow.mjs")];
const PYTHON: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/target/venv/bin/python"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/grpc/follow.py"),
];

/// What a client tells, until it is dropped.
struct Follower {
    told: UnboundedReceiver<Value>,
    _child: Option<Child>,
    reading: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Follower {
    fn script(program: [&str; 2], url: &str, token: &str) -> Self {
        let (tell, told) = unbounded_channel();
        let mut command = Command::new(program[0]);
        command.args([program[1], url, token]).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("tests/run installs it");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reading = tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                tell.send(serde_json::from_str(&line).unwrap()).unwrap();
            }
        });
        Self { told, _child: Some(child), reading }
    }

    fn crate_of_rust(url: &str, token: &str) -> Self {
        let (tell, told) = unbounded_channel();
        let reading = tokio::spawn(follow(url.to_owned(), token.to_owned(), tell));
        Self { told, _child: None, reading }
    }

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

async fn follow(url: String, token: String, tell: UnboundedSender<Value>) {
    let transport = HyperTransport::builder().build_http().unwrap();
    let client = ClientBuilder::for_url(&url)
        .unwrap()
        .header("Authorization", &format!("Bearer {token}"))
        .unwrap()
        .reconnect(ReconnectOptions::reconnect(true).build())
        .build_with_transport(transport);
    let mut events = client.stream();
    while let Some(event) = events.next().await {
        // An error is a connection that has ended; the next item is of the next one.
        let Ok(SSE::Event(event)) = event else { continue };
        if event.event_type == "heartbeat" {
            continue;
        }
        let cloud_event: Value = serde_json::from_str(&event.data).unwrap();
        tell.send(
            json!({"name": event.event_type, "id": event.id.unwrap_or_default(), "event": cloud_event}),
        )
        .unwrap();
    }
}

/// Creates a task while there is no gateway.
async fn task_without_gateway(product: &Product, title: &str) {
    let task = Task { title: title.to_owned(), ..Task::default() };
    let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
    let mut service = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    service.create_task(authorized(request, &product.token_of("ada"))).await.unwrap();
}

async fn loses_nothing(start: impl FnOnce(&str, &str) -> Follower) {
    let mut product = product(&[]).await;
    let (ada, address) = (product.user("ada"), product.gateway_address);
    let url = format!("http://{address}/api/events/stream?event_types=task.*");
    let mut follower = start(&url, &product.token_of("ada"));
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
    loses_nothing(Follower::crate_of_rust).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eventsource_of_npm_loses_nothing_when_the_gateway_dies() {
    loses_nothing(|url, token| Follower::script(EVENTSOURCE, url, token)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn httpx_sse_of_python_loses_nothing_when_the_gateway_dies() {
    loses_nothing(|url, token| Follower::script(PYTHON, url, token)).await;
}
