//! The event stream of the gateway, `GET /api/events/stream`, as its clients read it (docs/stream.md).

mod ends;
mod follow;
mod follower;
mod long_snapshot;
mod lossless;
mod resume;
mod slow;
mod third_parties;
mod traces;
mod turns;
mod wiped;

use access::Role;
use serde_json::{Value, json};

use crate::harness::{Backend, Block, Client, Product, Sse, sse};

impl Product {
    /// Opens a stream as this person.
    async fn stream(&self, name: &str, query: &str) -> Sse {
        self.stream_after(name, query, None).await
    }

    async fn stream_after(&self, name: &str, query: &str, last_id: Option<&str>) -> Sse {
        let token = self.token_of(name);
        sse::open(self.gateway_address, &token, query, last_id).await.expect("a stream")
    }

    /// `root` is an admin, all others are users.
    fn token_of(&self, name: &str) -> String {
        let role = if name == "root" { Role::Admin } else { Role::User };
        self.token(name, &[role], None)
    }
}

async fn product(settings: &[(&str, &str)]) -> Product {
    Product::start_with(Backend::Sqlite, settings).await
}

/// Creates a task and answers its id.
async fn task(client: &Client, title: &str) -> String {
    let answer = client.post("/api/tasks", &json!({ "title": title })).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.text("id").to_owned()
}

async fn patch(client: &Client, id: &str, change: Value) {
    let answer = client.patch(&format!("/api/tasks/{id}"), &change).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Reads a snapshot to its end, which is `snapshot.completed`.
async fn snapshot(stream: &mut Sse) -> (Vec<Block>, Block) {
    let mut blocks = Vec::new();
    loop {
        let block = stream.event().await;
        if block.name == "snapshot.completed" {
            return (blocks, block);
        }
        blocks.push(block);
    }
}

fn titles(blocks: &[Block]) -> Vec<&str> {
    blocks.iter().map(|it| it.data()["task"]["title"].as_str().unwrap_or_default()).collect()
}
