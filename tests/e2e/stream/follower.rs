//! Clients of other makes, unchanged: the crate `eventsource-client`, `eventsource` of npm, and `httpx-sse` of PyPI.

use std::process::Stdio;
use std::time::Duration;

use eventsource_client::{Client as _, ClientBuilder, ReconnectOptions, SSE};
use futures_util::StreamExt as _;
use launchdarkly_sdk_transport::HyperTransport;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::harness::NODE;

const EVENTSOURCE: [&str; 2] = [NODE, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/follow.mjs")];
const PYTHON: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/target/venv/bin/python"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/grpc/follow.py"),
];

/// Who has made it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Make {
    Rust,
    Npm,
    Python,
}

/// What a client tells, until it is dropped.
pub(super) struct Follower {
    pub(super) told: UnboundedReceiver<Value>,
    _child: Option<Child>,
    reading: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Follower {
    /// Follows the stream at `url`, and goes on by itself whenever it breaks.
    pub(super) fn start(make: Make, url: &str, token: &str) -> Self {
        match make {
            Make::Rust => Self::crate_of_rust(url, token),
            Make::Npm => Self::script(EVENTSOURCE, url, token),
            Make::Python => Self::script(PYTHON, url, token),
        }
    }

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
}

async fn follow(url: String, token: String, tell: UnboundedSender<Value>) {
    let transport = HyperTransport::builder().build_http().unwrap();
    let client = ClientBuilder::for_url(&url)
        .unwrap()
        .header("Authorization", &format!("Bearer {token}"))
        .unwrap()
        .reconnect(
            ReconnectOptions::reconnect(true).retry_initial(true).delay_max(Duration::from_secs(5)).build(),
        )
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
